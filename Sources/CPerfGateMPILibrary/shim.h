#ifndef PERFGATE_MPI_LIBRARY_SHIM_H
#define PERFGATE_MPI_LIBRARY_SHIM_H

#include <mpi.h>

#endif
