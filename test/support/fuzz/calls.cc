// Owns the fuzzing of berkeley.node: an input is a sequence of calls with arguments of any kind, on a kernel that does what the input
// says. What comes from the kernel (names, control messages, lists of addresses) and what comes from JavaScript is tried alike.
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <set>

#include "simulation.h"

bool wire_is_there() { return false; }
bool wire_ended(int) { return true; }
std::vector<uint8_t> wire_take(int, size_t) { return {}; }
long wire_give(int, const uint8_t*, size_t length) { return static_cast<long>(length); }

// What each function takes: (i)nteger, (w)ide number, milli(m)econds, (f)lag, (b)ytes, (z) bytes or null, i(n)tegers, (p)ieces,
// (s)tring, (t) string or null. A name that is not here is called with anything.
static const std::map<std::string, std::string> signatures = {
    {"socket", "iii"}, {"socketpair", "iiin"}, {"accept", "ib"}, {"dup", "i"}, {"own", "i"}, {"disown", "i"},
    {"close", "i"}, {"setBlocking", "if"}, {"setCloexec", "if"}, {"bind", "ib"}, {"connect", "ib"},
    {"listen", "ii"}, {"shutdown", "ii"}, {"getsockname", "ib"}, {"getpeername", "ib"}, {"recv", "ibwwi"},
    {"send", "ibwwi"}, {"sendv", "ipwwi"}, {"setSlab", "b"}, {"recvSlab", "iwwi"}, {"sendSlab", "iwwi"},
    {"recvmsg", "ibwwbwi"}, {"recvmsgSlab", "iwwbwi"}, {"recvmmsg", "ibwwwbwi"}, {"gather", "bwbwwwb"},
    {"sendmsg", "ipzzi"}, {"sendmmsg", "ibnwwpi"}, {"read", "ibwww"}, {"sendfile", "iiww"}, {"pipe", "n"},
    {"splice", "iiw"}, {"getsockopt", "iiib"}, {"setsockopt", "iiizw"}, {"setsockoptInt", "iiii"},
    {"setsockoptFilter", "iiib"}, {"poll", "iim"}, {"pollMany", "nwm"}, {"recvOrWait", "ibwwm"},
    {"ifNameToIndex", "s"}, {"ifIndexToName", "i"}, {"lookup", "ttiiii"}, {"reverse", "bi"}, {"lookupTake", "i"},
    {"lookupClose", "i"}, {"gaiError", "i"}, {"openFile", "s"}, {"seek", "iwi"},
};

static Value* number(Input& input) {
  static const double special[] = {-1,         -0.0,    NAN, INFINITY, -INFINITY, 2147483647, 2147483648, 4294967296.0,
                                   -2147483648, 1e300, 0.5, 9007199254740991.0, 9.3e18, -9.3e18, 1024, 65536};
  const uint8_t what = input.byte();
  if (what < 0xa0) return number_of(input.byte());
  return number_of(what < 0xf0 ? input.word() : special[what & 15]);
}

static Value* bytes(Input& input) {
  static const size_t sizes[] = {0, 1, 4, 16, 128, 132, 143, 144, 176, 288, 400, 1000, 4096, 17000};
  const size_t size = sizes[input.byte() % (sizeof sizes / sizeof sizes[0])];
  Value* value = bytes_of(nullptr, size);
  const std::vector<uint8_t> front = input.take(std::min<size_t>(size, input.byte()));
  std::copy(front.begin(), front.end(), value->data);
  return value;
}

static Value* integers(Input& input) {
  Value* value = integers_of(input.byte() & 31);
  int32_t* data = reinterpret_cast<int32_t*>(value->data);
  for (size_t i = 0; i < value->length; ++i) data[i] = static_cast<int16_t>(input.byte() < 0xc0 ? input.byte() : input.word());
  return value;
}

static Value* argument(Input& input, char kind) {
  static const char all[] = "iwmfbznpstabo";
  if (input.byte() >= 0xf0) kind = all[input.byte() % (sizeof all - 1)];
  switch (kind) {
    case 'i':
    case 'w':
    case 'm':
      return number(input);
    case 'f':
      return boolean_of(input.coin());
    case 'z':
      if (input.coin()) return null_value_of();
      return bytes(input);
    case 'b':
      return bytes(input);
    case 'n':
      return integers(input);
    case 'p': {
      if (input.coin()) return bytes(input);
      std::vector<Value*> pieces(input.byte() & 15);
      for (Value*& piece : pieces) piece = input.byte() < 0xf0 ? bytes(input) : number(input);
      // More than IOV_MAX.
      if (input.byte() == 0xff) pieces.resize(1100, bytes_of(nullptr, 3));
      return array_of(pieces);
    }
    case 't':
      if (input.coin()) return null_value_of();
      [[fallthrough]];
    case 's': {
      const std::vector<uint8_t> text = input.take(input.byte() & 63);
      return string_of(std::string(text.begin(), text.end()));
    }
    case 'o':
      return object_of({});
    default:
      return undefined_value();
  }
}

// Every number that is open belongs to the addon, which closes it, or was given away.
static void close_all(const std::set<int>& given_away) {
  for (const int fd : numbers_that_are_open()) {
    call("lookupClose", {number_of(fd)});
    call("close", {number_of(fd)});
  }
  for (const int fd : numbers_that_are_open()) {
    if (given_away.count(fd) == 0) {
      fprintf(stderr, "%d is left open\n", fd);
      abort();
    }
    forget_number(fd);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::map<std::string, Value*>& functions = load_addon();
  static std::vector<std::string> names;
  if (names.empty()) {
    for (const auto& entry : functions) {
      // These have the real loop and the real linker.
      if (entry.first.rfind("reactor", 0) != 0 && entry.first != "openGlobal") names.push_back(entry.first);
    }
  }
  Input input(data, size);
  simulation = &input;
  std::set<int> given_away;
  for (int calls = 0; calls < 100 && input.rest() > 0; ++calls) {
    const std::string& name = names[input.byte() % names.size()];
    const auto signature = signatures.find(name);
    std::vector<Value*> arguments;
    for (const char kind : signature == signatures.end() ? "aaa" : signature->second) {
      arguments.push_back(argument(input, kind));
    }
    const Value* answer = call(name, arguments);
    if (name == "disown" && answer->number == 0) given_away.insert(static_cast<int>(arguments[0]->number));
    if (input.coin()) {
      for (const auto& [run, what] : std::exchange(waiting_threads, {})) run(what);
    }
  }
  for (const auto& [run, what] : std::exchange(waiting_threads, {})) run(what);
  close_all(given_away);
  collect();
  return 0;
}
