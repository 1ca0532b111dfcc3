#ifndef PGP_SIGNALS_H
#define PGP_SIGNALS_H

#include <stdint.h>

// What a worker thread is doing, for the one line that is written when it dies of a signal.
typedef struct {
  int64_t worker;
  // The number of the task it is in; below 0 between tasks. Written by the worker itself.
  const int64_t *_Nullable task;
  // What it runs, such as `viete/swift.scalar/pool/2`; zero-terminated.
  const char *_Nullable label;
} pgp_worker_context;

// From the first SIGINT, SIGTERM or SIGHUP on `pgp_interrupt_signal` returns its number; a second
// one ends the process at once, with 128 and its number as exit status. Where the program is in the
// middle of something (see `pgp_set_activity`) the first one is answered by a line on standard
// error. A SIGHUP that is ignored, as `nohup` does, stays ignored. Only programs call this, never a
// library.
void pgp_catch_interrupts(void);

// The signal that asked the program to stop; 0 for none.
int pgp_interrupt_signal(void);

// What the program cannot leave in the middle.
enum { PGP_RUNS_NOTHING, PGP_RUNS_TASK, PGP_MAKES_INPUT };

// Tells what of these the program is doing, for the line that answers a signal.
void pgp_set_activity(int activity);

// Sets what `pgp_interrupt_signal` returns, for tests.
void pgp_set_interrupt_signal(int number);

// A thread that dies of SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS or SIGABRT ends the
// process with `status` after one line on standard error: which worker, which task, which signal.
void pgp_catch_crashes(int status);

// Tells what the calling thread is, until it ends; null: no worker. Gives it a stack for signals.
void pgp_set_worker_context(const pgp_worker_context *_Nullable context);

#endif
