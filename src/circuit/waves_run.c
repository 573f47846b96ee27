/* Simulation in time: see waves.h.
 *
 * Events wait in slots, one of a signal and tick, in lists by tick.  At most one event of a signal and lane is on its
 * way: looking at a cell again either leaves it, or, where the output would be what it is, takes it back.
 */
#include "waves.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { MODES = 4 }; /* values of a mode word */

int wave_batches_open(wave_batches *b, const qy_circuit *c)
{
  *b = (wave_batches){.value = qy_alloc_lines(2 * c->bits->count, sizeof *b->value)};
  return b->value ? 0 : -1;
}

void wave_batches_close(wave_batches *b)
{
  free(b->value);
}

void wave_batches_take(wave_batches *b, const lanes *l)
{
  assert(b->count < WAVE_BATCHES);
  const size_t signals = 2 * l->c->bits->count;
  for (size_t s = 0; s < signals; s++)
    for (int k = b->count; k < (b->count ? b->count + 1 : WAVE_BATCHES); k++)
      b->value[s][k] = l->value[s];
  b->cycles[b->count] = l->cycles < LANES ? qy_word_mask(l->cycles) : ~UINT64_C(0);
  b->moves[b->count++] = lanes_moves(l);
}

static inline size_t wake(waves *w, uint32_t cell, size_t woken)
{
  if (!w->awake[cell]) w->woken[woken++] = cell;
  w->awake[cell] = true;
  return woken;
}

/* ---- one copy for each set of instructions: all compute the same */

#define PASS_NAME(f) f##_plain
#define PASS_CODE    static inline __attribute__((always_inline))
#define PASS_APART   static
#define PASS_NONE(x) (((x)[0] | (x)[1] | (x)[2] | (x)[3]) == 0)
#include "waves_pass.h"

#ifdef __x86_64__
#include <immintrin.h>
#define PASS_NAME(f) f##_avx2
#define PASS_CODE    static inline __attribute__((always_inline, target("avx2")))
#define PASS_APART   static __attribute__((target("avx2")))
#define PASS_NONE(x) _mm256_testz_si256((__m256i)(x), (__m256i)(x))
#include "waves_pass.h"
#endif

void waves_run_with(qy_lane_set set, waves *w, qy_layout layout, const wave_batches *b, int64_t *toggles)
{
  assert(w && b && b->count > 0 && toggles);
  const wave_delays *d = &w->delays[layout];
#ifdef __x86_64__
  if (set >= QY_LANE_SET_AVX2)
    run_avx2(w, d, b, toggles);
  else
#endif
    run_plain(w, d, b, toggles);
  (void)set;
}

void waves_run(waves *w, qy_layout layout, const wave_batches *b, int64_t *toggles)
{
  waves_run_with(qy_lane_set_best(), w, layout, b, toggles);
}
