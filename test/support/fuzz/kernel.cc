// Owns a kernel that does what an input says: answers of any length, errors at any call, names and control messages of any kind. It
// reads all that it is given and writes all that it may, so that wrong bounds are seen. It must not know who calls.
//
// It is as good as the real one in what the library relies on: it never writes behind the room that it is given, its descriptors are
// small numbers, and control messages are laid out as put_cmsg() of Linux does.
#define BERKELEY_FUZZ_ITSELF
#include "kernel.h"

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <vector>

#include "simulation.h"

Input* simulation;
std::vector<std::pair<void* (*)(void*), void*>> waiting_threads;

// Which numbers are open. The lowest that is free is the next, as in Linux; closing one that is not is a defect.
static bool open_numbers[4096];

static int fresh() {
  int fd = 3;
  while (open_numbers[fd]) ++fd;
  open_numbers[fd] = true;
  return fd;
}

std::vector<int> numbers_that_are_open() {
  std::vector<int> numbers;
  for (int fd = 0; fd < 4096; ++fd) {
    if (open_numbers[fd]) numbers.push_back(fd);
  }
  return numbers;
}

void forget_number(int fd) { open_numbers[fd] = false; }

static int fail(int error) {
  errno = error;
  return -1;
}

// 0, or -1 with an errno. An input that is used up meets no errors, so that nothing is repeated without end.
static int refused() {
  static const int errors[] = {EAGAIN, EINTR, EINVAL, ECONNRESET, EMFILE, ENOMEM, ENOBUFS, EPIPE};
  const uint8_t what = simulation->byte();
  return what < (wire_is_there() ? 0xf8 : 0xe0) ? 0 : fail(errors[what & 7]);
}

// How much goes at once: all of it where the input says no more.
static size_t piece() { return simulation->rest() == 0 ? SIZE_MAX : size_t{1} + simulation->word(); }

static void touch(const void* data, size_t length) {
  // No memory at all is EFAULT, and does no harm.
  if (data == nullptr) return;
  volatile uint8_t sum = 0;
  const uint8_t* at = static_cast<const uint8_t*>(data);
  for (size_t i = 0; i < length; ++i) sum = static_cast<uint8_t>(sum + at[i]);
}

static size_t fill(void* data, size_t room) {
  // The first and the last byte are those that matter.
  const size_t length = simulation->below(static_cast<uint32_t>(std::min<size_t>(room, 0xffff)) + 1);
  if (length > 0) memset(data, simulation->byte(), length);
  if (room > 0 && simulation->coin()) static_cast<uint8_t*>(data)[room - 1] = 1;
  return length;
}

static void give_name(void* name, socklen_t* length) {
  const std::vector<uint8_t> whole = simulation->take(simulation->below(200));
  const size_t copied = std::min<size_t>(whole.size(), *length);
  if (copied > 0) memcpy(name, whole.data(), copied);
  *length = static_cast<socklen_t>(whole.size());
}

static void give_control(msghdr* message) {
  uint8_t* at = static_cast<uint8_t*>(message->msg_control);
  size_t room = at == nullptr ? 0 : message->msg_controllen;
  const size_t before = room;
  for (unsigned count = simulation->below(4); count > 0; --count) {
    if (room < sizeof(cmsghdr)) {
      message->msg_flags |= MSG_CTRUNC;
      break;
    }
    const bool rights = simulation->coin();
    cmsghdr header;
    header.cmsg_level = rights ? SOL_SOCKET : simulation->byte();
    header.cmsg_type = rights ? SCM_RIGHTS : simulation->byte();
    std::vector<uint8_t> payload = simulation->take(simulation->below(64));
    if (rights) {
      payload.resize(payload.size() / 4 * 4);
    }
    header.cmsg_len = CMSG_LEN(payload.size());
    if (header.cmsg_len > room) {
      message->msg_flags |= MSG_CTRUNC;
      // Descriptors are never cut in two.
      header.cmsg_len = rights ? CMSG_LEN((room - CMSG_LEN(0)) / 4 * 4) : room;
    }
    memcpy(at, &header, sizeof header);
    const size_t copied = std::min(payload.size(), header.cmsg_len - CMSG_LEN(0));
    for (size_t i = 0; rights && i + sizeof(int) <= copied; i += sizeof(int)) {
      const int fd = fresh();
      memcpy(payload.data() + i, &fd, sizeof fd);
    }
    if (copied > 0) memcpy(at + CMSG_LEN(0), payload.data(), copied);
    const size_t used = std::min<size_t>(CMSG_SPACE(header.cmsg_len - CMSG_LEN(0)), room);
    at += used;
    room -= used;
  }
  message->msg_controllen = before - room;
}

static long receive_message(msghdr* message, int flags) {
  size_t total = 0;
  message->msg_flags = flags & MSG_CMSG_CLOEXEC;
  for (size_t i = 0; i < message->msg_iovlen; ++i) total += fill(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
  if (message->msg_name != nullptr) give_name(message->msg_name, &message->msg_namelen);
  give_control(message);
  return static_cast<long>(total);
}

static long send_message(const msghdr* message) {
  size_t total = 0;
  touch(message->msg_name, message->msg_namelen);
  touch(message->msg_control, message->msg_controllen);
  for (size_t i = 0; i < message->msg_iovlen; ++i) {
    touch(message->msg_iov[i].iov_base, message->msg_iov[i].iov_len);
    total += message->msg_iov[i].iov_len;
  }
  return static_cast<long>(simulation->below(static_cast<uint32_t>(std::min<size_t>(total, 0xffff)) + 1));
}

// Records for TLS come out of the input as they are.
static long receive_bytes(int fd, void* data, size_t room) {
  const std::vector<uint8_t> bytes = wire_take(fd, std::min(room, piece()));
  if (bytes.empty()) return wire_ended(fd) ? 0 : fail(EAGAIN);
  memcpy(data, bytes.data(), bytes.size());
  return static_cast<long>(bytes.size());
}

long simulated_call(long number, const long (&a)[6]) {
  if (refused() < 0) return -1;
  switch (number) {
    case SYS_recvfrom:
      if (wire_is_there()) {
        return receive_bytes(static_cast<int>(a[0]), reinterpret_cast<void*>(a[1]), static_cast<size_t>(a[2]));
      }
      return static_cast<long>(fill(reinterpret_cast<void*>(a[1]), static_cast<size_t>(a[2])));
    case SYS_sendto: {
      touch(reinterpret_cast<void*>(a[1]), static_cast<size_t>(a[2]));
      touch(reinterpret_cast<void*>(a[4]), static_cast<size_t>(a[5]));
      const size_t sent = std::min(piece(), static_cast<size_t>(a[2]));
      return wire_give(static_cast<int>(a[0]), reinterpret_cast<uint8_t*>(a[1]), sent);
    }
    case SYS_recvmsg:
      return receive_message(reinterpret_cast<msghdr*>(a[1]), static_cast<int>(a[2]));
    case SYS_recvmmsg: {
      mmsghdr* messages = reinterpret_cast<mmsghdr*>(a[1]);
      const long count = simulation->below(static_cast<uint32_t>(a[2]) + 1);
      for (long i = 0; i < count; ++i) {
        messages[i].msg_len = static_cast<unsigned>(receive_message(&messages[i].msg_hdr, static_cast<int>(a[3])));
      }
      return count;
    }
    case SYS_sendmsg:
      return send_message(reinterpret_cast<msghdr*>(a[1]));
    case SYS_sendmmsg: {
      mmsghdr* messages = reinterpret_cast<mmsghdr*>(a[1]);
      for (long i = 0; i < a[2]; ++i) messages[i].msg_len = static_cast<unsigned>(send_message(&messages[i].msg_hdr));
      return simulation->below(static_cast<uint32_t>(a[2]) + 1);
    }
    default:
      return fail(ENOSYS);
  }
}

int simulated_bind(int, const sockaddr* address, socklen_t length) { return touch(address, length), refused(); }

int simulated_name(int, sockaddr* address, socklen_t* length) {
  if (refused() < 0) return -1;
  return give_name(address, length), 0;
}

int simulated_descriptor(...) { return refused() < 0 ? -1 : fresh(); }

int simulated_accept(int, sockaddr* address, socklen_t* length, int) {
  return simulated_name(0, address, length) < 0 ? -1 : fresh();
}

int simulated_pair(int* ends) {
  if (refused() < 0) return -1;
  ends[0] = fresh();
  ends[1] = fresh();
  return 0;
}

int simulated_close(int fd) {
  if (fd < 0 || fd >= 4096 || !open_numbers[fd]) {
    fprintf(stderr, "%d is closed and was not open\n", fd);
    abort();
  }
  // close(2): whatever it answers, the number is free.
  open_numbers[fd] = false;
  return refused();
}

int simulated_fcntl(int fd, int command, int) {
  if (fd < 0 || fd >= 4096 || !open_numbers[fd]) return fail(EBADF);
  if (refused() < 0) return -1;
  return command == F_DUPFD_CLOEXEC ? fresh() : simulation->byte();
}

int simulated_plain(...) { return refused() < 0 ? -1 : simulation->byte(); }

int simulated_getsockopt(int, int level, int option, void* value, socklen_t* length) {
  if (refused() < 0) return -1;
  const size_t unit = level == SOL_SOCKET && option == SO_GET_FILTER ? sizeof(sock_filter) : 1;
  *length = static_cast<socklen_t>(fill(value, *length * unit) / unit);
  return 0;
}

int simulated_setsockopt(int, int level, int option, const void* value, socklen_t length) {
  touch(value, length);
  if (level == SOL_SOCKET && option == SO_ATTACH_FILTER && length == sizeof(sock_fprog)) {
    const sock_fprog* program = static_cast<const sock_fprog*>(value);
    touch(program->filter, program->len * sizeof(sock_filter));
  }
  return refused();
}

int simulated_ioctl(int, unsigned long, int* count) { return *count = static_cast<int>(simulation->word()), refused(); }

int simulated_ppoll(pollfd* set, nfds_t count, const timespec* limit, const sigset_t*) {
  touch(limit, limit == nullptr ? 0 : sizeof *limit);
  for (nfds_t i = 0; i < count; ++i) set[i].revents = static_cast<short>(simulation->word());
  return refused() < 0 ? -1 : static_cast<int>(simulation->below(static_cast<uint32_t>(count) + 1));
}

ssize_t simulated_sendmsg(int, const msghdr* message, int) { return refused() < 0 ? -1 : send_message(message); }
ssize_t simulated_read(int, void* data, size_t length) {
  return refused() < 0 ? -1 : static_cast<ssize_t>(fill(data, length));
}

int simulated_getaddrinfo(const char* host, const char* service, const addrinfo*, addrinfo** result) {
  touch(host, host == nullptr ? 0 : strlen(host) + 1);
  touch(service, service == nullptr ? 0 : strlen(service) + 1);
  *result = nullptr;
  const uint8_t what = simulation->byte();
  if (what >= 0xf0) return what == 0xff ? EAI_SYSTEM : EAI_NONAME;
  for (unsigned count = simulation->below(6); count > 0; --count) {
    const std::vector<uint8_t> bytes = simulation->take(simulation->below(200));
    addrinfo* one = static_cast<addrinfo*>(calloc(1, sizeof *one));
    one->ai_addrlen = static_cast<socklen_t>(bytes.size());
    one->ai_addr = static_cast<sockaddr*>(malloc(bytes.size()));
    if (!bytes.empty()) memcpy(one->ai_addr, bytes.data(), bytes.size());
    if (count == 1 && simulation->coin()) one->ai_canonname = strdup("name");
    one->ai_next = *result;
    *result = one;
  }
  return 0;
}

void simulated_freeaddrinfo(addrinfo* list) {
  while (list != nullptr) {
    addrinfo* next = list->ai_next;
    free(list->ai_addr);
    free(list->ai_canonname);
    free(list);
    list = next;
  }
}

int simulated_getnameinfo(const sockaddr* address, socklen_t length, char* host, socklen_t host_room, char* service,
                          socklen_t service_room, int) {
  touch(address, length);
  const uint8_t what = simulation->byte();
  if (what >= 0xf0) return what == 0xff ? EAI_SYSTEM : EAI_NONAME;
  memset(host, 'h', host_room);
  memset(service, 's', service_room);
  host[simulation->below(host_room)] = '\0';
  service[simulation->below(service_room)] = '\0';
  host[host_room - 1] = service[service_room - 1] = '\0';
  return 0;
}

int simulated_thread(void* (*run)(void*), void* data) {
  if (refused() < 0) return EAGAIN;
  waiting_threads.emplace_back(run, data);
  return 0;
}
