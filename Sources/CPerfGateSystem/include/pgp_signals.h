#ifndef PGP_SIGNALS_H
#define PGP_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

// What a worker thread is doing, for the line that is written when a signal kills it.
typedef struct {
  // Below 0: none at the moment.
  int64_t worker;
  // The number of its current task; below 0 between tasks. The worker itself writes it.
  const int64_t *_Nullable task;
  // The arm that it runs, such as `viete/swift.scalar/pool/2`; zero-terminated.
  const char *_Nullable label;
} pgp_worker_context;

// Handles SIGINT, SIGTERM and SIGHUP. After the first, `pgp_interrupt_signal` returns its number,
// and where `tells`, a line on standard error says what the program still finishes (see
// `pgp_set_activity`), if anything. A second one ends the process at once, with exit status 128 +
// its number. A SIGHUP that is ignored, as under `nohup`, stays ignored. Only programs call this,
// never a library.
void pgp_catch_interrupts(bool tells);

// The signal that asked the program to stop; 0 for none.
int pgp_interrupt_signal(void);

// What the program is doing and cannot interrupt.
enum { PGP_RUNS_NOTHING, PGP_RUNS_TASK, PGP_MAKES_INPUT };

// Sets the current activity, for the line that answers a signal.
void pgp_set_activity(int activity);

// Sets what `pgp_interrupt_signal` returns, as if that signal had come.
void pgp_set_interrupt_signal(int number);

// On SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS or SIGABRT, writes one line to standard error
// (which worker, which task, which signal) and ends the process: with exit status `status`, or by
// the signal itself when `status` is below 0.
void pgp_catch_crashes(int status);

// Sets the context of the calling thread, which must stay valid until the thread ends or sets null;
// null: it is not a worker. Gives the thread a signal stack where it has none, until it sets null.
void pgp_set_worker_context(const pgp_worker_context *_Nullable context);

// The same for a thread that has a signal stack already.
void pgp_switch_worker_context(const pgp_worker_context *_Nullable context);

// The number of the worker that the calling thread is; below 0: none.
int64_t pgp_current_worker(void);

#endif
