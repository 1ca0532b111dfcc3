#define _GNU_SOURCE
#include "pgp_counters.h"
#include "pgp_instructions.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: - The counters

// On a cache line of their own. Relaxed: they order nothing else.
static struct {
  _Alignas(64) atomic_uint_fast64_t allocations;
  atomic_uint_fast64_t bytes, retains, releases;
} counters;

void pgp_read_counts(pgp_counts *counts) {
  counts->allocations = atomic_load_explicit(&counters.allocations, memory_order_relaxed);
  counts->bytes = atomic_load_explicit(&counters.bytes, memory_order_relaxed);
  counts->retains = atomic_load_explicit(&counters.retains, memory_order_relaxed);
  counts->releases = atomic_load_explicit(&counters.releases, memory_order_relaxed);
}

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void add(atomic_uint_fast64_t *counter, uint64_t count) {
  atomic_fetch_add_explicit(counter, count, memory_order_relaxed);
}

// MARK: - Functions that count

// What the loader has bound the names to, which is called in turn.
static void *(*bound_malloc)(size_t);
static void *(*bound_calloc)(size_t, size_t);
static void *(*bound_realloc)(void *, size_t);
static void *(*bound_memalign)(size_t, size_t);
static void *(*bound_aligned_alloc)(size_t, size_t);
static int (*bound_posix_memalign)(void **, size_t, size_t);
static void *(*bound_valloc)(size_t);
static void *(*bound_pvalloc)(size_t);

static void add_allocation(size_t bytes) {
  add(&counters.allocations, 1);
  add(&counters.bytes, bytes);
}

static void *counting_malloc(size_t bytes) {
  add_allocation(bytes);
  return bound_malloc(bytes);
}

static void *counting_calloc(size_t count, size_t bytes) {
  add_allocation(count * bytes);
  return bound_calloc(count, bytes);
}

static void *counting_realloc(void *memory, size_t bytes) {
  // Otherwise it only frees.
  if (!memory || bytes > 0)
    add_allocation(bytes);
  return bound_realloc(memory, bytes);
}

static void *counting_memalign(size_t alignment, size_t bytes) {
  add_allocation(bytes);
  return bound_memalign(alignment, bytes);
}

static void *counting_aligned_alloc(size_t alignment, size_t bytes) {
  add_allocation(bytes);
  return bound_aligned_alloc(alignment, bytes);
}

static int counting_posix_memalign(void **memory, size_t alignment, size_t bytes) {
  add_allocation(bytes);
  return bound_posix_memalign(memory, alignment, bytes);
}

static void *counting_valloc(size_t bytes) {
  add_allocation(bytes);
  return bound_valloc(bytes);
}

static void *counting_pvalloc(size_t bytes) {
  add_allocation(bytes);
  return bound_pvalloc(bytes);
}

typedef struct {
  const char *name;
  void *counting;
  void **bound;
} function;

// Functions that take the place of others, or give it back.
typedef struct {
  const function *functions;
  size_t count;
  bool counts;
} replacement;

#if defined(__x86_64__)
// The runtime's functions for references. They are called with conventions of their own, so these
// count and jump without touching any register but one that every call may change. Null, and what
// is no object, such as the text of a short string, is not counted. (The runtime can also be told
// to call such functions through pointers, but that of Swift 6.3 then takes strings for objects,
// and crashes.)
#define PGC_REFERENCES(visit)                                                                      \
  visit(swift_retain, retains, ONE) visit(swift_release, releases, ONE) visit(                     \
      swift_nonatomic_retain, retains, ONE) visit(swift_nonatomic_release, releases, ONE)          \
      visit(swift_bridgeObjectRetain, retains, ONE) visit(                                         \
          swift_bridgeObjectRelease, releases, ONE) visit(swift_unknownObjectRetain, retains, ONE) \
          visit(swift_unknownObjectRelease, releases, ONE)                                         \
              visit(swift_weakLoadStrong, retains, ONE) visit(swift_weakTakeStrong, retains, ONE)  \
                  visit(swift_unownedRetainStrong, retains, ONE)                                   \
                      visit(swift_tryRetain, retains, ONE) visit(swift_retain_n, retains, SEVERAL) \
                          visit(swift_release_n, releases, SEVERAL)                                \
                              visit(swift_bridgeObjectRetain_n, retains, SEVERAL)                  \
                                  visit(swift_bridgeObjectRelease_n, releases, SEVERAL)

#define PGC_ADD_ONE "lock incq (%%r11)\n"
// The second argument has 32 bits; the red zone below the stack is not ours to use.
#define PGC_ADD_SEVERAL "pushq %%rsi\n movl %%esi, %%esi\n lock addq %%rsi, (%%r11)\n popq %%rsi\n"

#define PGC_DEFINE(name, counter, amount)                                                          \
  static void *bound_##name;                                                                       \
  __attribute__((naked)) static void counting_##name(void) {                                       \
    __asm__("testq %%rdi, %%rdi\n"                                                                 \
            "jle 1f\n"                                                                             \
            "leaq %c0(%%rip), %%r11\n" PGC_ADD_##amount "1: jmpq *%c1(%%rip)\n"                    \
            :                                                                                      \
            : "i"(&counters.counter), "i"(&bound_##name));                                         \
  }
PGC_REFERENCES(PGC_DEFINE)
#endif

#define PGC_ROW(name, counter, amount) {#name, (void *)counting_##name, &bound_##name},
static const function functions[] = {
    {"malloc", (void *)counting_malloc, (void **)&bound_malloc},
    {"calloc", (void *)counting_calloc, (void **)&bound_calloc},
    {"realloc", (void *)counting_realloc, (void **)&bound_realloc},
    {"memalign", (void *)counting_memalign, (void **)&bound_memalign},
    {"aligned_alloc", (void *)counting_aligned_alloc, (void **)&bound_aligned_alloc},
    {"posix_memalign", (void *)counting_posix_memalign, (void **)&bound_posix_memalign},
    {"valloc", (void *)counting_valloc, (void **)&bound_valloc},
    {"pvalloc", (void *)counting_pvalloc, (void **)&bound_pvalloc},
#if defined(__x86_64__)
    PGC_REFERENCES(PGC_ROW)
#endif
};
enum { function_count = sizeof functions / sizeof functions[0] };

static void find_bound(const function *all, size_t count) {
  for (size_t index = 0; index < count; index++)
    if (!*all[index].bound)
      *all[index].bound = dlsym(RTLD_DEFAULT, all[index].name);
}

// MARK: - Where programs and libraries call them

// Each loaded object reaches these functions through addresses in a table of its own, which the
// loader fills in. While counting is on, they are those of the functions above. So nothing is in
// the way otherwise, and no allocator has to be replaced.

#if defined(__x86_64__)
enum { slot_of_call = R_X86_64_JUMP_SLOT, slot_of_data = R_X86_64_GLOB_DAT, pointer = R_X86_64_64 };
#else
enum {
  slot_of_call = R_AARCH64_JUMP_SLOT,
  slot_of_data = R_AARCH64_GLOB_DAT,
  pointer = R_AARCH64_ABS64
};
#endif

// Stores an address in a table that the loader may have made read-only.
static void store(void **slot, void *address) {
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  uintptr_t start = (uintptr_t)slot & ~(page - 1);
  if (mprotect((void *)start, (uintptr_t)(slot + 1) - start, PROT_READ | PROT_WRITE) == 0)
    atomic_store_explicit((_Atomic(void *) *)slot, address, memory_order_relaxed);
}

typedef struct {
  const ElfW(Rela) * first;
  size_t bytes;
} relocations;

// Whether an address lies where an object may have tables: never among its code.
static bool is_data(const struct dl_phdr_info *object, ElfW(Addr) address) {
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    ElfW(Addr) start = object->dlpi_addr + segment->p_vaddr;
    if (segment->p_type == PT_LOAD && (segment->p_flags & PF_W) && !(segment->p_flags & PF_X) &&
        address >= start && address + sizeof(void *) <= start + segment->p_memsz)
      return true;
  }
  return false;
}

static void bind(const struct dl_phdr_info *object, relocations all, const ElfW(Sym) * symbols,
                 const char *names, const replacement *new) {
  for (size_t index = 0; index < all.bytes / sizeof *all.first; index++) {
    const ElfW(Rela) *one = &all.first[index];
    uint32_t type = (uint32_t)ELF64_R_TYPE(one->r_info);
    if (type != slot_of_call && type != slot_of_data && type != pointer)
      continue;
    const char *name = names + symbols[ELF64_R_SYM(one->r_info)].st_name;
    for (size_t number = 0; number < new->count; number++) {
      const function *found = &new->functions[number];
      if (strcmp(name, found->name) != 0)
        continue;
      void **slot = (void **)(object->dlpi_addr + one->r_offset);
      if (!*found->bound || !is_data(object, (ElfW(Addr))slot))
        continue;
      // One that was never called does not have the address yet.
      bool is_bound = *slot == *found->bound || type == slot_of_call;
      if (new->counts && is_bound &&*slot != found->counting)
        store(slot, found->counting);
      if (!new->counts &&*slot == found->counting)
        store(slot, *found->bound);
    }
  }
}

static int bind_object(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  const ElfW(Dyn) *dynamic = NULL;
  for (int index = 0; index < object->dlpi_phnum; index++)
    if (object->dlpi_phdr[index].p_type == PT_DYNAMIC)
      dynamic = (const void *)(object->dlpi_addr + object->dlpi_phdr[index].p_vaddr);
  // What the kernel has put there calls nothing.
  if (!dynamic || (object->dlpi_name && strstr(object->dlpi_name, "linux-vdso")))
    return 0;
  relocations data = {NULL, 0}, calls = {NULL, 0};
  const ElfW(Sym) *symbols = NULL;
  const char *names = NULL;
  bool is_rela = true;
  for (; dynamic->d_tag != DT_NULL; dynamic++) {
    // The loader has made them addresses.
    const void *address = (const void *)dynamic->d_un.d_ptr;
    switch (dynamic->d_tag) {
    case DT_SYMTAB:
      symbols = address;
      break;
    case DT_STRTAB:
      names = address;
      break;
    case DT_RELA:
      data.first = address;
      break;
    case DT_RELASZ:
      data.bytes = dynamic->d_un.d_val;
      break;
    case DT_JMPREL:
      calls.first = address;
      break;
    case DT_PLTRELSZ:
      calls.bytes = dynamic->d_un.d_val;
      break;
    case DT_PLTREL:
      is_rela = dynamic->d_un.d_val == DT_RELA;
      break;
    default:
      break;
    }
  }
  if (!symbols || !names || (uintptr_t)symbols < object->dlpi_addr)
    return 0;
  const replacement *new = context;
  if (data.first)
    bind(object, data, symbols, names, new);
  if (calls.first && is_rela)
    bind(object, calls, symbols, names, new);
  return 0;
}

// MARK: - What the engine calls

int pgp_counts_allocations(void) { return 1; }

void pgp_count(int on) {
  find_bound(functions, function_count);
  replacement new = {functions, function_count, on != 0};
  dl_iterate_phdr(bind_object, &new);
}

// Valgrind up to 3.19 at least writes into the mask of signals that a program waits with, and ends
// if that is read-only, as that of Dispatch is when the main thread of a program has nothing left
// to do.
static int (*bound_sigsuspend)(const sigset_t *);

static int copying_sigsuspend(const sigset_t *mask) {
  sigset_t copy = *mask;
  return bound_sigsuspend(&copy);
}

__attribute__((constructor)) static void keep_valgrind_alive(void) {
  if (!pgp_on_valgrind())
    return;
  static const function waits = {"sigsuspend", (void *)copying_sigsuspend,
                                 (void **)&bound_sigsuspend};
  find_bound(&waits, 1);
  replacement new = {&waits, 1, true};
  dl_iterate_phdr(bind_object, &new);
}

int pgp_counts_retains(void) {
#if defined(__x86_64__)
  // Only calls from one object to another are seen: not those of a runtime that is part of the
  // program.
  Dl_info runtime, own;
  void *retain = dlsym(RTLD_DEFAULT, "swift_retain");
  return retain && dladdr(retain, &runtime) && dladdr((void *)pgp_count, &own) &&
         runtime.dli_fbase != own.dli_fbase;
#else
  return 0;
#endif
}

const char *pgp_other_allocator(void) {
  find_bound(functions, function_count);
  Dl_info allocator, library;
  // Any other function of the C library shows where that is.
  if (!dladdr((void *)bound_malloc, &allocator) ||
      !dladdr(dlsym(RTLD_DEFAULT, "gnu_get_libc_version"), &library))
    return NULL;
  return allocator.dli_fbase == library.dli_fbase ? NULL : allocator.dli_fname;
}

#else

int pgp_counts_allocations(void) { return 0; }
int pgp_counts_retains(void) { return 0; }
const char *pgp_other_allocator(void) { return NULL; }
void pgp_count(int on) { (void)on; }

#endif
