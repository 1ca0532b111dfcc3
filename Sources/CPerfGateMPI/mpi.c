#include "pgp_mpi.h"

#ifdef PGP_MPI

#include <limits.h>
#include <mpi.h>
#include <string.h>

_Static_assert(sizeof(MPI_Win) <= sizeof(uint64_t), "a window does not fit into a job");

static MPI_Win window_of(const pgp_mpi_job *job) {
  MPI_Win window;
  memcpy(&window, &job->window, sizeof window);
  return window;
}

int pgp_mpi_start(pgp_mpi_job *job) {
  int provided = 0;
  int error = MPI_Init_thread(0, 0, MPI_THREAD_SERIALIZED, &provided);
  if (error != MPI_SUCCESS)
    return error;
  job->is_serialized = provided >= MPI_THREAD_SERIALIZED;
  // Errors come back instead of ending the program without a word of ours.
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  if ((error = MPI_Comm_rank(MPI_COMM_WORLD, &job->rank)) != MPI_SUCCESS ||
      (error = MPI_Comm_size(MPI_COMM_WORLD, &job->size)) != MPI_SUCCESS)
    return error;
  int64_t *counter = 0;
  MPI_Win window;
  error = MPI_Win_allocate(job->rank == 0 ? sizeof *counter : 0, sizeof *counter, MPI_INFO_NULL,
                           MPI_COMM_WORLD, &counter, &window);
  if (error != MPI_SUCCESS)
    return error;
  MPI_Win_set_errhandler(window, MPI_ERRORS_RETURN);
  memcpy(&job->window, &window, sizeof window);
  if (job->rank == 0)
    *counter = 0;
  // One epoch for the whole job: nobody locks the window exclusively.
  if ((error = MPI_Win_lock_all(MPI_MODE_NOCHECK, window)) != MPI_SUCCESS)
    return error;
  return MPI_Barrier(MPI_COMM_WORLD);
}

int pgp_mpi_end(pgp_mpi_job *job) {
  MPI_Win window = window_of(job);
  int error = MPI_Win_unlock_all(window);
  if (error == MPI_SUCCESS)
    error = MPI_Win_free(&window);
  int last = MPI_Finalize();
  return error == MPI_SUCCESS ? last : error;
}

void pgp_mpi_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

int pgp_mpi_share(const void *own, void *all, size_t bytes) {
  if (bytes > INT_MAX)
    return MPI_ERR_COUNT;
  return MPI_Allgather(own, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
}

int pgp_mpi_send(const void *bytes, size_t count, int rank, int tag) {
  if (count > INT_MAX)
    return MPI_ERR_COUNT;
  return MPI_Send(bytes, (int)count, MPI_BYTE, rank, tag, MPI_COMM_WORLD);
}

int pgp_mpi_probe(int rank, int tag, bool *found, pgp_mpi_envelope *message) {
  int flag = 0;
  MPI_Status status;
  int error = MPI_Iprobe(rank < 0 ? MPI_ANY_SOURCE : rank, tag < 0 ? MPI_ANY_TAG : tag,
                         MPI_COMM_WORLD, &flag, &status);
  *found = error == MPI_SUCCESS && flag;
  if (!*found)
    return error;
  int count = 0;
  error = MPI_Get_count(&status, MPI_BYTE, &count);
  message->rank = status.MPI_SOURCE;
  message->tag = status.MPI_TAG;
  message->bytes = (size_t)count;
  return error;
}

int pgp_mpi_receive(void *bytes, size_t count, int rank, int tag) {
  if (count > INT_MAX)
    return MPI_ERR_COUNT;
  return MPI_Recv(bytes, (int)count, MPI_BYTE, rank, tag, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int pgp_mpi_draw(const pgp_mpi_job *job, int64_t count, int64_t *first) {
  MPI_Win window = window_of(job);
  int error = MPI_Fetch_and_op(&count, first, MPI_INT64_T, 0, 0, MPI_SUM, window);
  return error == MPI_SUCCESS ? MPI_Win_flush(0, window) : error;
}

int pgp_mpi_set_counter(const pgp_mpi_job *job, int64_t value) {
  int64_t before;
  MPI_Win window = window_of(job);
  int error = MPI_Fetch_and_op(&value, &before, MPI_INT64_T, 0, 0, MPI_REPLACE, window);
  return error == MPI_SUCCESS ? MPI_Win_flush(0, window) : error;
}

static void copy(char *to, size_t size, const char *from) {
  size_t length = strlen(from);
  if (length >= size)
    length = size - 1;
  memcpy(to, from, length);
  to[length] = 0;
}

void pgp_mpi_error_text(int code, char *text, size_t size) {
  char full[MPI_MAX_ERROR_STRING];
  int length = 0;
  if (MPI_Error_string(code, full, &length) != MPI_SUCCESS)
    strcpy(full, "unknown error");
  copy(text, size, full);
}

void pgp_mpi_library(char *text, size_t size) {
  char full[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  if (MPI_Get_library_version(full, &length) != MPI_SUCCESS)
    strcpy(full, "unknown");
  copy(text, size, full);
}

#else

// A translation unit must not be empty.
typedef int pgp_built_without_mpi;

#endif
