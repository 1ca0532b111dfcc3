#define _GNU_SOURCE
#include "pgp_bundle.h"

#include <stddef.h>

static const char *bundle_task;
static int bundle_socket = -1;

const char *pgp_bundle_task(void) { return bundle_task; }

int pgp_bundle_socket(void) { return bundle_socket; }

#ifdef __linux__
#include "pgp_child.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

// Where the parent puts the socket, and the first number it is moved to: code that closes or opens
// descriptors uses low numbers.
enum { GIVEN_SOCKET = 3, FIRST_SOCKET = 500 };

static bool bundle_serves;
static pid_t bundle_pid;

void pgp_bundle_serves(void) { bundle_serves = true; }

// The parent waits for the first answer, and not for that of a process that the test's code has
// forked.
static void pgp_bundle_exits(void) {
  static const char answer[] =
      "error the process ended before its test reached this claim (the same test must reach the "
      "same claims each time it runs)\n";
  if (!bundle_serves && getpid() == bundle_pid)
    pgp_send(bundle_socket, answer, sizeof answer - 1);
}

// Runs before the program's own code and before other constructors.
__attribute__((constructor(101))) static void pgp_begin_bundle(void) {
  const char *text = getenv(PGP_BUNDLE_VARIABLE);
  if (!text)
    return;
  char *task = strdup(text);
  unsetenv(PGP_BUNDLE_VARIABLE);
  unsetenv("PERFGATE_PADDING");
  int moved = fcntl(GIVEN_SOCKET, F_DUPFD_CLOEXEC, FIRST_SOCKET);
  if (moved < 0)
    // The limit of open files may be low.
    moved = fcntl(GIVEN_SOCKET, F_DUPFD_CLOEXEC, GIVEN_SOCKET + 1);
  if (!task || moved < 0 || pgp_end_with_parent(moved) != 0) {
    // Somebody else has set the variable.
    free(task);
    if (moved >= 0)
      close(moved);
    return;
  }
  close(GIVEN_SOCKET);
  bundle_task = task;
  bundle_socket = moved;
  bundle_pid = getpid();
  atexit(pgp_bundle_exits);
  pgp_raise_priority();
}
#else
void pgp_bundle_serves(void) {}
#endif
