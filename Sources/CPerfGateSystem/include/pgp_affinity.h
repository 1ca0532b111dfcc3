#ifndef PGP_AFFINITY_H
#define PGP_AFFINITY_H

#include <stddef.h>
#include <stdint.h>

// CPU masks are arrays of 64-bit words, CPU 64 w + b in bit b of word w, of any length: a cpu_set_t
// ends at 1,024 CPUs. Results: 0 or a count, or a negative errno. Off Linux: -ENOSYS.

// The mask of a thread (0: the caller; the process id: the main thread). Returns the number of
// words that the kernel filled, or -EINVAL when the buffer is too short for its masks.
int pgp_get_affinity(int thread, uint64_t *_Nonnull words, size_t count);

// Sets the mask of the calling thread.
int pgp_set_own_affinity(const uint64_t *_Nonnull words, size_t count);

// Pins the calling thread to one CPU and reads the mask back. -EXDEV: the kernel took the call and
// set another mask, as it does where the wish is only partly allowed. Refuses the main thread
// (-EBUSY): every thread made later would inherit the mask.
int pgp_pin_self(int cpu);

// The CPU that the caller runs on right now, and its memory node (may be null).
int pgp_getcpu(int *_Nullable node);

// The caller's thread number as in /proc/self/task.
int pgp_thread_id(void);

// The number of the main thread, which is that of the process.
int pgp_process_id(void);

// How many CPUs are online, by the portable call, for systems that describe them nowhere.
int pgp_online_cpus(void);

// Runs the body on a new thread and waits for its end.
int pgp_on_new_thread(void (*_Nonnull body)(void *_Nullable), void *_Nullable context);

#endif
