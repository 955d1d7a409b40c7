// Owns the fuzzing of berkeley_tls.node: what comes over the wire to a client or a server, conversations in which the wire changes
// some of it, and files that somebody hands over (certificates, keys, PKCS#12, revocations, sessions).
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include <algorithm>
#include <deque>

#include "simulation.h"

static const double tls12 = 0x0303;
static const double tls13 = 0x0304;

// What lies on the wire to each end. The descriptor of an end is its index.
static std::deque<uint8_t> wires[2];
static bool over;
static bool changes;

bool wire_is_there() { return true; }
bool wire_ended(int fd) { return over && wires[fd & 1].empty(); }

std::vector<uint8_t> wire_take(int fd, size_t count) {
  std::deque<uint8_t>& wire = wires[fd & 1];
  const size_t size = std::min(count, wire.size());
  std::vector<uint8_t> taken(wire.begin(), wire.begin() + static_cast<long>(size));
  wire.erase(wire.begin(), wire.begin() + static_cast<long>(size));
  return taken;
}

long wire_give(int fd, const uint8_t* data, size_t length) {
  std::vector<uint8_t> bytes(data, data + length);
  const uint8_t what = changes && length > 0 ? simulation->byte() : 0;
  if (what >= 0xf0) bytes[simulation->word() % length] ^= static_cast<uint8_t>(1 + simulation->below(255));
  if (what == 0xef) bytes.clear();
  if (what == 0xee) bytes.insert(bytes.end(), data, data + length);
  if (what == 0xed) {
    const std::vector<uint8_t> more = simulation->take(simulation->byte());
    bytes.insert(bytes.begin() + static_cast<long>(simulation->word() % length), more.begin(), more.end());
  }
  std::deque<uint8_t>& wire = wires[1 - (fd & 1)];
  wire.insert(wire.end(), bytes.begin(), bytes.end());
  return static_cast<long>(length);
}

// ---- A certificate for localhost, signed by itself.

struct Identity {
  std::vector<uint8_t> certificate;
  std::vector<uint8_t> key;
};

static Identity identity() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -1000);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 100000);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, key, EVP_sha256());
  Identity made;
  made.certificate.resize(static_cast<size_t>(i2d_X509(certificate, nullptr)));
  uint8_t* at = made.certificate.data();
  i2d_X509(certificate, &at);
  PKCS8_PRIV_KEY_INFO* info = EVP_PKEY2PKCS8(key);
  uint8_t* der = nullptr;
  const int length = i2d_PKCS8_PRIV_KEY_INFO(info, &der);
  made.key.assign(der, der + length);
  OPENSSL_free(der);
  PKCS8_PRIV_KEY_INFO_free(info);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

static Value* bytes(const std::vector<uint8_t>& from) { return bytes_of(from.data(), from.size()); }
static Value* some(Input& input) { return bytes(input.take(input.word() % 3000)); }
static std::vector<uint8_t> wire_names(const char* text) { return {text, text + strlen(text)}; }

// ---- Contexts and sessions.

static std::map<std::string, Value*> context_settings(uint8_t what, const Identity& own, bool server) {
  std::map<std::string, Value*> settings = {
      {"server", boolean_of(server)},
      {"minVersion", number_of(what & 1 ? tls12 : tls13)},
      {"maxVersion", number_of(what & 2 ? tls12 : tls13)},
      {"securityLevel", number_of(what & 4 ? 0 : 2)},
      {"verifyMode", number_of(what & 8 ? 3 : what & 16 ? 1 : 0)},
      {"asksName", boolean_of((what & 32) != 0)},
      {"alpn", what & 64 ? bytes(wire_names("\x02h2\x08http/1.1")) : null_value_of()},
      {"sessionIdContext", bytes(wire_names("fuzz"))},
      {"staple", what & 128 ? bytes(wire_names("not a response")) : null_value_of()},
      {"store", call("storeNew", {array_of({bytes(own.certificate)}), array_of({})})},
      {"clientCas", array_of({bytes(own.certificate)})},
  };
  if (server || (what & 32) != 0) {
    settings["chain"] = array_of({bytes(own.certificate)});
    settings["key"] = bytes(own.key);
  }
  return settings;
}

// A context takes longer to make than a handshake, so there are a few, made once.
static Value* context_of(Input& input, const Identity& own, bool server) {
  static const uint8_t choices[] = {0x42, 0x62, 0x4b, 0x6f, 0xff, 0x53, 0x06, 0xe2};
  static std::map<unsigned, Value*> known;
  const unsigned index = input.byte() & 7;
  Value*& context = known[index + (server ? 8 : 0)];
  if (context == nullptr) {
    context = kept([&] { return call("contextNew", {object_of(context_settings(choices[index], own, server))}); });
  }
  return context;
}

static Value* session_of(Input& input, Value* context, bool server, Value* earlier) {
  const uint8_t what = input.byte();
  return call("sessionNew", {context, number_of(server ? 1 : 0),
                             object_of({{"server", boolean_of(server)},
                                        {"sni", what & 1 ? string_of("localhost") : null_value_of()},
                                        {"checkHost", what & 2 ? string_of("localhost") : null_value_of()},
                                        {"checkIp", what & 4 ? bytes({127, 0, 0, 1}) : null_value_of()},
                                        {"enforce", boolean_of((what & 8) != 0)},
                                        {"asksVerdict", boolean_of((what & 16) != 0)},
                                        {"keylog", boolean_of((what & 32) != 0)},
                                        {"ocsp", number_of(what >> 6)},
                                        {"session", earlier}})});
}

// Asked in the middle of a handshake, it says yes, no, another context, throws, or frees the session.
static Value* ask(Input& input, Value* const* session, Value* context) {
  return function_of([&input, session, context](const std::vector<Value*>&) -> Value* {
    switch (input.byte()) {
      case 0xff: return nullptr;
      case 0xfe: return boolean_of(false);
      case 0xfd: return call("sessionFree", {*session}), null_value_of();
      case 0xfc: return call("peerChain", {*session}), call("facts", {*session}), boolean_of(true);
      case 0xfb: return context;
      case 0xfa: return call("handshake", {*session, null_value_of()}), null_value_of();
      default: return input.coin() ? boolean_of(true) : null_value_of();
    }
  });
}

static void step(Input& input, Value* session, Value* answer) {
  Value* memory = bytes_of(nullptr, input.coin() ? 100 : 20000);
  const double length = static_cast<double>(memory->length);
  switch (input.byte() % 16) {
    case 0: call("write", {session, memory, number_of(0), number_of(length)}); break;
    case 1: call("writev", {session, array_of({memory, bytes_of(nullptr, 0), memory}), number_of(0), number_of(input.byte())}); break;
    case 2: call("flush", {session}); break;
    case 3: call("closeNotify", {session}); break;
    case 4: call("sessionFeed", {session, some(input)}); break;
    case 5: call("leftover", {session}); break;
    case 6: call("facts", {session}), call("peerChain", {session}), call("ownCertificate", {session}); break;
    case 7: call("failure", {session}), call("keylog", {session}), call("newestSession", {session}); break;
    case 8: call("exportKey", {session, number_of(input.word()), string_of("label"), some(input)}); break;
    case 9: call("finished", {session, boolean_of(input.coin())}); break;
    case 10: if (input.byte() > 0xf0) call("sessionFree", {session}); break;
    case 11: call("read", {session, memory, number_of(input.word()), number_of(input.word()), boolean_of(input.coin())}); break;
    case 12: over = input.byte() > 0xf0; break;
    case 13: case 14: call("read", {session, memory, number_of(0), number_of(length), boolean_of(true)}); break;
    default: call("handshake", {session, answer, boolean_of(input.coin())});
  }
}

static void converse(Input& input, const Identity& own, bool alone, bool server) {
  Value* contexts[2];
  Value* sessions[2];
  for (int end = 0; end < 2; ++end) {
    contexts[end] = context_of(input, own, end == 1);
  }
  Value* other = context_of(input, own, true);
  if (input.coin()) call("contextShareTickets", {contexts[1], other});
  for (int end = 0; end < 2; ++end) sessions[end] = session_of(input, contexts[end], end == 1, null_value_of());
  if (sessions[0] == nullptr || sessions[1] == nullptr) return;
  Value* answers[2] = {ask(input, &sessions[0], other), ask(input, &sessions[1], other)};
  changes = !alone;
  if (alone) {
    const int end = server ? 1 : 0;
    const std::vector<uint8_t> bytes = input.take(input.word() % 5000);
    wires[end].insert(wires[end].end(), bytes.begin(), bytes.end());
    for (int turn = 0; turn < 3; ++turn) call("handshake", {sessions[end], answers[end], boolean_of(false)});
  } else {
    for (int turn = 0; turn < 8; ++turn) call("handshake", {sessions[turn & 1], answers[turn & 1], boolean_of(false)});
  }
  for (int turn = 0; turn < 40 && input.rest() > 0; ++turn) {
    const int end = alone ? server : input.byte() & 1;
    step(input, sessions[end], answers[end]);
  }
}

static void files(Input& input, const Identity& own) {
  switch (input.byte() % 6) {
    case 0: call("storeNew", {array_of({some(input), bytes(own.certificate)}), array_of({some(input)})}); break;
    case 1: call("pkcs12", {some(input), string_of(input.coin() ? "" : "secret")}); break;
    case 2: call("signatureHash", {some(input)}); break;
    case 3: {
      std::map<std::string, Value*> settings = context_settings(input.byte(), own, input.coin());
      for (const char* name : {"chain", "clientCas"}) if (input.coin()) settings[name] = array_of({some(input), some(input)});
      for (const char* name : {"key", "alpn", "staple", "sessionIdContext"}) if (input.coin()) settings[name] = some(input);
      for (const char* name : {"ciphers", "suites", "groups", "sigalgs"}) {
        if (!input.coin()) continue;
        const std::vector<uint8_t> text = input.take(input.byte() & 63);
        settings[name] = string_of(std::string(text.begin(), text.end()));
      }
      call("contextNew", {object_of(settings)});
      break;
    }
    case 4: {
      session_of(input, context_of(input, own, false), false, some(input));
      break;
    }
    default: {
      std::vector<uint8_t> changed = own.certificate;
      changed[input.word() % changed.size()] ^= input.byte();
      call("signatureHash", {bytes(changed)});
      call("storeNew", {array_of({bytes(changed)}), array_of({})});
    }
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Identity own = identity();
  static const bool loaded = [] {
    load_addon();
    call("setStatus", {integers_of(5)});
    return true;
  }();
  if (!loaded) return 0;
  Input input(data, size);
  simulation = &input;
  over = changes = false;
  for (std::deque<uint8_t>& wire : wires) wire.clear();
  switch (input.byte() % 4) {
    case 0: files(input, own); break;
    case 1: converse(input, own, true, true); break;
    case 2: converse(input, own, true, false); break;
    default: converse(input, own, false, false);
  }
  collect();
  return 0;
}
