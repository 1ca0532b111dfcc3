#define _GNU_SOURCE
#include "pgp_instructions.h"

#include <errno.h>

#if defined(__linux__)

#include <dirent.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// MARK: - Valgrind

// A program asks valgrind by instructions that do nothing otherwise. Its manual tells them so that
// programs need no header of it.
static uint64_t ask_valgrind(uint64_t request) {
#if defined(__x86_64__)
  volatile uint64_t question[6] = {request};
  uint64_t answer = 0;
  __asm__ volatile("rolq $3, %%rdi\n rolq $13, %%rdi\n rolq $61, %%rdi\n rolq $51, %%rdi\n"
                   "xchgq %%rbx, %%rbx\n"
                   : "+d"(answer)
                   : "a"(question)
                   : "cc", "memory");
  return answer;
#else
  (void)request;
  return 0;
#endif
}

enum {
  is_running = 0x1001,
  // Those of the tool begin with its letters, C and T.
  dump = 0x43540000,
  set_to_zero = 0x43540001,
  toggle_collecting = 0x43540002,
  start = 0x43540004,
  stop = 0x43540005
};

int pgp_on_valgrind(void) { return ask_valgrind(is_running) != 0; }

static const char *callgrind_file;
static unsigned dumps;
static uint64_t sum;
static bool collects;

// What the last file of the tool says, which its head has after a few lines.
static uint64_t dumped(void) {
  char path[4096], head[4096];
  if (snprintf(path, sizeof path, "%s.%u", callgrind_file, dumps) >= (int)sizeof path)
    return UINT64_MAX;
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return UINT64_MAX;
  ssize_t size = read(file, head, sizeof head - 1);
  close(file);
  unlink(path);
  if (size <= 0)
    return UINT64_MAX;
  head[size] = 0;
  static const char key[] = "\nsummary: ";
  const char *line = strstr(head, key);
  return line ? strtoull(line + sizeof key - 1, NULL, 10) : UINT64_MAX;
}

// What the calling thread has executed between every other call and the next, which is that
// thread's too: what others do meanwhile would not be the same each time, such as threads of a
// library that end.
static uint64_t read_callgrind(void) {
  if (!collects) {
    uint64_t all = sum;
    ask_valgrind(set_to_zero);
    collects = true;
    ask_valgrind(toggle_collecting);
    return all;
  }
  ask_valgrind(toggle_collecting);
  collects = false;
  ask_valgrind(dump);
  dumps++;
  uint64_t found = dumped();
  sum = found == UINT64_MAX || sum == UINT64_MAX ? UINT64_MAX : sum + found;
  return sum;
}

static int count_in_callgrind(bool on) {
  if (!callgrind_file)
    callgrind_file = getenv(PGP_CALLGRIND_VARIABLE);
  if (!callgrind_file)
    return ENOENT;
  ask_valgrind(on ? start : stop);
  sum = 0;
  return 0;
}

// MARK: - The processor's counter

static uint32_t event_type = PERF_TYPE_HARDWARE;
static uint64_t event_number = PERF_COUNT_HW_INSTRUCTIONS;

void pgp_plant_instructions(uint32_t type, uint64_t event) {
  event_type = type;
  event_number = event;
}

// Opens the counter of a thread and of those that it starts; 0 is the calling one.
static int open_counter(pid_t thread) {
  struct perf_event_attr event;
  memset(&event, 0, sizeof event);
  event.size = sizeof event;
  event.type = event_type;
  event.config = event_number;
  event.exclude_kernel = 1;
  event.exclude_hv = 1;
  event.inherit = 1;
  // Always on the processor or in error: a counter that takes turns with others only estimates.
  event.pinned = 1;
  return (int)syscall(SYS_perf_event_open, &event, thread, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int pgp_instructions_error(void) {
  int counter = open_counter(0);
  if (counter < 0)
    return errno;
  uint64_t value;
  ssize_t size = read(counter, &value, sizeof value);
  close(counter);
  return size == sizeof value ? 0 : EBUSY;
}

enum { most_threads = 4096 };
static int counters[most_threads];
static int counter_count;

static void close_counters(void) {
  while (counter_count > 0)
    close(counters[--counter_count]);
}

// Opens one for each thread that there is.
static int open_counters(void) {
  DIR *threads = opendir("/proc/self/task");
  if (!threads)
    return errno;
  int error = 0;
  for (struct dirent *entry; !error && (entry = readdir(threads));) {
    pid_t thread = (pid_t)atoi(entry->d_name);
    if (thread <= 0)
      continue;
    int counter = counter_count < most_threads ? open_counter(thread) : (errno = E2BIG, -1);
    if (counter >= 0)
      counters[counter_count++] = counter;
    else if (errno != ESRCH) // It has ended meanwhile.
      error = errno;
  }
  closedir(threads);
  if (error)
    close_counters();
  return error;
}

static uint64_t read_counters(void) {
  uint64_t all = 0;
  for (int index = 0; index < counter_count; index++) {
    uint64_t value;
    if (read(counters[index], &value, sizeof value) != sizeof value)
      return UINT64_MAX;
    all += value;
  }
  return all;
}

// MARK: - What the engine calls

int pgp_count_instructions(int on) {
  if (pgp_on_valgrind())
    return count_in_callgrind(on != 0);
  close_counters();
  return on ? open_counters() : 0;
}

uint64_t pgp_read_instructions(void) {
  return pgp_on_valgrind() ? read_callgrind() : read_counters();
}

#else

int pgp_on_valgrind(void) { return 0; }
int pgp_instructions_error(void) { return ENOSYS; }
void pgp_plant_instructions(uint32_t type, uint64_t event) { (void)type, (void)event; }
int pgp_count_instructions(int on) { return on ? ENOSYS : 0; }
uint64_t pgp_read_instructions(void) { return UINT64_MAX; }

#endif
