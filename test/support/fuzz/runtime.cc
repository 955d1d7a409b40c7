// Owns a stand-in for Node-API: see runtime.h. It must not know what the addons do.
#include "runtime.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <utility>

// What napi_env, napi_ref and the others point to is nobody's business but ours.
// Never destroyed: a leak check at the end of the program would not find what they hold.
static std::vector<Value*>& young = *new std::vector<Value*>;
static std::vector<Value*>& old = *new std::vector<Value*>;
static std::map<std::string, Value*>& functions = *new std::map<std::string, Value*>;
static std::vector<std::pair<void (*)(void*), void*>>& hooks = *new std::vector<std::pair<void (*)(void*), void*>>;
static std::pair<napi_finalize, void*> instance;
static bool pending;
static int64_t external_memory;
// Of what is kept.
static int64_t lasting_memory;
static int references;
static bool loading;

static napi_env env() { return reinterpret_cast<napi_env>(&functions); }
static Value* of(napi_value value) { return reinterpret_cast<Value*>(value); }
static napi_value as(Value* value) { return reinterpret_cast<napi_value>(value); }

Value::~Value() { free(data); }

static Value* made(Kind kind) {
  Value* value = new Value;
  value->kind = kind;
  (loading ? old : young).push_back(value);
  return value;
}

static Value* memory(Kind kind, size_t length, size_t unit) {
  Value* value = made(kind);
  value->length = length;
  if (length > 0) value->data = static_cast<uint8_t*>(calloc(length, unit));
  return value;
}

Value* undefined_value() { return made(Kind::undefined); }
Value* null_value_of() { return made(Kind::null); }
Value* integers_of(size_t length) { return memory(Kind::integers, length, sizeof(int32_t)); }

Value* number_of(double number) {
  Value* value = made(Kind::number);
  value->number = number;
  return value;
}

Value* boolean_of(bool on) {
  Value* value = made(Kind::boolean);
  value->number = on ? 1 : 0;
  return value;
}

Value* string_of(std::string text) {
  Value* value = made(Kind::string);
  value->text = std::move(text);
  return value;
}

Value* bytes_of(const uint8_t* data, size_t length) {
  Value* value = memory(Kind::bytes, length, 1);
  if (length > 0 && data != nullptr) memcpy(value->data, data, length);
  return value;
}

Value* array_of(std::vector<Value*> elements) {
  Value* value = made(Kind::array);
  value->elements = std::move(elements);
  return value;
}

Value* object_of(std::map<std::string, Value*> properties) {
  Value* value = made(Kind::object);
  value->properties = std::move(properties);
  return value;
}

Value* function_of(std::function<Value*(const std::vector<Value*>&)> body) {
  Value* value = made(Kind::function);
  value->body = std::move(body);
  return value;
}

struct Call {
  const std::vector<Value*>* arguments;
  void* data;
};

static Value* run(Value* function, const std::vector<Value*>& arguments) {
  if (function->callback == nullptr) return function->body ? function->body(arguments) : undefined_value();
  Call call = {&arguments, function->callback_data};
  Value* result = of(function->callback(env(), reinterpret_cast<napi_callback_info>(&call)));
  return result;
}

extern "C" napi_value napi_register_module_v1(napi_env, napi_value);

const std::map<std::string, Value*>& load_addon() {
  loading = true;
  Value* exports = made(Kind::object);
  napi_register_module_v1(env(), as(exports));
  for (const auto& [name, value] : exports->properties) {
    if (value->kind == Kind::function) functions[name] = value;
  }
  loading = false;
  return functions;
}

Value* call(const std::string& function, const std::vector<Value*>& arguments) {
  Value* result = run(functions.at(function), arguments);
  if (!pending) return result;
  pending = false;
  return nullptr;
}

static void finalize(Value* value) {
  if (value->finalize != nullptr) value->finalize(env(), value->external, nullptr);
}

Value* kept(const std::function<Value*()>& make) {
  const int64_t before = external_memory;
  loading = true;
  Value* value = make();
  loading = false;
  lasting_memory += external_memory - before;
  return value;
}

void collect() {
  std::vector<Value*> dead;
  for (Value* value : young) (value->references > 0 ? old : dead).push_back(value);
  young.clear();
  for (Value* value : dead) finalize(value);
  for (Value* value : dead) delete value;
  if (external_memory == lasting_memory) return;
  fprintf(stderr, "V8 believes in %lld bytes that are gone\n", static_cast<long long>(external_memory - lasting_memory));
  abort();
}

void end_environment() {
  collect();
  std::reverse(hooks.begin(), hooks.end());
  for (const auto& [hook, data] : hooks) hook(data);
  hooks.clear();
  for (Value* value : old) finalize(value);
  if (instance.first != nullptr) instance.first(env(), instance.second, nullptr);
  instance = {};
  for (Value* value : old) delete value;
  old.clear();
  functions.clear();
  if (references == 0) return;
  fprintf(stderr, "%d references are left\n", references);
  abort();
}

uint8_t Input::byte() {
  if (left == 0) return 0;
  --left;
  return *at++;
}

uint32_t Input::word() {
  const uint32_t high = byte();
  return high << 8 | byte();
}

std::vector<uint8_t> Input::take(size_t count) {
  const size_t size = std::min(count, left);
  std::vector<uint8_t> taken(at, at + size);
  at += size;
  left -= size;
  return taken;
}

// ---- Node-API, as far as the addons use it.

#define API extern "C" napi_status
#define GIVE(expression) return *result = as(expression), napi_ok

API napi_get_undefined(napi_env, napi_value* result) { GIVE(undefined_value()); }
API napi_get_null(napi_env, napi_value* result) { GIVE(null_value_of()); }
API napi_get_global(napi_env, napi_value* result) { GIVE(made(Kind::object)); }
API napi_get_boolean(napi_env, bool on, napi_value* result) { GIVE(boolean_of(on)); }
API napi_create_object(napi_env, napi_value* result) { GIVE(made(Kind::object)); }
API napi_create_array(napi_env, napi_value* result) { GIVE(made(Kind::array)); }
API napi_create_int32(napi_env, int32_t number, napi_value* result) { GIVE(number_of(number)); }
API napi_create_int64(napi_env, int64_t number, napi_value* result) { GIVE(number_of(static_cast<double>(number))); }
API napi_create_double(napi_env, double number, napi_value* result) { GIVE(number_of(number)); }

API napi_create_array_with_length(napi_env, size_t length, napi_value* result) {
  Value* value = made(Kind::array);
  value->elements.resize(length, nullptr);
  GIVE(value);
}

API napi_create_string_utf8(napi_env, const char* text, size_t length, napi_value* result) {
  GIVE(string_of(length == NAPI_AUTO_LENGTH ? std::string(text) : std::string(text, length)));
}

API napi_create_string_latin1(napi_env env, const char* text, size_t length, napi_value* result) {
  return napi_create_string_utf8(env, text, length, result);
}

API napi_create_buffer(napi_env, size_t length, void** data, napi_value* result) {
  Value* value = bytes_of(nullptr, length);
  *data = value->data;
  GIVE(value);
}

API napi_create_buffer_copy(napi_env, size_t length, const void* data, void**, napi_value* result) {
  GIVE(bytes_of(static_cast<const uint8_t*>(data), length));
}

// The typed array takes its memory over.
API napi_create_arraybuffer(napi_env env, size_t length, void** data, napi_value* result) {
  return napi_create_buffer(env, length, data, result);
}

API napi_create_typedarray(napi_env, napi_typedarray_type, size_t, napi_value buffer, size_t, napi_value* result) {
  GIVE(of(buffer));
}

API napi_create_function(napi_env, const char*, size_t, napi_callback callback, void* data, napi_value* result) {
  Value* value = made(Kind::function);
  value->callback = callback;
  value->callback_data = data;
  GIVE(value);
}

API napi_create_external(napi_env, void* data, napi_finalize finalize, void*, napi_value* result) {
  Value* value = made(Kind::external);
  value->external = data;
  value->finalize = finalize;
  GIVE(value);
}

API napi_get_value_external(napi_env, napi_value value, void** result) {
  if (value == nullptr || of(value)->kind != Kind::external) return napi_invalid_arg;
  *result = of(value)->external;
  return napi_ok;
}

API napi_typeof(napi_env, napi_value value, napi_valuetype* result) {
  if (value == nullptr) return napi_invalid_arg;
  switch (of(value)->kind) {
    case Kind::undefined: return *result = napi_undefined, napi_ok;
    case Kind::null: return *result = napi_null, napi_ok;
    case Kind::boolean: return *result = napi_boolean, napi_ok;
    case Kind::number: return *result = napi_number, napi_ok;
    case Kind::string: return *result = napi_string, napi_ok;
    case Kind::function: return *result = napi_function, napi_ok;
    case Kind::external: return *result = napi_external, napi_ok;
    default: return *result = napi_object, napi_ok;
  }
}

API napi_get_value_double(napi_env, napi_value value, double* result) {
  if (value == nullptr || of(value)->kind != Kind::number) return napi_number_expected;
  *result = of(value)->number;
  return napi_ok;
}

API napi_get_value_int64(napi_env, napi_value value, int64_t* result) {
  if (value == nullptr || of(value)->kind != Kind::number) return napi_number_expected;
  const double number = of(value)->number;
  if (!isfinite(number)) return *result = 0, napi_ok;
  if (number >= 9223372036854775807.0) return *result = INT64_MAX, napi_ok;
  if (number <= -9223372036854775808.0) return *result = INT64_MIN, napi_ok;
  *result = static_cast<int64_t>(number);
  return napi_ok;
}

API napi_get_value_int32(napi_env env, napi_value value, int32_t* result) {
  int64_t wide;
  const napi_status status = napi_get_value_int64(env, value, &wide);
  if (status == napi_ok) *result = static_cast<int32_t>(wide);
  return status;
}

API napi_get_value_bool(napi_env, napi_value value, bool* result) {
  if (value == nullptr || of(value)->kind != Kind::boolean) return napi_boolean_expected;
  *result = of(value)->number != 0;
  return napi_ok;
}

API napi_get_value_string_utf8(napi_env, napi_value value, char* text, size_t room, size_t* result) {
  if (value == nullptr || of(value)->kind != Kind::string) return napi_string_expected;
  const std::string& string = of(value)->text;
  if (text == nullptr) return *result = string.size(), napi_ok;
  if (room == 0) return *result = 0, napi_ok;
  const size_t length = std::min(string.size(), room - 1);
  memcpy(text, string.data(), length);
  text[length] = '\0';
  if (result != nullptr) *result = length;
  return napi_ok;
}

API napi_get_typedarray_info(napi_env, napi_value value, napi_typedarray_type* type, size_t* length, void** data,
                             napi_value*, size_t*) {
  if (value == nullptr) return napi_invalid_arg;
  const Value* array = of(value);
  if (array->kind != Kind::bytes && array->kind != Kind::integers) return napi_invalid_arg;
  *type = array->kind == Kind::bytes ? napi_uint8_array : napi_int32_array;
  *length = array->length;
  *data = array->data;
  return napi_ok;
}

API napi_get_array_length(napi_env, napi_value value, uint32_t* result) {
  if (value == nullptr || of(value)->kind != Kind::array) return napi_array_expected;
  *result = static_cast<uint32_t>(of(value)->elements.size());
  return napi_ok;
}

API napi_get_element(napi_env, napi_value value, uint32_t index, napi_value* result) {
  if (value == nullptr || of(value)->kind < Kind::bytes) return napi_object_expected;
  const std::vector<Value*>& elements = of(value)->elements;
  GIVE(index < elements.size() && elements[index] != nullptr ? elements[index] : undefined_value());
}

API napi_set_element(napi_env, napi_value value, uint32_t index, napi_value element) {
  std::vector<Value*>& elements = of(value)->elements;
  if (index >= elements.size()) elements.resize(index + 1, nullptr);
  elements[index] = of(element);
  return napi_ok;
}

API napi_get_named_property(napi_env, napi_value value, const char* name, napi_value* result) {
  if (value == nullptr || of(value)->kind < Kind::bytes) return napi_object_expected;
  const auto found = of(value)->properties.find(name);
  GIVE(found == of(value)->properties.end() ? undefined_value() : found->second);
}

API napi_set_named_property(napi_env, napi_value object, const char* name, napi_value value) {
  of(object)->properties[name] = of(value);
  return napi_ok;
}

API napi_object_freeze(napi_env, napi_value) { return napi_ok; }

API napi_get_cb_info(napi_env, napi_callback_info info, size_t* count, napi_value* values, napi_value*, void** data) {
  const Call* call = reinterpret_cast<const Call*>(info);
  for (size_t i = 0; i < *count; ++i) {
    values[i] = as(i < call->arguments->size() ? (*call->arguments)[i] : undefined_value());
  }
  *count = call->arguments->size();
  if (data != nullptr) *data = call->data;
  return napi_ok;
}

API napi_call_function(napi_env, napi_value, napi_value function, size_t count, const napi_value* values,
                       napi_value* result) {
  std::vector<Value*> arguments;
  for (size_t i = 0; i < count; ++i) arguments.push_back(of(values[i]));
  Value* answer = run(of(function), arguments);
  // A body without an answer throws.
  if (answer == nullptr) return pending = true, napi_pending_exception;
  GIVE(answer);
}

API napi_throw_error(napi_env, const char*, const char*) { return pending = true, napi_ok; }
API napi_throw_type_error(napi_env, const char*, const char*) { return pending = true, napi_ok; }

API napi_create_reference(napi_env, napi_value value, uint32_t, napi_ref* result) {
  if (value == nullptr) return napi_invalid_arg;
  ++of(value)->references;
  ++references;
  *result = reinterpret_cast<napi_ref>(value);
  return napi_ok;
}

API napi_delete_reference(napi_env, napi_ref reference) {
  --reinterpret_cast<Value*>(reference)->references;
  --references;
  return napi_ok;
}

API napi_get_reference_value(napi_env, napi_ref reference, napi_value* result) {
  *result = reinterpret_cast<napi_value>(reference);
  return napi_ok;
}

API napi_adjust_external_memory(napi_env, int64_t by, int64_t* result) {
  return *result = external_memory += by, napi_ok;
}

API napi_set_instance_data(napi_env, void* data, napi_finalize finalize, void*) {
  return instance = {finalize, data}, napi_ok;
}

API napi_add_env_cleanup_hook(napi_env, void (*hook)(void*), void* data) { return hooks.emplace_back(hook, data), napi_ok; }

API napi_remove_env_cleanup_hook(napi_env, void (*hook)(void*), void* data) {
  hooks.erase(std::remove(hooks.begin(), hooks.end(), std::make_pair(hook, data)), hooks.end());
  return napi_ok;
}

// ---- What only the reactor needs, which has its threads and its loop and is not tried here.

API napi_open_handle_scope(napi_env, napi_handle_scope*) { return napi_generic_failure; }
API napi_close_handle_scope(napi_env, napi_handle_scope) { return napi_ok; }
API napi_make_callback(napi_env, napi_async_context, napi_value, napi_value, size_t, const napi_value*, napi_value*) {
  return napi_generic_failure;
}
API napi_is_exception_pending(napi_env, bool* result) { return *result = pending, napi_ok; }
API napi_get_and_clear_last_exception(napi_env, napi_value*) { return napi_generic_failure; }
API napi_fatal_exception(napi_env, napi_value) { return napi_ok; }
API napi_create_threadsafe_function(napi_env, napi_value, napi_value, napi_value, size_t, size_t, void*, napi_finalize,
                                    void*, napi_threadsafe_function_call_js, napi_threadsafe_function*) {
  return napi_generic_failure;
}
API napi_call_threadsafe_function(napi_threadsafe_function, void*, napi_threadsafe_function_call_mode) {
  return napi_generic_failure;
}
API napi_release_threadsafe_function(napi_threadsafe_function, napi_threadsafe_function_release_mode) { return napi_ok; }
API napi_ref_threadsafe_function(napi_env, napi_threadsafe_function) { return napi_ok; }
API napi_unref_threadsafe_function(napi_env, napi_threadsafe_function) { return napi_ok; }
API napi_add_async_cleanup_hook(napi_env, napi_async_cleanup_hook, void*, napi_async_cleanup_hook_handle*) {
  return napi_generic_failure;
}
API napi_remove_async_cleanup_hook(napi_async_cleanup_hook_handle) { return napi_ok; }
