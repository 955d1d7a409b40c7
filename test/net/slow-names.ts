// Owns a library that is loaded before libc (LD_PRELOAD) and makes getaddrinfo(3) slow: it sleeps for names that begin with
// "hung", and fails for those that begin with "gone". It must not know what is tested.
//
// The file that SLOW_NAMES names, where it is set, grows by a byte with each call that begins to hang.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
typedef int (*Real)(const char*, const char*, const struct addrinfo*, struct addrinfo**);
int getaddrinfo(const char* host, const char* service, const struct addrinfo* hints, struct addrinfo** out) {
  if (host != 0 && strncmp(host, "hung", 4) == 0) {
    const char* account = getenv("SLOW_NAMES");
    if (account != 0) { int fd = open(account, O_WRONLY | O_APPEND | O_CLOEXEC); write(fd, "x", 1); close(fd); }
    sleep(3600);
  }
  if (host != 0 && strncmp(host, "gone", 4) == 0) return EAI_NONAME;
  if (host != 0 && strncmp(host, "later", 5) == 0) return EAI_AGAIN;
  // "slow6": IPv4 at once, IPv6 never.
  if (host != 0 && strncmp(host, "slow6", 5) == 0) {
    if (hints->ai_family != AF_INET) sleep(3600);
    host = "127.0.0.1";
  }
  // "late6": IPv6 after 20 ms, less than the resolution delay.
  if (host != 0 && strncmp(host, "late6", 5) == 0) {
    if (hints->ai_family == AF_INET6) { usleep(20000); host = "::1"; } else host = "127.0.0.1";
  }
  return ((Real)dlsym(RTLD_NEXT, "getaddrinfo"))(host, service, hints, out);
}
`;

/** Builds it and returns its path. It is gone after the tests. */
export function slowNames(after: (clean: () => void) => void): string {
  const dir = mkdtempSync(join(tmpdir(), 'bk-'));
  after(() => rmSync(dir, { recursive: true, force: true }));
  const library = join(dir, 'slow.so');
  writeFileSync(join(dir, 'slow.c'), source);
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-w', '-o', library, join(dir, 'slow.c'), '-ldl']);
  return library;
}
