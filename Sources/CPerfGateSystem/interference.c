#define _GNU_SOURCE
#include "pgp_interference.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

int pgp_open_counter(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  return descriptor < 0 ? -errno : descriptor;
}

void pgp_close_counter(int descriptor) { close(descriptor); }

// Reads a file from its start into a zero-terminated buffer; its length, or a negative errno.
static ssize_t pgp_read_text(int descriptor, char *buffer, size_t bytes) {
  size_t length = 0;
  while (length + 1 < bytes) {
    ssize_t got = pread(descriptor, buffer + length, bytes - 1 - length, (off_t)length);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -errno;
    if (got == 0)
      break;
    length += (size_t)got;
  }
  buffer[length] = 0;
  return (ssize_t)length;
}

// Reads the next decimal number after blanks; returns the end of it, or null when there is none.
static const char *pgp_number(const char *text, uint64_t *value) {
  while (*text == ' ')
    text++;
  if (*text < '0' || *text > '9')
    return NULL;
  uint64_t number = 0;
  while (*text >= '0' && *text <= '9')
    number = number * 10 + (uint64_t)(*text++ - '0');
  *value = number;
  return text;
}

// The fields are user nice system idle iowait irq softirq steal; user already includes guest time.
static int pgp_cpu_line(const char *text, struct pgp_cpu_ticks *ticks) {
  uint64_t field[8] = {0};
  for (int i = 0; i < 8; i++) {
    text = pgp_number(text, &field[i]);
    if (!text)
      return -EINVAL;
  }
  ticks->busy = field[0] + field[1] + field[2] + field[5] + field[6];
  ticks->idle = field[3] + field[4];
  ticks->steal = field[7];
  return 0;
}

int pgp_read_cpu_ticks(int descriptor, const int *cpus, struct pgp_cpu_ticks *ticks, size_t count,
                       char *buffer, size_t bytes) {
  ssize_t length = pgp_read_text(descriptor, buffer, bytes);
  if (length < 0)
    return (int)length;
  size_t found = 0;
  for (const char *line = buffer; line && found < count; line = strchr(line, '\n')) {
    if (*line == '\n')
      line++;
    if (strncmp(line, "cpu", 3) != 0)
      break;
    uint64_t number;
    const char *rest = line[3] == ' ' ? NULL : pgp_number(line + 3, &number);
    // The buffer may have cut the line off, which would give a shorter number.
    if (!strchr(line, '\n'))
      return -ENOBUFS;
    if (!rest || number != (uint64_t)cpus[found])
      continue;
    int result = pgp_cpu_line(rest, &ticks[found]);
    if (result < 0)
      return result;
    found++;
  }
  return found == count ? 0 : -ENOENT;
}

int pgp_read_thread_times(int descriptor, struct pgp_thread_times *times) {
  char buffer[128];
  ssize_t length = pgp_read_text(descriptor, buffer, sizeof buffer);
  if (length < 0)
    return (int)length;
  const char *rest = pgp_number(buffer, &times->cpu_ns);
  return rest && pgp_number(rest, &times->delay_ns) ? 0 : -EINVAL;
}

int pgp_read_throttled(int descriptor, uint64_t *count) {
  char buffer[2048];
  ssize_t length = pgp_read_text(descriptor, buffer, sizeof buffer);
  if (length < 0)
    return (int)length;
  const char *line = strstr(buffer, "nr_throttled ");
  return line && pgp_number(line + strlen("nr_throttled "), count) ? 0 : -EINVAL;
}

uint64_t pgp_process_cpu_ns(void) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t pgp_major_faults(void) {
  struct rusage usage;
  return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_majflt : 0;
}

uint64_t pgp_ticks_per_second(void) {
  long ticks = sysconf(_SC_CLK_TCK);
  return ticks > 0 ? (uint64_t)ticks : 100;
}

uint64_t pgp_spin(uint64_t iterations, uint64_t start) {
  uint64_t value = start;
  for (uint64_t i = 0; i < iterations; i++) {
    value = value * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    // Keeps each iteration a step of its own: the compiler must not merge or remove any.
    __asm__ volatile("" : "+r"(value));
  }
  return value;
}

void pgp_fill_words(uint64_t *words, size_t count, uint64_t first) {
  for (size_t i = 0; i < count; i++)
    words[i] = first + i;
}

uint64_t pgp_stream(const uint64_t *words, size_t count) {
  // Independent sums, so that memory and not arithmetic limits the speed.
  uint64_t sums[16] = {0};
  size_t i = 0;
  for (; i + 16 <= count; i += 16)
    for (size_t lane = 0; lane < 16; lane++)
      sums[lane] += words[i + lane];
  for (; i < count; i++)
    sums[0] += words[i];
  uint64_t sum = 0;
  for (size_t lane = 0; lane < 16; lane++)
    sum += sums[lane];
  return sum;
}
