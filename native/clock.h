// Owns the way from JavaScript's milliseconds to the kernel's nanoseconds. It must not know what is being timed.
#ifndef BERKELEY_CLOCK_H
#define BERKELEY_CLOCK_H

#include <stdint.h>
#include <time.h>

// 146 years: what is longer is clamped to it, and adding the time since boot still fits 63 bits.
static const int64_t longest_nanoseconds = int64_t{1} << 62;

// Rounds up, because a limit must not run out early. What is not above 0 (NaN too) is 0.
inline int64_t nanoseconds_of(double ms) {
  if (!(ms > 0)) return 0;
  const double exact = ms * 1e6;
  if (exact >= static_cast<double>(longest_nanoseconds)) return longest_nanoseconds;
  const int64_t whole = static_cast<int64_t>(exact);
  return static_cast<double>(whole) < exact ? whole + 1 : whole;
}

inline timespec timespec_of(int64_t nanoseconds) {
  timespec time;
  time.tv_sec = static_cast<time_t>(nanoseconds / 1000000000);
  time.tv_nsec = static_cast<long>(nanoseconds % 1000000000);
  return time;
}

#endif
