#define _GNU_SOURCE
#include "pgp_memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif
#ifndef MAP_NORESERVE
#define MAP_NORESERVE 0
#endif

size_t pgp_page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

void *pgp_map(size_t bytes, size_t alignment, int *error) {
  const size_t page = pgp_page_size();
  size_t slack = alignment > page ? alignment : page;
  size_t total;
  if (__builtin_add_overflow(bytes, slack + page, &total)) {
    *error = ENOMEM;
    return NULL;
  }
  char *whole = mmap(NULL, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (whole == MAP_FAILED) {
    *error = errno;
    return NULL;
  }
  // Keep one guard page before and one after; unmap what the alignment leaves over.
  uintptr_t first = ((uintptr_t)whole + page + slack - 1) / slack * slack;
  char *base = (char *)first;
  size_t before = (size_t)(base - page - whole);
  if (before > 0)
    munmap(whole, before);
  size_t after = total - before - page - bytes - page;
  if (after > 0)
    munmap(base + bytes + page, after);
  if (mprotect(base, bytes, PROT_READ | PROT_WRITE) != 0) {
    *error = errno;
    munmap(base - page, bytes + 2 * page);
    return NULL;
  }
  return base;
}

void pgp_unmap(void *base, size_t bytes) {
  const size_t page = pgp_page_size();
  munmap((char *)base - page, bytes + 2 * page);
}

void pgp_touch(void *base, size_t bytes, size_t page) {
  for (size_t offset = 0; offset < bytes; offset += page)
    ((volatile char *)base)[offset] = 0;
}

#ifdef __linux__
#include "../CPerfGateNuma/shim.h"
#include <sys/syscall.h>

enum { pgp_mpol_bind = 2, pgp_mpol_interleave = 3, pgp_mpol_f_node = 1, pgp_mpol_f_addr = 2 };

int pgp_bind(void *base, size_t bytes, bool interleave, const uint64_t *nodes, size_t words) {
  int mode = interleave ? pgp_mpol_interleave : pgp_mpol_bind;
  // The kernel reads one bit less than this number.
  unsigned long bits = words * 64 + 1;
  const unsigned long *mask = (const unsigned long *)nodes;
  long result = mbind ? mbind(base, bytes, mode, mask, bits, 0)
                      : syscall(SYS_mbind, base, bytes, mode, mask, bits, 0);
  return result < 0 ? -errno : 0;
}

int pgp_forbid_huge_pages(void *base, size_t bytes) {
  return madvise(base, bytes, MADV_NOHUGEPAGE) < 0 ? -errno : 0;
}

int pgp_page_nodes(void *base, size_t page, size_t count, int *nodes) {
  enum { chunk = 512 };
  void *pages[chunk];
  for (size_t start = 0; start < count; start += chunk) {
    size_t now = count - start < chunk ? count - start : chunk;
    for (size_t i = 0; i < now; i++)
      pages[i] = (char *)base + (start + i) * page;
    long result = move_pages ? move_pages(0, now, pages, NULL, nodes + start, 0)
                             : syscall(SYS_move_pages, 0, now, pages, NULL, nodes + start, 0);
    if (result < 0)
      return -errno;
  }
  return 0;
}

int pgp_page_node(void *address) {
  int node = 0;
  unsigned flags = pgp_mpol_f_node | pgp_mpol_f_addr;
  long result = get_mempolicy ? get_mempolicy(&node, NULL, 0, address, flags)
                              : syscall(SYS_get_mempolicy, &node, NULL, 0, address, flags);
  return result < 0 ? -errno : node;
}

#else

int pgp_bind(void *base, size_t bytes, bool interleave, const uint64_t *nodes, size_t words) {
  (void)base, (void)bytes, (void)interleave, (void)nodes, (void)words;
  return -ENOSYS;
}

int pgp_forbid_huge_pages(void *base, size_t bytes) {
  (void)base, (void)bytes;
  return -ENOSYS;
}

int pgp_page_nodes(void *base, size_t page, size_t count, int *nodes) {
  (void)base, (void)page, (void)count, (void)nodes;
  return -ENOSYS;
}

int pgp_page_node(void *address) {
  (void)address;
  return -ENOSYS;
}

#endif
