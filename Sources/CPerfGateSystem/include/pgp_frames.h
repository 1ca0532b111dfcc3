#ifndef PGP_FRAMES_H
#define PGP_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Bytes and descriptors over a socket whose calls block, and memory that two processes share.

// Sends some bytes, without SIGPIPE, and a descriptor with them if it is not below 0. Returns their
// number; 0: the other end is closed, or the call failed; below 0: none could be sent for the time,
// which has no end if it is below 0.
int64_t pgp_send_within(int socket, const void *_Nonnull bytes, size_t count, int descriptor,
                        int timeout_ms);

// Receives some bytes. Returns the same.
int64_t pgp_receive_within(int socket, void *_Nonnull bytes, size_t count, int timeout_ms);

// The same; stores a descriptor that came with the bytes, which is closed at an exec, or -1. More
// than one counts as a failed call.
int64_t pgp_receive_descriptor(int socket, void *_Nonnull bytes, size_t count,
                               int *_Nonnull descriptor, int timeout_ms);

// Makes memory with a copy of these bytes that nobody can change any more, and stores its
// descriptor, which is closed at an exec. Returns 0 or an errno.
int pgp_sealed_copy(const void *_Nullable bytes, size_t count, int *_Nonnull descriptor);

// Maps such memory, to be read only; at once if `whole`, otherwise where it is read. Returns 0 or
// an errno: EINVAL when it may still change or has another size. Memory of no bytes is a null
// pointer.
int pgp_map_sealed(int descriptor, size_t count, bool whole, const void *_Nullable *_Nonnull bytes);
void pgp_unmap_sealed(const void *_Nullable bytes, size_t count);

// Lets the allocator keep large blocks that are freed, instead of giving them back to the system.
void pgp_keep_freed_memory(void);

// Forgets the peak of a process's resident memory until now. Returns 0 or an errno.
int pgp_reset_peak(int pid);

// Whether a file can be read.
bool pgp_is_readable(const char *_Nonnull path);

// The CPU time of a process of the same user, in ns; 0: it is gone, or unknown.
uint64_t pgp_cpu_ns_of_process(int pid);

#endif
