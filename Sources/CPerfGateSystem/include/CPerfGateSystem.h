#ifndef CPERFGATE_SYSTEM_H
#define CPERFGATE_SYSTEM_H

#include "pgp_affinity.h"
#include "pgp_build.h"
#include "pgp_bundle.h"
#include "pgp_child.h"
#include "pgp_counters.h"
#include "pgp_dispatch.h"
#include "pgp_frames.h"
#include "pgp_heap.h"
#include "pgp_instructions.h"
#include "pgp_interference.h"
#include "pgp_memory.h"
#include "pgp_numa.h"
#include "pgp_opaque.h"
#include "pgp_policy.h"
#include "pgp_signals.h"
#include "pgp_thread.h"

#endif
