#define _GNU_SOURCE
#include "pgp_frames.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <fcntl.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif
#ifndef MSG_CMSG_CLOEXEC
#define MSG_CMSG_CLOEXEC 0
#endif

// Room for one descriptor, aligned as its header must be.
union pgp_control {
  struct cmsghdr header;
  char bytes[CMSG_SPACE(sizeof(int))];
};

// Waits until a call would not block; whether it may be tried. It polls, because a call that blocks
// on a local socket wakes up whenever the other end reads: that would cost two switches a message.
static bool pgp_wait_for(int socket, short events, int timeout_ms) {
  struct pollfd one = {socket, events, 0};
  int ready;
  do
    ready = poll(&one, 1, timeout_ms);
  while (ready < 0 && errno == EINTR && timeout_ms < 0);
  return ready > 0;
}

// What a call on a socket tells: `passed` bytes, or what its error means.
static int64_t pgp_outcome(ssize_t passed) {
  if (passed >= 0)
    return passed;
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? -1 : 0;
}

static ssize_t pgp_send_now(int socket, const void *bytes, size_t count, int descriptor) {
  if (descriptor < 0)
    return send(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
  union pgp_control control;
  memset(&control, 0, sizeof control);
  struct iovec part = {(void *)bytes, count};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptor);
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

int64_t pgp_send_within(int socket, const void *bytes, size_t count, int descriptor,
                        int timeout_ms) {
  int64_t sent = pgp_outcome(pgp_send_now(socket, bytes, count, descriptor));
  if (sent >= 0 || !pgp_wait_for(socket, POLLOUT, timeout_ms))
    return sent;
  return pgp_outcome(pgp_send_now(socket, bytes, count, descriptor));
}

int64_t pgp_receive_within(int socket, void *bytes, size_t count, int timeout_ms) {
  if (!pgp_wait_for(socket, POLLIN, timeout_ms))
    return -1;
  return pgp_outcome(recv(socket, bytes, count, MSG_DONTWAIT));
}

int64_t pgp_receive_descriptor(int socket, void *bytes, size_t count, int *descriptor,
                               int timeout_ms) {
  union pgp_control control;
  struct iovec part = {bytes, count};
  struct msghdr message = {0};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes;
  message.msg_controllen = sizeof control.bytes;
  *descriptor = -1;
  if (!pgp_wait_for(socket, POLLIN, timeout_ms))
    return -1;
  ssize_t received = recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (received <= 0)
    return pgp_outcome(received);
  // There is room for more than one because of its alignment.
  int found = 0;
  for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
      continue;
    for (size_t at = CMSG_LEN(0); at + sizeof(int) <= header->cmsg_len; at += sizeof(int)) {
      int one;
      memcpy(&one, (char *)header + at, sizeof one);
      if (found++ == 0)
        *descriptor = one;
      else
        close(one);
    }
  }
  if (found <= 1 && !(message.msg_flags & MSG_CTRUNC))
    return received;
  // No frame has two.
  if (*descriptor >= 0)
    close(*descriptor);
  *descriptor = -1;
  return 0;
}

#ifdef __linux__

static const int pgp_seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

int pgp_sealed_copy(const void *bytes, size_t count, int *descriptor) {
  int file = memfd_create("perfgate", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (file < 0)
    return errno;
  for (size_t done = 0; done < count;) {
    ssize_t written = write(file, (const char *)bytes + done, count - done);
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      int error = written < 0 ? errno : ENOSPC;
      close(file);
      return error;
    }
    done += (size_t)written;
  }
  // The kernel waits a fifth of a second for whoever still holds one of the pages, such as another
  // CPU that has not come to giving it back; on a busy machine that may take longer.
  int sealed = fcntl(file, F_ADD_SEALS, pgp_seals);
  for (int again = 0; sealed != 0 && errno == EBUSY && again < 20; again++)
    sealed = fcntl(file, F_ADD_SEALS, pgp_seals);
  if (sealed != 0) {
    int error = errno;
    close(file);
    return error;
  }
  *descriptor = file;
  return 0;
}

#ifndef MAP_POPULATE
#define MAP_POPULATE 0
#endif

int pgp_map_sealed(int descriptor, size_t count, bool whole, const void **bytes) {
  struct stat status;
  *bytes = NULL;
  if (fstat(descriptor, &status) != 0)
    return errno;
  // Memory that could shrink would end its reader.
  int seals = fcntl(descriptor, F_GET_SEALS);
  if (seals < 0 || (seals & pgp_seals) != pgp_seals || status.st_size < 0 ||
      (size_t)status.st_size != count)
    return EINVAL;
  if (count == 0)
    return 0;
  // Private: kernels before 6.7 refuse a shared mapping of what nobody may write to.
  void *mapped =
      mmap(NULL, count, PROT_READ, MAP_PRIVATE | (whole ? MAP_POPULATE : 0), descriptor, 0);
  if (mapped == MAP_FAILED)
    return errno;
  *bytes = mapped;
  return 0;
}

int pgp_reset_peak(int pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/clear_refs", pid);
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return errno;
  int error = write(file, "5", 1) == 1 ? 0 : errno;
  close(file);
  return error;
}

uint64_t pgp_cpu_ns_of_process(int pid) {
  clockid_t clock;
  struct timespec t;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
    return 0;
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

#else

int pgp_sealed_copy(const void *bytes, size_t count, int *descriptor) {
  (void)bytes, (void)count, (void)descriptor;
  return ENOSYS;
}

int pgp_map_sealed(int descriptor, size_t count, bool whole, const void **bytes) {
  (void)descriptor, (void)count, (void)whole;
  *bytes = NULL;
  return ENOSYS;
}

int pgp_reset_peak(int pid) {
  (void)pid;
  return ENOSYS;
}

uint64_t pgp_cpu_ns_of_process(int pid) {
  (void)pid;
  return 0;
}

#endif

bool pgp_is_readable(const char *path) { return access(path, R_OK) == 0; }

void pgp_unmap_sealed(const void *bytes, size_t count) {
  if (bytes)
    munmap((void *)bytes, count);
}

void pgp_keep_freed_memory(void) {
#ifdef __GLIBC__
  // No blocks of their own: what is freed at the end of the heap stays there for the next one.
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT32_MAX);
#endif
}
