#define _GNU_SOURCE
#include "pgp_child.h"

#include <errno.h>

#ifdef __linux__
#include "pgp_affinity.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __GLIBC__
// From glibc 2.34 on; weak, so that programs also start with an older one.
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int)
    __attribute__((weak));
#define PGP_HAS_CLOSEFROM (posix_spawn_file_actions_addclosefrom_np != NULL)
#else
#define PGP_HAS_CLOSEFROM 0
#define posix_spawn_file_actions_addclosefrom_np(actions, first) ENOSYS
#endif

// The descriptors of a start. Those of the child are above all that its file actions set, so that
// no action overwrites the source of a later one.
struct pgp_ends {
  int own_socket, child_socket, own_output, child_output;
};

static void pgp_close(int descriptor) {
  if (descriptor >= 0)
    close(descriptor);
}

static void pgp_close_ends(struct pgp_ends *ends) {
  pgp_close(ends->own_socket);
  pgp_close(ends->child_socket);
  pgp_close(ends->own_output);
  pgp_close(ends->child_output);
}

// Moves a descriptor above the standard ones, which this process may have closed.
static int pgp_move_up(int *descriptor) {
  if (*descriptor > 9)
    return 0;
  int moved = fcntl(*descriptor, F_DUPFD_CLOEXEC, 10);
  if (moved < 0)
    return errno;
  close(*descriptor);
  *descriptor = moved;
  return 0;
}

static int pgp_make_ends(struct pgp_ends *ends) {
  int pair[2];
  *ends = (struct pgp_ends){-1, -1, -1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
    return errno;
  ends->own_socket = pair[0];
  ends->child_socket = pair[1];
  int error = pipe2(pair, O_CLOEXEC) == 0 ? 0 : errno;
  if (error == 0) {
    ends->own_output = pair[0];
    ends->child_output = pair[1];
  }
  // Only this end: the child's writes block as to any pipe.
  if (error == 0 && fcntl(ends->own_output, F_SETFL, O_NONBLOCK) != 0)
    error = errno;
  int *all[] = {&ends->own_socket, &ends->child_socket, &ends->own_output, &ends->child_output};
  for (int i = 0; error == 0 && i < 4; i++)
    error = pgp_move_up(all[i]);
  if (error != 0)
    pgp_close_ends(ends);
  return error;
}

// Closes what this process did not mark to be closed at an exec, where one call cannot do it.
static int pgp_close_each(posix_spawn_file_actions_t *actions, int first) {
  long limit = sysconf(_SC_OPEN_MAX);
  int error = 0;
  for (int i = first; error == 0 && i < (limit < 0 || limit > 4096 ? 4096 : (int)limit); i++) {
    int flags = fcntl(i, F_GETFD);
    if (flags >= 0 && !(flags & FD_CLOEXEC))
      error = posix_spawn_file_actions_addclose(actions, i);
  }
  return error;
}

static int pgp_add_actions(posix_spawn_file_actions_t *actions, const struct pgp_ends *ends,
                           bool on_standard_streams) {
  int first = on_standard_streams ? 3 : 4, error = 0;
  for (int i = 0; error == 0 && i < 2; i++)
    error = on_standard_streams ? posix_spawn_file_actions_adddup2(actions, ends->child_socket, i)
                                : posix_spawn_file_actions_addopen(actions, i, "/dev/null",
                                                                   i ? O_WRONLY : O_RDONLY, 0);
  if (error == 0)
    error = posix_spawn_file_actions_adddup2(actions, ends->child_output, 2);
  if (error == 0 && !on_standard_streams)
    error = posix_spawn_file_actions_adddup2(actions, ends->child_socket, 3);
  if (error != 0)
    return error;
  return PGP_HAS_CLOSEFROM ? posix_spawn_file_actions_addclosefrom_np(actions, first)
                           : pgp_close_each(actions, first);
}

static int pgp_set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = posix_spawnattr_setsigmask(attributes, &none);
  if (error == 0)
    error = posix_spawnattr_setsigdefault(attributes, &all);
  if (error == 0)
    error = posix_spawnattr_setpgroup(attributes, 0);
  if (error == 0)
    error = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                     POSIX_SPAWN_SETSIGDEF);
  return error;
}

static int pgp_spawn(const pgp_child_request *request, const struct pgp_ends *ends, int *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int error = posix_spawn_file_actions_init(&actions);
  if (error != 0)
    return error;
  error = posix_spawnattr_init(&attributes);
  if (error == 0) {
    error = pgp_add_actions(&actions, ends, request->on_standard_streams);
    if (error == 0)
      error = pgp_set_attributes(&attributes);
    pid_t started = 0;
    if (error == 0)
      error = posix_spawn(&started, request->program, &actions, &attributes, request->arguments,
                          request->environment);
    *pid = (int)started;
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

struct pgp_placed_start {
  const pgp_child_request *request;
  const struct pgp_ends *ends;
  int pid, error;
};

// A child inherits the CPUs of the thread that starts it: a thread of its own, so that no other one
// is moved.
static void pgp_start_placed(void *context) {
  struct pgp_placed_start *start = context;
  const pgp_child_request *request = start->request;
  const size_t count = 65536 / 64; // never shorter than the kernel's own masks
  uint64_t *found = calloc(count, sizeof *found);
  if (!found) {
    start->error = ENOMEM;
    return;
  }
  int result = pgp_set_own_affinity(request->cpus, request->cpu_words);
  int filled = result == 0 ? pgp_get_affinity(0, found, count) : result;
  start->error = filled < 0 ? -filled : 0;
  for (size_t i = 0; start->error == 0 && i < count; i++)
    if (found[i] != (i < request->cpu_words ? request->cpus[i] : 0))
      start->error = EXDEV;
  free(found);
  if (start->error == 0)
    start->error = pgp_spawn(request, start->ends, &start->pid);
}

int pgp_start_child(const pgp_child_request *request, pgp_child *child) {
  struct pgp_ends ends;
  int error = pgp_make_ends(&ends);
  if (error != 0)
    return error;
  struct pgp_placed_start start = {request, &ends, 0, 0};
  if (request->cpu_words > 0) {
    int result = pgp_on_new_thread(pgp_start_placed, &start);
    error = result < 0 ? -result : start.error;
  } else {
    error = pgp_spawn(request, &ends, &start.pid);
  }
  if (error != 0) {
    pgp_close_ends(&ends);
    return error;
  }
  pgp_close(ends.child_socket);
  pgp_close(ends.child_output);
  *child = (pgp_child){start.pid, ends.own_socket, ends.own_output};
  return 0;
}

bool pgp_has_fixed_addresses(void) {
  int current = personality(0xffffffff);
  return current != -1 && (current & ADDR_NO_RANDOMIZE) != 0;
}

#else

int pgp_start_child(const pgp_child_request *request, pgp_child *child) {
  (void)request, (void)child;
  return ENOSYS;
}

bool pgp_has_fixed_addresses(void) { return false; }

#endif
