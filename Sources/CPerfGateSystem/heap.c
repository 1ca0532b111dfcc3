#define _GNU_SOURCE
#include "pgp_heap.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

uint64_t pgp_heap_bytes(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  struct mallinfo2 info = mallinfo2();
  return (uint64_t)info.uordblks + (uint64_t)info.hblkhd;
#else
  return 0;
#endif
}

// Reads the start of a small file without using the allocator, which is being measured; false where
// there is no file or nothing in it.
static bool read_start(const char *path, char *text, size_t capacity) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  ssize_t length = read(file, text, capacity - 1);
  close(file);
  text[length > 0 ? length : 0] = 0;
  return length > 0;
}

uint64_t pgp_resident_bytes(void) {
  char text[128];
  unsigned long long pages;
  if (!read_start("/proc/self/statm", text, sizeof text) || sscanf(text, "%*u %llu", &pages) != 1)
    return 0;
  return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

uint64_t pgp_available_bytes(void) {
  char text[1024];
  if (!read_start("/proc/meminfo", text, sizeof text))
    return 0;
  const char *line = strstr(text, "MemAvailable:");
  unsigned long long kibibytes;
  return line && sscanf(line, "MemAvailable: %llu kB", &kibibytes) == 1 ? kibibytes * 1024 : 0;
}
