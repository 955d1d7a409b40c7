// Owns the functions that move plaintext: the hot path. It must not know how long to wait, nor what the bytes mean.
//
// Pointers are fetched at each call and never kept, since JavaScript may detach or resize a buffer between two calls.
#include <openssl/err.h>

#include "session.h"
#include "transport.h"

// The most plaintext in one record (RFC 8446 §5.1).
static const size_t record_size = 16384;
// So much in one call, however fast the other end takes it: others want their turn.
static const size_t write_share = 256 * 1024;

// ---- Reading.

static int fail(Session* session) {
  session->broken = true;
  session_note_failure(session);
  return result_failed;
}

// What SSL_read's refusal comes to: 0 after close_notify.
static int refused(Session* session, int answer) {
  switch (SSL_get_error(session->ssl, answer)) {
    case SSL_ERROR_WANT_READ:
      return transport_answer(session);
    case SSL_ERROR_ZERO_RETURN:
      session->closed = true;
      return 0;
    default:
      return fail(session);
  }
}

static int read_all(Session* session, uint8_t* data, size_t length) {
  if (session->closed) return 0;
  if (session->broken) return result_failed;
  size_t done = 0;
  int refusal = want_read;
  while (done < length) {
    const bool kernel = session->may_receive && !session->drained;
    if (done > 0 && !kernel && session->input.size() == 0 && SSL_pending(session->ssl) == 0) break;
    const int answer = SSL_read(session->ssl, data + done, static_cast<int>(length - done));
    if (answer <= 0) {
      refusal = refused(session, answer);
      break;
    }
    done += static_cast<size_t>(answer);
    session->delivered = true;
  }
  // Errors of sending are told to those who send. Whoever got something may have an answer, and tickets go along with it.
  const bool held = session->held && (done > 0 || session->closed);
  if (session->output.size() > 0 && !held) transport_flush(session);
  return done > 0 ? static_cast<int>(done) : refusal;
}

static napi_value JS_read(napi_env env, napi_callback_info info) {
  Arguments<5> a(env, info);
  int64_t offset, length;
  bool may_receive;
  Bytes buffer;
  if (!a.bytes(1, &buffer) || !a.wide(2, &offset) || !a.wide(3, &length) || !a.boolean(4, &may_receive) ||
      length == 0 || !buffer.holds(offset, length)) {
    return give(env, result_invalid);
  }
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return give(env, result_invalid);
  session->may_receive = may_receive;
  // What one call takes fits an int.
  const size_t most = size_t{1} << 30;
  const size_t wanted = static_cast<size_t>(length);
  const int answer =
      session->established ? read_all(session, buffer.data + offset, wanted < most ? wanted : most) : result_invalid;
  session_end(session);
  return give(env, answer);
}

// ---- Writing.

// The whole piece becomes records, because the transport always takes what OpenSSL writes. 0 or a Result.
static int encrypt(Session* session, const uint8_t* piece, size_t length, size_t* done) {
  while (length > 0) {
    const int answer = SSL_write(session->ssl, piece, static_cast<int>(length));
    if (answer <= 0) {
      // In the middle of a message that the peer has cut in two, which OpenSSL wants to have whole first.
      return SSL_get_error(session->ssl, answer) == SSL_ERROR_WANT_READ ? transport_answer(session) : fail(session);
    }
    piece += answer;
    length -= static_cast<size_t>(answer);
    *done += static_cast<size_t>(answer);
  }
  return 0;
}

static int write_ready(const Session* session) {
  if (!session->established || (SSL_get_shutdown(session->ssl) & SSL_SENT_SHUTDOWN) != 0) return result_invalid;
  return session->broken ? result_failed : 0;
}

// `next` gives pieces that make good records, an empty one at the end.
template <typename NextPiece>
static int write_all(Session* session, NextPiece next) {
  int refusal = write_ready(session);
  if (refusal != 0) return refusal;
  size_t done = 0;
  bool more = true;
  while (more && refusal == 0 && done < write_share) {
    while (refusal == 0 && session->send_error == 0 && session->output.size() < unsent_limit) {
      const uint8_t* piece;
      const size_t length = next(&piece);
      more = length > 0;
      if (!more) break;
      refusal = encrypt(session, piece, length, &done);
    }
    const int sent = transport_flush(session);
    if (refusal == 0) refusal = sent;
  }
  // What is in records is told first; a failed send comes out of `flush` or the next write.
  return done > 0 ? static_cast<int>(done) : refusal;
}

static napi_value JS_write(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int64_t offset, length;
  Bytes buffer;
  if (!a.bytes(1, &buffer) || !a.wide(2, &offset) || !a.wide(3, &length) || !buffer.holds(offset, length)) {
    return give(env, result_invalid);
  }
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return give(env, result_invalid);
  const uint8_t* at = buffer.data + offset;
  size_t left = static_cast<size_t>(length);
  const int answer = write_all(session, [&](const uint8_t** piece) {
    const size_t size = left < record_size ? left : record_size;
    *piece = at;
    at += size;
    left -= size;
    return size;
  });
  session_end(session);
  return give(env, answer);
}

// Several buffers as a sequence of pieces: small ones are gathered, what fills a record is taken where it lies.
struct Gathering {
  napi_env env;
  napi_value list;
  uint32_t index;
  uint32_t count;
  size_t skip;
  uint8_t* scratch;

  size_t next(const uint8_t** piece) {
    size_t gathered = 0;
    while (index < count && gathered < record_size) {
      const Bytes bytes = list_bytes(env, list, index);
      if (skip >= bytes.length) {
        skip -= bytes.length;
        ++index;
        continue;
      }
      const size_t left = bytes.length - skip;
      if (gathered == 0 && left >= record_size) {
        *piece = bytes.data + skip;
        skip += record_size;
        return record_size;
      }
      const size_t size = left < record_size - gathered ? left : record_size - gathered;
      memcpy(scratch + gathered, bytes.data + skip, size);
      gathered += size;
      skip += size;
    }
    *piece = scratch;
    return gathered;
  }
};

static napi_value JS_writev(napi_env env, napi_callback_info info) {
  Arguments<4> a(env, info);
  int64_t first, offset;
  uint32_t count;
  if (napi_get_array_length(env, a.values[1], &count) != napi_ok || !a.wide(2, &first) || !a.wide(3, &offset) ||
      first < 0 || first > count || offset < 0) {
    return give(env, result_invalid);
  }
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return give(env, result_invalid);
  size_t capacity;
  uint8_t* scratch = block_take(session->environment, record_size, &capacity);
  int answer = -ENOMEM;
  if (scratch != nullptr) {
    Gathering gathering = {env, a.values[1], static_cast<uint32_t>(first), count, static_cast<size_t>(offset), scratch};
    answer = write_all(session, [&](const uint8_t** piece) { return gathering.next(piece); });
    // It held plaintext, and the next session would get it.
    OPENSSL_cleanse(scratch, record_size);
    block_give(session->environment, scratch, capacity);
  }
  session_end(session);
  return give(env, answer);
}

static napi_value JS_flush(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return give(env, result_invalid);
  const int answer = transport_flush(session);
  session_end(session);
  return give(env, answer);
}

// ---- The end.

static int close_notify(Session* session) {
  if (!session->established) return result_invalid;
  if (!session->broken && (SSL_get_shutdown(session->ssl) & SSL_SENT_SHUTDOWN) == 0 && SSL_shutdown(session->ssl) < 0) {
    return fail(session);
  }
  return transport_flush(session);
}

static napi_value JS_closeNotify(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return give(env, result_invalid);
  const int answer = close_notify(session);
  session_end(session);
  return give(env, answer);
}

static napi_value JS_leftover(napi_env env, napi_callback_info info) {
  Arguments<1> a(env, info);
  Session* session = session_begin(env, a.values[0]);
  if (session == nullptr) return buffer_of(env, nullptr, 0);
  const napi_value result = buffer_of(env, session->input.front(), session->input.size());
  session->input.start = session->input.end;
  session_end(session);
  return result;
}

const FunctionEntry transfer_functions[] = {
    {"read", JS_read},
    {"write", JS_write},
    {"writev", JS_writev},
    {"flush", JS_flush},
    {"closeNotify", JS_closeNotify},
    {"leftover", JS_leftover},
    {nullptr, nullptr},
};
