#ifndef PGP_INSTRUCTIONS_H
#define PGP_INSTRUCTIONS_H

#include <stdint.h>

// The instructions that a program executes in user mode: counted by the processor, on all of its
// threads, or by valgrind's tool callgrind where the program runs under that, on the calling one.

// Where valgrind's tool is told to write, in a variable of this name.
#define PGP_CALLGRIND_VARIABLE "PERFGATE_CALLGRIND_FILE"

// Whether this process runs under valgrind.
int pgp_on_valgrind(void);

// Why the processor's counter cannot be had: 0 if it can, otherwise an error number.
int pgp_instructions_error(void);

// Lets another event of the kernel take the place of the processor's counter, by the type and
// number of `perf_event_open`, so that all else can be tested where there is no such counter. Not
// for two threads at once.
void pgp_plant_instructions(uint32_t type, uint64_t event);

// Begins to count (1) or ends (0). Returns 0, or an error number. Not for two threads at once.
int pgp_count_instructions(int on);

// The instructions since counting began, up to a constant. To be called before and after what is
// counted, on the same thread: valgrind counts nothing else. All ones if they could not be read.
uint64_t pgp_read_instructions(void);

#endif
