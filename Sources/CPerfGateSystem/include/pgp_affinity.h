#ifndef PGP_AFFINITY_H
#define PGP_AFFINITY_H

#include <stddef.h>
#include <stdint.h>

// CPU masks are arrays of 64-bit words of any length, since a cpu_set_t ends at 1,024 CPUs: CPU 64
// w + b is bit b of word w. Results: 0 or a count, or a negative errno. Except on Linux: -ENOSYS.

// Reads the mask of a thread (0: the caller; the process id: the main thread). Returns the number
// of words that the kernel filled, or -EINVAL when the buffer is shorter than the kernel's masks.
int pgp_get_affinity(int thread, uint64_t *_Nonnull words, size_t count);

// Sets the mask of the calling thread.
int pgp_set_own_affinity(const uint64_t *_Nonnull words, size_t count);

// Sets the mask of a thread of any process of this user (0: the caller).
int pgp_set_affinity(int thread, const uint64_t *_Nonnull words, size_t count);

// Pins the calling thread to one CPU and reads the mask back. -EXDEV: the kernel accepted the call
// but set another mask, as it does when only part of a request is allowed. -EBUSY: the caller is
// the main thread, which is refused because every thread created later would inherit the mask.
int pgp_pin_self(int cpu);

// The CPU that the caller runs on right now; stores its memory node unless `node` is null.
int pgp_getcpu(int *_Nullable node);

// The caller's thread number as in /proc/self/task.
int pgp_thread_id(void);

// The process's number, which is also the main thread's.
int pgp_process_id(void);

// How many CPUs are online, from the portable call, for systems that do not describe their CPUs.
int pgp_online_cpus(void);

// Runs the body on a new thread and blocks until it ends. Returns 0 or a negative errno.
int pgp_on_new_thread(void (*_Nonnull body)(void *_Nullable), void *_Nullable context);

#endif
