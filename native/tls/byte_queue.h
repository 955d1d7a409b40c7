// Owns a queue of bytes that holds memory only while there are bytes in it. It must not know what they mean.
#ifndef BERKELEY_TLS_BYTE_QUEUE_H
#define BERKELEY_TLS_BYTE_QUEUE_H

#include <string.h>

#include "environment.h"

struct ByteQueue {
  uint8_t* data;
  size_t capacity;
  size_t start;
  size_t end;

  size_t size() const { return end - start; }
  size_t room() const { return capacity - end; }
  const uint8_t* front() const { return data + start; }
};

// Whatever is in it is lost.
inline void queue_release(Environment* environment, ByteQueue* queue) {
  if (queue->data != nullptr) block_give(environment, queue->data, queue->capacity);
  *queue = ByteQueue{};
}

// Makes room for `count` more bytes at the end. False when memory is short; the queue is unchanged then.
inline bool queue_reserve(Environment* environment, ByteQueue* queue, size_t count) {
  if (queue->room() >= count) return true;
  const size_t size = queue->size();
  if (queue->capacity - size >= count && queue->start >= size) {
    memcpy(queue->data, queue->front(), size);
  } else {
    size_t capacity;
    size_t wanted = size + count;
    // Doubled, so that many small additions copy each byte only a few times.
    if (wanted > large_block && wanted < queue->capacity * 2) wanted = queue->capacity * 2;
    uint8_t* data = block_take(environment, wanted, &capacity);
    if (data == nullptr) return false;
    if (size > 0) memcpy(data, queue->front(), size);
    if (queue->data != nullptr) block_give(environment, queue->data, queue->capacity);
    queue->data = data;
    queue->capacity = capacity;
  }
  queue->start = 0;
  queue->end = size;
  return true;
}

inline bool queue_append(Environment* environment, ByteQueue* queue, const void* bytes, size_t count) {
  if (!queue_reserve(environment, queue, count)) return false;
  memcpy(queue->data + queue->end, bytes, count);
  queue->end += count;
  return true;
}

#endif
