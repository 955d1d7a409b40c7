// Owns what the simulated kernel and those who fuzz share: the input that it obeys, and the wire between two ends of TLS.
#ifndef BERKELEY_FUZZ_SIMULATION_H
#define BERKELEY_FUZZ_SIMULATION_H

#include <utility>
#include <vector>

#include "runtime.h"

extern Input* simulation;
// What pthread_create was asked for: the one who fuzzes runs it.
extern std::vector<std::pair<void* (*)(void*), void*>> waiting_threads;

// What is open, and how somebody else closes it.
std::vector<int> numbers_that_are_open();
void forget_number(int fd);

// Where the fuzzer has no wire, the kernel makes something up.
bool wire_is_there();
// True once nothing will come any more.
bool wire_ended(int fd);
std::vector<uint8_t> wire_take(int fd, size_t count);
// How much of it was taken.
long wire_give(int fd, const uint8_t* data, size_t length);

#endif
