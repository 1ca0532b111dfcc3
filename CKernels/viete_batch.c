#include "CPerfGateKernels.h"
#include "pgp_opaque.h"
#include <stdbool.h>
#include <string.h>

PGP_DEFINE_BUILD_PROBE(ck_viete_batch)

enum {
  most_chains = CK_VIETE_BATCH_MOST,
  // Four vectors of eight numbers.
  most_lanes = 32,
};

// Makes `steps` steps in every lane of 1 to 4 vectors.
typedef void advance_vectors(double *a, double *p, size_t vectors, int64_t steps);

// The loop for COUNT vectors, all of them in registers.
#define DEFINE_LOOP(NAME, TARGET, VECTOR, COUNT)                                                   \
  TARGET static void NAME(double *as, double *ps, int64_t steps) {                                 \
    VECTOR a[COUNT], p[COUNT];                                                                     \
    memcpy(a, as, sizeof a);                                                                       \
    memcpy(p, ps, sizeof p);                                                                       \
    if (COUNT > 1) {                                                                               \
      ck_wait_for_loads();                                                                         \
    }                                                                                              \
    for (int64_t i = 0; i < steps; i++) {                                                          \
      _Pragma("clang loop unroll(full)") for (int v = 0; v < COUNT; v++) {                         \
        a[v] = __builtin_elementwise_sqrt(2.0 + a[v]);                                             \
        p[v] = p[v] * a[v] / 2.0;                                                                  \
      }                                                                                            \
    }                                                                                              \
    memcpy(as, a, sizeof a);                                                                       \
    memcpy(ps, p, sizeof p);                                                                       \
  }

#define DEFINE_ADVANCE(SET, TARGET, VECTOR)                                                        \
  DEFINE_LOOP(advance1_##SET, TARGET, VECTOR, 1)                                                   \
  DEFINE_LOOP(advance2_##SET, TARGET, VECTOR, 2)                                                   \
  DEFINE_LOOP(advance3_##SET, TARGET, VECTOR, 3)                                                   \
  DEFINE_LOOP(advance4_##SET, TARGET, VECTOR, 4)                                                   \
  TARGET static __attribute__((noinline)) void advance_##SET(double *a, double *p, size_t vectors, \
                                                             int64_t steps) {                      \
    switch (vectors) {                                                                             \
    case 1:                                                                                        \
      advance1_##SET(a, p, steps);                                                                 \
      break;                                                                                       \
    case 2:                                                                                        \
      advance2_##SET(a, p, steps);                                                                 \
      break;                                                                                       \
    case 3:                                                                                        \
      advance3_##SET(a, p, steps);                                                                 \
      break;                                                                                       \
    default:                                                                                       \
      advance4_##SET(a, p, steps);                                                                 \
    }                                                                                              \
  }

#if defined(__x86_64__)
DEFINE_ADVANCE(sse2, , ck_doubles2)
DEFINE_ADVANCE(avx2, CK_TARGET("avx2"), ck_doubles4)
DEFINE_ADVANCE(avx512, CK_TARGET(CK_AVX512), ck_doubles8)
#elif defined(__aarch64__)
DEFINE_ADVANCE(neon, , ck_doubles2)
#endif

// What the lanes do in each of the `steps` steps. With chains enough for every lane that is
// McNaughton's wrap-around rule: all chains stand one behind the other on a strip, which is cut
// into pieces of `steps` steps, one for each lane.
//
// No chain is in two lanes at once. Its part at the end of lane l comes first on the strip, but
// runs last: its rest begins lane l + 1, at step 0. If that part takes the steps from b to T of its
// lane and the rest those from 0 to e, then the chain has T - b + e iterations. No chain has more
// than T, so e <= b: the rest is over when the part at the end begins, perhaps in that same step.
//
// Source: R. McNaughton, Scheduling with deadlines and loss functions, Management Science 6, 1959.
typedef struct window {
  const int64_t *iterations;
  size_t count;
  size_t vectors;
  size_t lanes;
  int64_t steps;
  // Whether a lane takes one chain after the other; otherwise every chain has its own.
  bool wraps;
  // The values of the chains that are in no lane at the moment.
  double chain_a[most_chains];
  double chain_p[most_chains];
  // The values in the lanes; those of a lane without a chain are not used.
  double a[most_lanes];
  double p[most_lanes];
  // The chain in each lane, `count` for none, and the step in which it leaves.
  size_t chain[most_lanes];
  int64_t end[most_lanes];
} window;

static int64_t iterations_of(const window *w, size_t chain) {
  return w->iterations[chain] > 0 ? w->iterations[chain] : 0;
}

// Puts a chain (or, with `count`, none) into a lane, up to the step `end`.
static void put(window *w, size_t lane, size_t chain, int64_t end) {
  w->chain[lane] = chain;
  w->end[lane] = chain < w->count ? end : w->steps;
  if (chain < w->count) {
    w->a[lane] = w->chain_a[chain];
    w->p[lane] = w->chain_p[chain];
  }
}

// Keeps the values of the chain that leaves a lane.
static void save(window *w, size_t lane) {
  const size_t chain = w->chain[lane];
  if (chain < w->count) {
    w->chain_a[chain] = w->a[lane];
    w->chain_p[chain] = w->p[lane];
  }
}

// The next chain at or behind `chain` that has any iterations; `count` if there is none.
static size_t next_chain(const window *w, size_t chain) {
  while (chain < w->count && iterations_of(w, chain) == 0) {
    chain++;
  }
  return chain;
}

// Decides how many steps all lanes make, and gives each its first chain.
static void begin(window *w) {
  int64_t sum = 0;
  w->steps = 0;
  for (size_t chain = 0; chain < w->count; chain++) {
    const int64_t iterations = iterations_of(w, chain);
    sum += iterations;
    w->steps = iterations > w->steps ? iterations : w->steps;
    // Each from memory of its own, so that no compiler can merge equal chains.
    w->chain_a[chain] = pgp_opaque_double(0.0);
    w->chain_p[chain] = pgp_opaque_double(1.0);
  }
  const int64_t lanes = (int64_t)w->lanes;
  const int64_t shared = sum / lanes + (sum % lanes != 0);
  if (w->wraps && shared > w->steps) {
    w->steps = shared;
  }
  // How far the strip reaches into the lane.
  int64_t filled = 0;
  size_t chain = w->wraps ? next_chain(w, 0) : 0;
  for (size_t lane = 0; lane < w->lanes; lane++) {
    // Values for a lane that never has a chain: they converge as those of any chain.
    w->a[lane] = 0.0;
    w->p[lane] = 1.0;
    if (!w->wraps) {
      const bool runs = lane < w->count && iterations_of(w, lane) > 0;
      put(w, lane, runs ? lane : w->count, runs ? iterations_of(w, lane) : 0);
      continue;
    }
    if (filled == 0) {
      put(w, lane, chain, chain < w->count ? iterations_of(w, chain) : 0);
    } else {
      put(w, lane, chain, filled);
      chain = next_chain(w, chain + 1);
    }
    while (chain < w->count && iterations_of(w, chain) <= w->steps - filled) {
      filled += iterations_of(w, chain);
      chain = next_chain(w, chain + 1);
    }
    // A chain that does not fit is cut if the lane has room for a part of it.
    const bool cut = chain < w->count && filled < w->steps;
    filled = cut ? iterations_of(w, chain) - (w->steps - filled) : 0;
  }
}

// Gives a lane the chain that follows on the strip.
static void follow(window *w, size_t lane, int64_t now) {
  const size_t chain = w->wraps ? next_chain(w, w->chain[lane] + 1) : w->count;
  const int64_t room = w->steps - now;
  const int64_t left = chain < w->count ? iterations_of(w, chain) : 0;
  put(w, lane, chain, now + (left < room ? left : room));
}

static void run(window *w, advance_vectors *advance) {
  begin(w);
  int64_t now = 0;
  while (now < w->steps) {
    int64_t next = w->steps;
    for (size_t lane = 0; lane < w->lanes; lane++) {
      next = w->end[lane] < next ? w->end[lane] : next;
    }
    advance(w->a, w->p, w->vectors, next - now);
    now = next;
    // All leave before any enters: a chain may go from one lane to another in the same step.
    for (size_t lane = 0; lane < w->lanes; lane++) {
      if (w->end[lane] == now) {
        save(w, lane);
      }
    }
    for (size_t lane = 0; lane < w->lanes && now < w->steps; lane++) {
      if (w->end[lane] == now) {
        follow(w, lane, now);
      }
    }
  }
}

static void run_all(const int64_t *iterations, uint64_t *results, size_t count, size_t lanes,
                    advance_vectors *advance) {
  const size_t parts = (count + most_chains - 1) / most_chains;
  for (size_t part = 0; part < parts; part++) {
    const size_t first = count * part / parts;
    window w;
    w.iterations = iterations + first;
    w.count = count * (part + 1) / parts - first;
    const size_t needed = (w.count + lanes - 1) / lanes;
    // A fourth vector fills the unit for roots, but only if its lanes have work: three nearly fill
    // it. (Where that is not so, 4 vectors would be faster for batches just below their number of
    // lanes: 31 chains of 8 lanes by 12 % on Zen 5.)
    w.vectors = w.count >= 4 * lanes ? 4 : (needed < 3 ? needed : 3);
    w.lanes = w.vectors * lanes;
    w.wraps = w.count > w.lanes;
    run(&w, advance);
    for (size_t chain = 0; chain < w.count; chain++) {
      const double pi = w.iterations[chain] < 0 ? __builtin_nan("") : 2.0 / w.chain_p[chain];
      memcpy(results + first + chain, &pi, sizeof pi);
    }
  }
}

#define DEFINE_BATCH(SET, LANES)                                                                   \
  void ck_viete_batch_##SET(const int64_t *_Nonnull iterations, uint64_t *_Nonnull results,        \
                            size_t count) {                                                        \
    run_all(iterations, results, count, LANES, advance_##SET);                                     \
  }

#if defined(__x86_64__)
DEFINE_BATCH(sse2, 2)
DEFINE_BATCH(avx2, 4)
DEFINE_BATCH(avx512, 8)
#elif defined(__aarch64__)
DEFINE_BATCH(neon, 2)
#endif
