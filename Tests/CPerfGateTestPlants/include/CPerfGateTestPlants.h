#ifndef CPERFGATE_TEST_PLANTS_H
#define CPERFGATE_TEST_PLANTS_H

#include <stdint.h>

// What tests need and Swift cannot write: threads that end, writes to nowhere, loops that a C
// compiler deletes. Built with -fno-math-errno, without which a discarded square root stays.

// Ends the calling thread through the C library, with all that this runs.
void pgt_exit_thread(void);

// Ends the calling thread behind the C library's back, as a killed one would.
void pgt_exit_thread_by_system_call(void);

// Writes to address 0.
void pgt_write_to_null(void);

// Starts this many processes that sleep, by fork.
void pgt_fork_sleepers(int count);

// Lets another thread write to address 0 after this time.
void pgt_die_later(unsigned microseconds);

// Viete's series as an honest kernel does it: 2 / p after n iterations.
double pgt_series(int64_t iterations);

// The same loop with its result thrown away; returns the answer that it is handed.
double pgt_discarded_series(int64_t iterations, double answer);

#endif
