// Owns a growable map from descriptor to pointer. It must not know what the pointers are, nor lock anything.
//
// Descriptors are small and dense, so an array indexed by them beats every hash.
#ifndef BERKELEY_FD_TABLE_H
#define BERKELEY_FD_TABLE_H

#include <stdlib.h>
#include <string.h>

struct FdTable {
  void** entries;
  int capacity;
};

inline void* fd_table_get(const FdTable* table, int fd) {
  return fd >= 0 && fd < table->capacity ? table->entries[fd] : nullptr;
}

// False when memory is short; an entry that exists can always be cleared.
inline bool fd_table_set(FdTable* table, int fd, void* value) {
  if (fd < 0) return false;
  if (fd >= table->capacity) {
    if (value == nullptr) return true;
    size_t wanted = table->capacity > 0 ? static_cast<size_t>(table->capacity) : 64;
    while (wanted <= static_cast<size_t>(fd)) wanted *= 2;
    void** grown = static_cast<void**>(realloc(table->entries, wanted * sizeof(void*)));
    if (grown == nullptr) return false;
    memset(grown + table->capacity, 0, (wanted - static_cast<size_t>(table->capacity)) * sizeof(void*));
    table->entries = grown;
    table->capacity = static_cast<int>(wanted);
  }
  table->entries[fd] = value;
  return true;
}

inline void fd_table_free(FdTable* table) {
  free(table->entries);
  table->entries = nullptr;
  table->capacity = 0;
}

#endif
