#ifndef CPERFGATE_KERNELS_H
#define CPERFGATE_KERNELS_H

#include "ck_dispatch.h"
#include "ck_instruction_sets.h"
#include "ck_prefetch.h"
#include "ck_text_length.h"
#include "ck_text_scalars.h"
#include "ck_text_scan.h"
#include "ck_text_vectors.h"
#include "ck_vectors.h"
#include "ck_viete.h"
#include "ck_viete_batch.h"
#include "ck_viete_roots.h"
#include "ck_wait.h"

#endif
