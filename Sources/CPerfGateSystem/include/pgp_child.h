#ifndef PGP_CHILD_H
#define PGP_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Child processes that answer over a socket. Except on Linux every call returns ENOSYS.

// What a child is started with.
typedef struct {
  // The path of its program; it is not looked up in PATH.
  const char *_Nonnull program;
  // Both end with a null pointer; the first argument is the program's name.
  char *_Nullable const *_Nonnull arguments;
  char *_Nullable const *_Nonnull environment;
  // True: the socket is its standard input and output. False: the socket is descriptor 3, and
  // standard input and output are /dev/null.
  bool on_standard_streams;
  // The CPUs it starts on, as in pgp_affinity.h; no words: those of the calling thread.
  const uint64_t *_Nullable cpus;
  size_t cpu_words;
} pgp_child_request;

// A started child, and the parent's descriptors; all of them are closed at an exec.
typedef struct {
  int pid;
  // The parent's end of the stream socket.
  int socket;
  // What the child writes to standard error, to be read without blocking.
  int output;
} pgp_child;

// Starts a child as the leader of its own process group, with no signal blocked, all signals
// at their defaults and no other descriptor of this process. Returns 0 or an errno; EXDEV: the
// kernel set other CPUs than those requested.
int pgp_start_child(const pgp_child_request *_Nonnull request, pgp_child *_Nonnull child);

// How far a child has come.
enum { PGP_CHILD_RUNS, PGP_CHILD_EXITED, PGP_CHILD_KILLED, PGP_CHILD_LOST };

// Waits up to `timeout_ns` for a child to end, and stores its exit status or signal. It stays a
// zombie unless `reap`, so its number stays its own. PGP_CHILD_LOST: somebody else has waited for
// it.
int pgp_wait_child(int pid, uint64_t timeout_ns, bool reap, int *_Nonnull value);

// Ends a child's process group with SIGKILL, unless the group's number may be another one's by now.
void pgp_kill_child_group(int pid);

// Sends bytes without blocking and without SIGPIPE. Returns their number, or a negative errno.
int64_t pgp_send(int socket, const void *_Nonnull bytes, size_t count);

// Receives what has arrived. Returns the number of bytes, 0 at the end, or a negative errno.
int64_t pgp_receive(int socket, void *_Nonnull bytes, size_t count);

// Waits up to `timeout_ms` until the next call on the socket, to read or to write, would not block,
// or until there is output. A descriptor below 0 is left out. Returns a set of these bits; 0 when
// the time has passed or a signal came.
enum { PGP_SOCKET_READY = 1, PGP_OUTPUT_READY = 2 };
int pgp_poll_child(int socket, bool to_write, int output, int timeout_ms);

// How many bytes, from the first on, are printable ASCII.
size_t pgp_printable_prefix(const uint8_t *_Nonnull bytes, size_t count);

// Called by a child: from now on, when its parent's end of the socket is closed, as it is when the
// parent dies, the child's whole process group ends with SIGKILL. Also makes the child the first
// that the kernel ends when memory runs out. Call it once, before other threads exist.
// Returns 0 or an errno: EPERM when the process does not lead its group, ENOTSOCK when the
// descriptor is no socket: both are so for a program on a user's pipe, and then nothing is done.
int pgp_end_with_parent(int socket);

// Raises the priority of the calling thread and of all threads it creates later, as far as the
// system allows. Returns the nice value reached, -20 (highest) to 19.
int pgp_raise_priority(void);

// Whether addresses are not drawn anew at each start, as under `setarch -R`; this looks at the
// process's personality only.
bool pgp_has_fixed_addresses(void);

#endif
