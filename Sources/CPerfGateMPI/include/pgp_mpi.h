#ifndef PGP_MPI_H
#define PGP_MPI_H

// What MPI's own header defines as macros, which Swift cannot import. Only builds with the trait
// MPI have these functions.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A rank of a job that `mpirun` or `srun` started. One thread makes all calls, but for
// `pgp_mpi_abort`; where `is_serialized`, others may, one at a time. Results: 0, or an error code
// of MPI, whose text `pgp_mpi_error_text` tells.
typedef struct {
  // This rank's number, from 0.
  int rank;
  // How many ranks there are.
  int size;
  // Whether calls may come from several threads, one at a time.
  bool is_serialized;
  // The window with the counter of rank 0; what it is, only this library knows.
  uint64_t window;
} pgp_mpi_job;

// A message that waits to be received.
typedef struct {
  int rank;
  int tag;
  size_t bytes;
} pgp_mpi_envelope;

// Joins the job, and opens the window.
int pgp_mpi_start(pgp_mpi_job *_Nonnull job);

// Leaves the job; waits for all other ranks to do so.
int pgp_mpi_end(pgp_mpi_job *_Nonnull job);

// Ends all ranks. May be called on any thread.
void pgp_mpi_abort(int status);

// Gives each rank the `bytes` of every rank, in their order: `all` has room for `size` times
// `bytes`.
int pgp_mpi_share(const void *_Nonnull own, void *_Nonnull all, size_t bytes);

// Sends a message. Returns once `bytes` may be changed; long messages wait for their receiver.
int pgp_mpi_send(const void *_Nonnull bytes, size_t count, int rank, int tag);

// Whether a message waits; `rank` and `tag` below 0: any. Does not block, and lets MPI work.
int pgp_mpi_probe(int rank, int tag, bool *_Nonnull found, pgp_mpi_envelope *_Nonnull message);

// Receives a message of at most `count` bytes; blocks until it is there.
int pgp_mpi_receive(void *_Nonnull bytes, size_t count, int rank, int tag);

// Adds to the counter of rank 0 and tells what it was.
int pgp_mpi_draw(const pgp_mpi_job *_Nonnull job, int64_t count, int64_t *_Nonnull first);

// Sets the counter, while nobody adds to it.
int pgp_mpi_set_counter(const pgp_mpi_job *_Nonnull job, int64_t value);

// The text of an error code, cut to `size` bytes.
void pgp_mpi_error_text(int code, char *_Nonnull text, size_t size);

// Name and version of the library, cut to `size` bytes.
void pgp_mpi_library(char *_Nonnull text, size_t size);

#endif
