// The yardstick of the TLS cases: a server on one epoll, one thread and OpenSSL, written as a C programmer would who
// cares about speed. OpenSSL reads ahead, so that a small record costs one system call and not two, and writes to a
// buffer, so that what a turn has to say goes out in one; level-triggered, so that nothing asks for an EAGAIN; session
// tickets, two for each full handshake, as is OpenSSL's default.
//
// Usage: tls-server CERTIFICATE KEY [echo | receive | send] [--release] [--no-read-ahead]
//        tls-server --version
//
// echo:     what arrives goes back.
// receive:  answers one byte for each MiB that arrived.
// send:     a request of four bytes, big endian, is answered by so many MiB.
// --release SSL_MODE_RELEASE_BUFFERS: less memory for idle connections, an allocation for each message.
//
// Prints its port, serves until its standard input ends, prints nothing else.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 512, BUFFER = 64 * 1024, GATHERED = 4 * BUFFER, MIB = 1024 * 1024 };

struct conn {
  int fd;
  SSL *ssl; // NULL for the listener and for standard input.
  unsigned watched;
  int accepted;
  char *unsent; // Ciphertext that the kernel did not take; NULL nearly always.
  size_t done, length;
  uint64_t count; // receive: bytes that arrived. send: bytes still to go.
  unsigned char request[4];
  size_t requested;
};

enum turn { GO_ON, WAIT, BROKEN };

static char buffer[BUFFER];
static char out[GATHERED]; // Ciphertext of the present turn.
static size_t gathered;
static int poller;
static SSL_CTX *context;
static BIO_METHOD *gathering;
static enum turn (*serve)(struct conn *c);

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void die_ssl(const char *what) {
  fprintf(stderr, "%s\n", what);
  ERR_print_errors_fp(stderr);
  exit(1);
}

static void watch(struct conn *c, unsigned events) {
  if (c->watched == events) return;
  struct epoll_event event = {.events = events, .data.ptr = c};
  if (epoll_ctl(poller, c->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
  c->watched = events;
}

static void drop(struct conn *c) {
  SSL_free(c->ssl);
  close(c->fd);
  free(c->unsent);
  free(c);
}

// OpenSSL's writes end here.
static int gather(BIO *bio, const char *bytes, int length) {
  (void)bio;
  if (gathered + (size_t)length > sizeof out) return -1; // No turn makes so much.
  memcpy(out + gathered, bytes, (size_t)length);
  gathered += (size_t)length;
  return length;
}

static long control(BIO *bio, int command, long number, void *pointer) {
  (void)bio, (void)number, (void)pointer;
  return command == BIO_CTRL_FLUSH;
}

// What OpenSSL's `result`, which is not positive, means for the connection.
static enum turn after(struct conn *c, int result) {
  switch (SSL_get_error(c->ssl, result)) {
  case SSL_ERROR_WANT_READ:
    return WAIT;
  case SSL_ERROR_ZERO_RETURN:
    SSL_shutdown(c->ssl);
    return BROKEN;
  default:
    ERR_clear_error();
    return BROKEN;
  }
}

static enum turn flush(struct conn *c) {
  while (c->done < c->length) {
    ssize_t n = send(c->fd, c->unsent + c->done, c->length - c->done, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? WAIT : BROKEN;
    }
    c->done += (size_t)n;
  }
  free(c->unsent);
  c->unsent = NULL;
  return GO_ON;
}

// Sends what the turn has gathered. WAIT: not all of it.
static enum turn send_gathered(struct conn *c) {
  if (gathered == 0) return GO_ON;
  size_t length = gathered;
  gathered = 0;
  ssize_t n = send(c->fd, out, length, MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN && errno != EINTR) return BROKEN;
  if (n < 0) n = 0;
  if ((size_t)n == length) return GO_ON;
  c->done = 0;
  c->length = length - (size_t)n;
  c->unsent = malloc(c->length);
  if (!c->unsent) return BROKEN;
  memcpy(c->unsent, out + n, c->length);
  return flush(c);
}

static enum turn transmit(struct conn *c, const char *bytes, size_t length) {
  int n = SSL_write(c->ssl, bytes, (int)length);
  if (n <= 0) return after(c, n);
  return gathered < BUFFER ? GO_ON : send_gathered(c);
}

static enum turn echo(struct conn *c) {
  do {
    int n = SSL_read(c->ssl, buffer, BUFFER);
    if (n <= 0) return after(c, n);
    enum turn turn = transmit(c, buffer, (size_t)n);
    if (turn != GO_ON) return turn;
  } while (SSL_has_pending(c->ssl));
  return GO_ON;
}

static enum turn receive(struct conn *c) {
  do {
    int n = SSL_read(c->ssl, buffer, BUFFER);
    if (n <= 0) return after(c, n);
    uint64_t whole = c->count / MIB;
    c->count += (uint64_t)n;
    for (; whole < c->count / MIB; whole++) {
      enum turn turn = transmit(c, "+", 1);
      if (turn != GO_ON) return turn;
    }
  } while (SSL_has_pending(c->ssl));
  return GO_ON;
}

static enum turn send_wanted(struct conn *c) {
  for (;;) {
    while (c->count > 0) {
      size_t length = c->count < BUFFER ? c->count : BUFFER;
      c->count -= length;
      enum turn turn = transmit(c, buffer, length);
      if (turn != GO_ON) return turn;
    }
    int n = SSL_read(c->ssl, c->request + c->requested, (int)(4 - c->requested));
    if (n <= 0) return after(c, n);
    c->requested += (size_t)n;
    if (c->requested < 4) continue;
    uint32_t wanted;
    memcpy(&wanted, c->request, 4);
    c->count = (uint64_t)ntohl(wanted) * MIB;
    c->requested = 0;
  }
}

static void turn(struct conn *c) {
  enum turn turn = c->unsent ? flush(c) : GO_ON;
  if (turn == GO_ON && !c->accepted) {
    int n = SSL_accept(c->ssl);
    if (n == 1) c->accepted = 1;
    else turn = after(c, n);
  }
  if (turn == GO_ON) turn = serve(c);
  if (!c->unsent && send_gathered(c) == BROKEN) turn = BROKEN;
  if (turn == BROKEN) drop(c);
  else watch(c, c->unsent ? EPOLLOUT : EPOLLIN);
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno == EAGAIN || errno == EMFILE) return;
      die("accept4");
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct conn *c = calloc(1, sizeof *c);
    if (!c) die("calloc");
    c->fd = fd;
    c->ssl = SSL_new(context);
    BIO *reading = BIO_new_socket(fd, BIO_NOCLOSE), *writing = BIO_new(gathering);
    if (!c->ssl || !reading || !writing) die_ssl("SSL_new");
    BIO_set_init(writing, 1);
    SSL_set_bio(c->ssl, reading, writing);
    SSL_set_accept_state(c->ssl);
    turn(c); // The ClientHello is usually there.
  }
}

static void prepare(const char *certificate, const char *key, int release, int read_ahead) {
  context = SSL_CTX_new(TLS_server_method());
  gathering = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gathering");
  if (!context || !gathering) die_ssl("SSL_CTX_new");
  BIO_meth_set_write(gathering, gather);
  BIO_meth_set_ctrl(gathering, control);
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) die_ssl(certificate);
  if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die_ssl(key);
  if (release) SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, read_ahead);
  // Tickets carry the session, so that nothing is kept here.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_session_id_context(context, (const unsigned char *)"bench", 5);
}

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) return puts(OpenSSL_version(OPENSSL_VERSION)) < 0;
  if (argc < 3) {
    fprintf(stderr, "usage: tls-server CERTIFICATE KEY [echo | receive | send] [--release] [--no-read-ahead]\n");
    return 2;
  }
  int release = 0, read_ahead = 1;
  serve = echo;
  for (int i = 3; i < argc; i++) {
    if (strcmp(argv[i], "--release") == 0) release = 1;
    else if (strcmp(argv[i], "--no-read-ahead") == 0) read_ahead = 0;
    else if (strcmp(argv[i], "receive") == 0) serve = receive;
    else if (strcmp(argv[i], "send") == 0) serve = send_wanted;
    else if (strcmp(argv[i], "echo") != 0) return 2;
  }
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  prepare(argv[1], argv[2], release, read_ahead);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) die("socket");
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) < 0) die("bind");
  if (listen(listener, SOMAXCONN) < 0) die("listen");
  if (getsockname(listener, (struct sockaddr *)&address, &length) < 0) die("getsockname");
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) die("epoll_create1");
  struct conn listening = {.fd = listener}, input = {.fd = STDIN_FILENO};
  watch(&listening, EPOLLIN);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = &input};
  epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &event); // A file or /dev/null has no readiness: then serve for ever.
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  static struct epoll_event events[BATCH];
  for (;;) {
    int count = epoll_wait(poller, events, BATCH, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      struct conn *c = events[i].data.ptr;
      if (c == &listening) accept_all(listener);
      else if (c == &input) {
        char byte;
        if (read(STDIN_FILENO, &byte, 1) <= 0) return 0;
      } else turn(c);
    }
  }
}
