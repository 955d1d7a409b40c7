// Owns the shape of a stand-in for Node: values, functions and memory, enough for the addons to run in a plain program. It must
// not know what the addons do.
#ifndef BERKELEY_FUZZ_RUNTIME_H
#define BERKELEY_FUZZ_RUNTIME_H

#include <node_api.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

enum class Kind { undefined, null, boolean, number, string, bytes, integers, array, object, function, external };

struct Value {
  Kind kind = Kind::undefined;
  double number = 0;
  std::string text;
  // Of exactly the size that JavaScript would show, so that one byte more is found; null when it is empty, as in Node.
  uint8_t* data = nullptr;
  // In elements.
  size_t length = 0;
  std::vector<Value*> elements;
  std::map<std::string, Value*> properties;
  napi_callback callback = nullptr;
  void* callback_data = nullptr;
  std::function<Value*(const std::vector<Value*>&)> body;
  void* external = nullptr;
  napi_finalize finalize = nullptr;
  int references = 0;
  ~Value();
};

Value* undefined_value();
Value* null_value_of();
Value* number_of(double number);
Value* boolean_of(bool on);
Value* string_of(std::string text);
Value* bytes_of(const uint8_t* data, size_t length);
Value* integers_of(size_t length);
Value* array_of(std::vector<Value*> elements);
Value* object_of(std::map<std::string, Value*> properties);
Value* function_of(std::function<Value*(const std::vector<Value*>&)> body);

// Loads the addon that is linked in; its functions by their names.
const std::map<std::string, Value*>& load_addon();
// Null when it threw, and for undefined.
Value* call(const std::string& function, const std::vector<Value*>& arguments);
// What is made by it stays until the end.
Value* kept(const std::function<Value*()>& make);
// Collects what was made since the last time and is not referenced. Aborts when V8 would now believe in memory that is gone.
void collect();
// Ends the environment as Node does, and aborts when a reference is left.
void end_environment();

// What an input consists of, taken from its front; zeros at its end.
class Input {
 public:
  Input(const uint8_t* data, size_t length) : at(data), left(length) {}
  size_t rest() const { return left; }
  uint8_t byte();
  uint32_t word();
  uint32_t below(uint32_t limit) { return limit == 0 ? 0 : word() % limit; }
  bool coin() { return (byte() & 1) != 0; }
  std::vector<uint8_t> take(size_t count);

 private:
  const uint8_t* at;
  size_t left;
};

#endif
