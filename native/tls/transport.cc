// Owns the way between OpenSSL and the descriptor. It must not know what the ciphertext says.
//
// OpenSSL reads a record in two pieces, header and body. Its own read-ahead would make one receive of them, but keeps
// what lies behind a close_notify; so the read-ahead is here, in memory that the session holds only while it is full.
// The end of the stream and errors of the system never reach OpenSSL: it would answer with an alert and be of no use for
// writing afterwards. It hears "not yet", and transport_answer tells the truth.
#include "transport.h"

#include <errno.h>
#include <openssl/bio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

// A peer that sends records without content keeps one call busy no longer than this.
static const int most_receives = 64;

// The plain system calls, as in ../transfer.cc: those of the C library are cancellation points.
static int receive(int fd, void* data, size_t length) {
  return attempt([&] { return syscall(SYS_recvfrom, fd, data, length, MSG_DONTWAIT, nullptr, nullptr); });
}

static int transmit(int fd, const void* data, size_t length) {
  return attempt([&] { return syscall(SYS_sendto, fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL, nullptr, 0); });
}

static bool would_block(int answer) { return answer == -EAGAIN || answer == -EWOULDBLOCK; }

int transport_flush(Session* session) {
  ByteQueue* output = &session->output;
  session->held = false;
  session->starved = false;
  if (session->send_error != 0) return -session->send_error;
  while (output->size() > 0) {
    const int sent = transmit(session->fd, output->front(), output->size());
    if (sent > 0) {
      output->start += static_cast<size_t>(sent);
      continue;
    }
    if (would_block(sent) || sent == 0) return want_write;
    // send(2): memory is short. It passes, and nothing will tell when.
    session->starved = sent == -ENOBUFS || sent == -ENOMEM;
    if (session->starved) return want_pause;
    session->send_error = -sent;
    queue_release(session->environment, output);
    return sent;
  }
  queue_release(session->environment, output);
  return 0;
}

int transport_answer(const Session* session) {
  if (session->receive_error != 0) return -session->receive_error;
  if (session->ended) return result_truncated;
  return transport_is_flooded(session) ? want_write : want_read;
}

static void refill(Session* session) {
  if (!session->may_receive || session->ended || session->receive_error != 0) return;
  // A short receive has emptied the kernel: another one only costs, unless the call has nothing to show yet.
  if ((session->drained && session->delivered) || session->receives >= most_receives) return;
  // Tickets are held back for the answer to what came already.
  if (session->held && session->delivered) return;
  // The peer may wait for what we have to say. An error is for those who write.
  if (session->output.size() > 0) transport_flush(session);
  if (transport_is_flooded(session)) return;
  ByteQueue* input = &session->input;
  input->start = input->end = 0;
  if (input->data != nullptr && (input->capacity == large_block) != session->bulk) {
    queue_release(session->environment, input);
  }
  if (!queue_reserve(session->environment, input, session->bulk ? large_block : small_block)) {
    session->receive_error = ENOMEM;
    return;
  }
  ++session->receives;
  const int received = receive(session->fd, input->data, input->capacity);
  if (received > 0) {
    input->end = static_cast<size_t>(received);
    session->drained = input->end < input->capacity;
    session->bulk = !session->drained;
    return;
  }
  session->drained = true;
  session->bulk = false;
  if (received == 0) {
    session->ended = true;
  } else if (!would_block(received)) {
    session->receive_error = -received;
  }
}

static int bio_read(BIO* bio, char* out, int wanted) {
  Session* session = static_cast<Session*>(BIO_get_data(bio));
  ByteQueue* input = &session->input;
  BIO_clear_retry_flags(bio);
  if (out == nullptr || wanted <= 0) return 0;
  if (input->size() == 0) refill(session);
  if (input->size() == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const size_t count = input->size() < static_cast<size_t>(wanted) ? input->size() : static_cast<size_t>(wanted);
  memcpy(out, input->front(), count);
  input->start += count;
  return static_cast<int>(count);
}

static int bio_write(BIO* bio, const char* bytes, int count) {
  Session* session = static_cast<Session*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (bytes == nullptr || count <= 0) return 0;
  // Nobody will ever get it, and keeping it would let it grow with every answer to the peer.
  if (session->send_error != 0) return count;
  return queue_append(session->environment, &session->output, bytes, static_cast<size_t>(count)) ? count : -1;
}

static long bio_control(BIO* bio, int command, long, void*) {
  const Session* session = static_cast<Session*>(BIO_get_data(bio));
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_PENDING:
      return static_cast<long>(session->input.size());
    case BIO_CTRL_WPENDING:
      return static_cast<long>(session->output.size());
    default:
      return 0;
  }
}

static int bio_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

// One for the process, made by whichever thread needs it first; it is never freed.
static BIO_METHOD* method() {
  static BIO_METHOD* shared = nullptr;
  BIO_METHOD* known = __atomic_load_n(&shared, __ATOMIC_ACQUIRE);
  if (known != nullptr) return known;
  BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "berkeley");
  if (made == nullptr) return nullptr;
  BIO_meth_set_read(made, bio_read);
  BIO_meth_set_write(made, bio_write);
  BIO_meth_set_ctrl(made, bio_control);
  BIO_meth_set_create(made, bio_create);
  if (__atomic_compare_exchange_n(&shared, &known, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return made;
  BIO_meth_free(made);
  return known;
}

bool transport_attach(Session* session) {
  BIO_METHOD* own = method();
  BIO* bio = own == nullptr ? nullptr : BIO_new(own);
  if (bio == nullptr) return false;
  BIO_set_data(bio, session);
  SSL_set_bio(session->ssl, bio, bio);
  return true;
}
