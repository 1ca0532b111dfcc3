#include "pgp_counters.h"

#include <stddef.h>

// Defined only in programs that are linked with the counters.
extern const pgp_counter_functions pgp_linked_counters __attribute__((weak));

const pgp_counter_functions *pgp_counters(void) { return &pgp_linked_counters; }
