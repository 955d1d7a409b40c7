// Owns the decisions: whose call it is, whether it gets a fault and which, and the count of them. It must not know what the
// calls do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fault.h"

static _Atomic uint64_t seed;
static _Atomic int32_t given;
static bool soft_on;
static _Atomic uint32_t soft_rates[SOFT_COUNT];
static atomic_uint soft_counts[SOFT_COUNT];
static atomic_ulong calls_seen;
static struct control* control;
static const char* log_path;

#define TEXT(one) #one,
static const char* const soft_names[] = {SOFT_FAULTS(TEXT)};
#undef TEXT

// splitmix64: any two seeds, and any two steps of one, are far apart.
static uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Each thread has a sequence of its own, numbered as they come to the addon, so that they do not disturb each other's.
static uint64_t random_number(void) {
  static atomic_ulong threads;
  static _Thread_local uint64_t state, number, of;
  const uint64_t now = atomic_load_explicit(&seed, memory_order_relaxed);
  if (number == 0) number = atomic_fetch_add(&threads, 1) + 1;
  if (state == 0 || of != now) state = mix(now ^ mix(number)) | 1;
  of = now;
  state += 0x9e3779b97f4a7c15u;
  return mix(state);
}

// The same seed is another sequence in each file, and the same one when the file is run again.
static uint64_t name_of_program(void) {
  char words[4096];
  const int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
  const ssize_t length = fd < 0 ? 0 : read(fd, words, sizeof words);
  if (fd >= 0) close(fd);
  // The last word, without the folders before it.
  ssize_t from = 0;
  for (ssize_t i = 0; i + 1 < length; ++i) {
    if (words[i] == '\0' || words[i] == '/') from = i + 1;
  }
  uint64_t hash = 0;
  for (ssize_t i = from; i < length; ++i) hash = mix(hash ^ (uint8_t)words[i]);
  return hash;
}

static void choose(uint64_t number) {
  static uint64_t name;
  if (name == 0) name = name_of_program();
  const uint64_t chosen = mix(number) ^ name;
  // Some faults often, some rarely, some not at all: one that comes all the time would hide what needs another.
  static const uint32_t rates[] = {0, 100, 500, 1500, 4000};
  for (int i = 0; i < SOFT_COUNT; ++i) soft_rates[i] = rates[mix(chosen + (uint64_t)i) % 5];
  seed = chosen;
}

// The test may have changed to another seed.
static void follow(void) {
  const int32_t wanted = control == NULL ? 0 : control->seed;
  if (wanted == 0) return;
  int32_t before = atomic_load_explicit(&given, memory_order_relaxed);
  if (before != wanted && atomic_compare_exchange_strong(&given, &before, wanted)) choose((uint64_t)wanted);
}

static void __attribute__((constructor)) begin(void) {
  const char* number = getenv("BERKELEY_FAULT_SEED");
  const char* path = getenv("BERKELEY_FAULT_CONTROL");
  log_path = getenv("BERKELEY_FAULT_LOG");
  if (number != NULL) {
    choose(strtoull(number, NULL, 10));
    soft_on = true;
  }
  if (path != NULL) {
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    void* at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (fd >= 0) close(fd);
    if (at != MAP_FAILED) control = at;
  }
}

static void __attribute__((destructor)) end(void) {
  if (log_path == NULL || atomic_load(&calls_seen) == 0) return;
  char line[2048];
  int used = snprintf(line, sizeof line, "calls=%lu", atomic_load(&calls_seen));
  for (int i = 0; i < SOFT_COUNT; ++i) {
    const unsigned count = atomic_load(&soft_counts[i]);
    if (count > 0) used += snprintf(line + used, sizeof line - (size_t)used, " %s=%u", soft_names[i], count);
  }
  line[used++] = '\n';
  const int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return;
  // One write: lines of processes that end together stay whole.
  const ssize_t written = write(fd, line, (size_t)used);
  (void)written;
  close(fd);
}

static bool find_out(const void* caller) {
  Dl_info found;
  if (dladdr(caller, &found) == 0 || found.dli_fname == NULL) return false;
  const char* name = strrchr(found.dli_fname, '/');
  name = name == NULL ? found.dli_fname : name + 1;
  const size_t length = strlen(name);
  return strncmp(name, "berkeley", 8) == 0 && length > 5 && strcmp(name + length - 5, ".node") == 0;
}

bool fault_ours(const void* caller) {
  // An address has 47 bits, so that it and its answer fit into one word, which no thread sees half.
  static _Atomic uint64_t known[1024];
  const uint64_t address = (uint64_t)(uintptr_t)caller;
  _Atomic uint64_t* slot = &known[(address ^ (address >> 10)) % 1024];
  const uint64_t found = atomic_load_explicit(slot, memory_order_relaxed);
  bool ours = (found & 1) != 0;
  if (found >> 1 != address) {
    const int saved = errno;
    ours = find_out(caller);
    errno = saved;
    atomic_store_explicit(slot, address << 1 | (ours ? 1 : 0), memory_order_relaxed);
  }
  if (ours) atomic_fetch_add_explicit(&calls_seen, 1, memory_order_relaxed);
  return ours;
}

static bool disturbs_exactness(enum soft kind) {
  return kind == SHORT_RECEIVE || kind == SHORT_SEND || kind == FEWER_MESSAGES || kind == NOT_YET_RECEIVE ||
         kind == NOT_YET_SEND || kind == NOT_YET_ACCEPT || kind == LATE_EVENT || kind == SPURIOUS_EVENT;
}

bool fault_soft(enum soft kind) {
  if (control != NULL && control->exact != 0 && disturbs_exactness(kind)) return false;
  if (!soft_on) return false;
  follow();
  if (random_number() % 10000 >= soft_rates[kind]) return false;
  atomic_fetch_add_explicit(&soft_counts[kind], 1, memory_order_relaxed);
  return true;
}

int fault_hard(enum call call) {
  if (control == NULL || control->error == 0 || (control->calls >> call & 1) == 0) return 0;
  const int seen = __atomic_add_fetch(&control->seen, 1, __ATOMIC_SEQ_CST);
  if (seen < control->countdown || seen - control->countdown >= control->repeat) return 0;
  if (__atomic_fetch_add(&control->failed, 1, __ATOMIC_SEQ_CST) == 0) control->which = call;
  return control->error;
}

uint32_t fault_below(uint32_t limit) { return (uint32_t)(random_number() % limit); }

size_t fault_cut(size_t length) {
  if (length < 2) return length;
  // Often a byte or a few, where the seams of parsers are; else anywhere.
  const uint32_t most = length > 0x7fffffff ? 0x7fffffff : (uint32_t)length - 1;
  return 1 + fault_below(fault_below(2) == 0 && most > 8 ? 8 : most);
}
