#define _GNU_SOURCE
#include "pgp_signals.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int interrupt_signal;
static int activity;
static int can_erase;
static bool tells_interrupts;
static int crash_status;
static int crash_told;
static __thread const pgp_worker_context *current_worker;
static __thread char signal_stack[16384];

// Erases the line of the terminal that shows the progress, and the ^C that the terminal puts behind
// it. Makes only calls that are safe in a signal handler.
static void erase_line(void) {
  ssize_t written = can_erase ? write(STDERR_FILENO, "\r\033[K", 4) : 0;
  (void)written;
}

// Makes only calls that are safe in a signal handler.
static void interrupted(int number) {
  // The second signal ends the process at once, also if it is a different one.
  if (__atomic_exchange_n(&interrupt_signal, number, __ATOMIC_RELAXED)) {
    signal(SIGPIPE, SIG_IGN);
    erase_line();
    _exit(128 + number);
  }
  if (!tells_interrupts)
    return;
  const char *line;
  switch (__atomic_load_n(&activity, __ATOMIC_RELAXED)) {
  case PGP_RUNS_TASK:
    line = "perfgate: stops after this task; press Ctrl-C or send the signal again to stop now\n";
    break;
  case PGP_MAKES_INPUT:
    line = "perfgate: stops when the input is made; press Ctrl-C or send the signal again to stop "
           "now\n";
    break;
  default:
    return;
  }
  int code = errno;
  // The reader of standard error may have exited because of the same signal; the record must still
  // be written.
  signal(SIGPIPE, SIG_IGN);
  erase_line();
  ssize_t written = write(STDERR_FILENO, line, strlen(line));
  (void)written;
  errno = code;
}

// Whether standard error is a terminal that understands escape sequences.
static void look_at_terminal(void) {
  const char *terminal = getenv("TERM");
  can_erase = isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb");
}

void pgp_catch_interrupts(bool tells) {
  tells_interrupts = tells;
  look_at_terminal();
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = interrupted;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, 0);
  sigaction(SIGTERM, &action, 0);
  // Leave a hangup ignored where `nohup` did that.
  struct sigaction hangup;
  if (sigaction(SIGHUP, 0, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
    sigaction(SIGHUP, &action, 0);
  // A parent that blocks these signals, as threads of a dispatch queue do, passes that on.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &signals, 0);
}

int pgp_interrupt_signal(void) { return __atomic_load_n(&interrupt_signal, __ATOMIC_RELAXED); }

void pgp_set_interrupt_signal(int number) {
  __atomic_store_n(&interrupt_signal, number, __ATOMIC_RELAXED);
}

void pgp_set_activity(int number) { __atomic_store_n(&activity, number, __ATOMIC_RELAXED); }

// From here on, only calls that are safe in a signal handler.

static char *append(char *at, const char *end, const char *text) {
  while (at < end && *text)
    *at++ = *text++;
  return at;
}

static char *append_number(char *at, const char *end, int64_t value) {
  char digits[24];
  int count = 0;
  do
    digits[count++] = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  while (at < end && count > 0)
    *at++ = digits[--count];
  return at;
}

static const char *signal_name(int number) {
  switch (number) {
  case SIGSEGV:
    return " (SIGSEGV)";
  case SIGBUS:
    return " (SIGBUS)";
  case SIGILL:
    return " (SIGILL)";
  case SIGFPE:
    return " (SIGFPE)";
  case SIGTRAP:
    return " (SIGTRAP)";
  case SIGABRT:
    return " (SIGABRT)";
  default:
    return "";
  }
}

static void crashed(int number) {
  // The first thread writes the line and ends the process; others that crash meanwhile wait for
  // that.
  while (__atomic_exchange_n(&crash_told, 1, __ATOMIC_RELAXED))
    pause();
  char line[256];
  char *at = line;
  const char *end = line + sizeof line - 1;
  const pgp_worker_context *worker = current_worker;
  if (worker && worker->worker >= 0) {
    at = append(at, end, "perfgate: worker ");
    at = append_number(at, end, worker->worker);
    int64_t task = worker->task ? __atomic_load_n(worker->task, __ATOMIC_RELAXED) : -1;
    if (task >= 0) {
      at = append(at, end, " died in task ");
      at = append_number(at, end, task);
    } else {
      at = append(at, end, " died between tasks");
    }
    if (worker->label) {
      at = append(at, end, " of ");
      at = append(at, end, worker->label);
    }
  } else {
    at = append(at, end, "perfgate: died outside of the workers");
  }
  at = append(at, end, ": signal ");
  at = append_number(at, end, number);
  at = append(at, end, signal_name(number));
  *at++ = '\n';
  erase_line();
  ssize_t written = write(STDERR_FILENO, line, (size_t)(at - line));
  (void)written;
  if (crash_status >= 0)
    _exit(crash_status);
  // Dies of the signal itself, as it would have without this handler.
  signal(number, SIG_DFL);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  pthread_sigmask(SIG_UNBLOCK, &signals, 0);
  raise(number);
  _exit(128 + number);
}

void pgp_catch_crashes(int status) {
  static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGABRT};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = crashed;
  action.sa_flags = SA_ONSTACK;
  crash_status = status;
  look_at_terminal();
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++)
    sigaction(numbers[i], &action, 0);
}

void pgp_set_worker_context(const pgp_worker_context *context) {
  current_worker = context;
  // A stack that somebody else gave the thread is kept: who gave it takes it back when the thread
  // ends, as AddressSanitizer does, and would take back ours.
  stack_t found;
  if (sigaltstack(0, &found) != 0)
    return;
  bool has_one = !(found.ss_flags & SS_DISABLE);
  if (context ? has_one : !has_one || found.ss_sp != signal_stack)
    return;
  stack_t stack;
  memset(&stack, 0, sizeof stack);
  stack.ss_sp = signal_stack;
  stack.ss_size = sizeof signal_stack;
  stack.ss_flags = context ? 0 : SS_DISABLE;
  sigaltstack(&stack, 0);
}

void pgp_switch_worker_context(const pgp_worker_context *context) { current_worker = context; }

int64_t pgp_current_worker(void) { return current_worker ? current_worker->worker : -1; }
