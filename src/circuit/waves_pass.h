/* The simulation in time, included by waves_run.c once for each set of instructions with
 *
 *   PASS_NAME(f)  name of f for this set
 *   PASS_CODE     attributes of its functions
 *   PASS_APART    of its entry
 *   PASS_NONE(x)  are no bits set in this wave_word?
 */
#define CELL_WORD        wave_word
#define CELL_FUNCTION(f) PASS_CODE void PASS_NAME(f)
#include "cell_logic.h"

/* Bits that are set: of each word at most 63, so that their sum fits in a byte. */
PASS_CODE int64_t PASS_NAME(ones)(const wave_word *word)
{
  const uint64_t pairs = UINT64_C(0x5555555555555555), fours = UINT64_C(0x3333333333333333);
  wave_word n = *word;
  n -= n >> 1 & pairs;
  n = (n & fours) + (n >> 2 & fours);
  n = (n + (n >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
  uint64_t sum = 0;
  for (int k = 0; k < WAVE_BATCHES; k++)
    sum += n[k];
  return (int64_t)(sum * UINT64_C(0x0101010101010101) >> 56);
}

PASS_CODE void PASS_NAME(schedule)(waves *w, const wave_delays *d, bit_signal s, unsigned tick, const wave_word *which)
{
  const unsigned at = tick & d->span[s];
  const uint32_t k = d->slot[s] + at;
  if (w->listed[s] >> at & 1) {
    w->event[k] |= *which;
    return;
  }
  w->listed[s] |= UINT32_C(1) << at;
  w->event[k] = *which;
  w->next[k] = w->due[tick % WHEEL];
  w->due[tick % WHEEL] = k;
  w->waiting++;
}

PASS_CODE void PASS_NAME(take_back)(waves *w, const wave_delays *d, bit_signal s, const wave_word *which)
{
  w->pending[s] &= ~*which;
  for (unsigned rest = w->listed[s]; rest; rest &= rest - 1)
    w->event[d->slot[s] + (unsigned)__builtin_ctz(rest)] &= ~*which;
}

/* The lanes of a signal change; who reads it wakes up. */
PASS_CODE size_t PASS_NAME(flip)(waves *w, bit_signal s, const wave_word *which, size_t woken)
{
  const size_t signals = 2 * w->c->bits->count;
  w->now[s] ^= *which;
  if ((size_t)s >= signals) return wake(w, (uint32_t)((size_t)s - signals), woken); /* an inner one */
  for (size_t k = w->first_reader[s]; k < w->first_reader[s + 1]; k++) {
    const uint32_t cell = w->reader[k] >> 1;
    woken = wake(w, cell, woken);
    if (!(w->reader[k] & 1)) w->by_others[cell] |= *which;
  }
  return woken;
}

/* A signal is to have this value: after `others` ticks in these lanes, after `third` in those not among them. */
PASS_CODE void PASS_NAME(aim)(waves *w, const wave_delays *d, bit_signal s, const wave_word *value,
                              const wave_word *by_others, unsigned others, unsigned third)
{
  const wave_word want = *value ^ w->now[s], pending = w->pending[s], back = pending & ~want, fresh = want & ~pending;
  if (PASS_NONE(want ^ pending)) return;
  if (!PASS_NONE(back)) PASS_NAME(take_back)(w, d, s, &back);
  if (PASS_NONE(fresh)) return;
  w->pending[s] |= fresh;
  const wave_word soon = fresh & *by_others, later = fresh & ~*by_others;
  if (!PASS_NONE(soon)) PASS_NAME(schedule)(w, d, s, others, &soon);
  if (!PASS_NONE(later)) PASS_NAME(schedule)(w, d, s, third, &later);
}

/* What a given cell makes of its inputs: an alignment passes one of them on. */
PASS_CODE void PASS_NAME(natural)(wave_word *made, const waves *w, size_t i, const wave_word *value)
{
  const bit_cell *cell = &w->c->bits->cell[i];
  wave_word out[2] = {0};
  if (cell->kind != BIT_ALIGN && cell->kind != BIT_ALIGN_TWICE) {
    PASS_NAME(cell)(cell, value, out);
    *made = out[0];
    return;
  }
  *made = out[0];
  for (int k = 0; k < WAVE_PICKS; k++)
    *made |= value[cell->in[k]] & w->pick[WAVE_PICKS * i + (size_t)k];
}

/* Cycles of the modes in all of whose cycles `differ` is zero. */
PASS_CODE void PASS_NAME(modes_in)(wave_word *in, const wave_word mode[MODES], const wave_word *cycles,
                                   const wave_word *differ)
{
  *in = (wave_word){0};
  for (int k = 0; k < MODES; k++)
    *in |= mode[k] & (wave_word)((*differ & mode[k] & *cycles) == 0);
}

/* The cycles in which the node of a given cell is in each of its modes. */
PASS_CODE void PASS_NAME(find_modes)(const qy_circuit *c, const wave_word *value, const bit_cell *cell,
                                     wave_word mode[MODES])
{
  const bit_signal *bit = c->bits->out[c->node[cell->node].in[2]];
  const wave_word low = value[bit[0]], high = value[bit[1]];
  mode[0] = ~low & ~high;
  mode[1] = low & ~high;
  mode[2] = ~low & high;
  mode[3] = low & high;
}

/* Sub-word modes: where a given cell's value in all cycles of a mode is what its inputs make of it, or the inverse of
 * that, it moves with them; in other modes it is masked, or moves once. */
PASS_CODE void PASS_NAME(find_followers)(waves *w, const wave_delays *d, const wave_batches *b)
{
  for (size_t k = 0; k < d->starts; k++) {
    const size_t i = (size_t)d->start[k].signal >> 1;
    const bit_cell *cell = &w->c->bits->cell[i];
    const wave_word given = b->value[2 * i];
    wave_word mode[MODES], taken = {0}, follow = {0};
    if (!wave_is_evaluated(cell)) continue;
    PASS_NAME(find_modes)(w->c, b->value, cell, mode);
    w->invert[i] = (wave_word){0};
    if (cell->kind == BIT_ALIGN || cell->kind == BIT_ALIGN_TWICE) {
      for (int j = 0; j < WAVE_PICKS; j++) {
        wave_word pick = {0};
        const wave_word differ = b->value[cell->in[j]] ^ given;
        if (cell->in[j] > BIT_ONE) PASS_NAME(modes_in)(&pick, mode, &b->cycles, &differ);
        pick &= ~taken;
        w->pick[WAVE_PICKS * i + (size_t)j] = pick;
        taken |= pick;
        follow |= pick & pick >> 1;
      }
    } else {
      wave_word made, same, invert;
      PASS_NAME(natural)(&made, w, i, b->value);
      const wave_word differ = made ^ given, inverse = ~differ;
      PASS_NAME(modes_in)(&same, mode, &b->cycles, &differ);
      PASS_NAME(modes_in)(&invert, mode, &b->cycles, &inverse);
      w->invert[i] = invert & ~same;
      follow = (same & same >> 1) | (w->invert[i] & w->invert[i] >> 1);
    }
    w->follow[i] = follow & b->moves;
  }
}

/* A cell whose inputs have moved. */
PASS_CODE void PASS_NAME(look)(waves *w, const wave_delays *d, uint32_t i, unsigned tick)
{
  const bit_cell *cell = &w->c->bits->cell[i];
  const wave_word by_others = w->by_others[i], *now = w->now;
  wave_word out[2] = {0};
  if (cell->given) {
    PASS_NAME(natural)(out, w, i, now);
    out[0] = ((out[0] ^ w->invert[i]) & w->follow[i]) | (now[2 * (size_t)i] & ~w->follow[i]);
  } else {
    PASS_NAME(cell)(cell, now, out);
  }
  if (d->inner && wave_has_inner(cell)) {
    const wave_word first = now[cell->in[0]], second = now[cell->in[1]], third = now[cell->in[2]];
    const bit_signal inner = wave_inner_of(w->c->bits, i);
    const wave_word sum = first ^ second;
    PASS_NAME(aim)(w, d, inner, &sum, &by_others, tick + d->inner, tick + d->inner);
    out[0] = now[inner] ^ third;
    out[1] = (first & second) | (now[inner] & third);
  }
  for (int k = 0; k < 2; k++) {
    const bit_signal s = (bit_signal)(2 * i) + k;
    if (cell->used >> k & 1) PASS_NAME(aim)(w, d, s, &out[k], &by_others, tick + d->others[s], tick + d->third[s]);
  }
  w->awake[i] = false;
  w->by_others[i] = (wave_word){0};
}

PASS_APART void PASS_NAME(run)(waves *w, const wave_delays *d, const wave_batches *b, int64_t *toggles)
{
  const bit_net *net = w->c->bits;
  size_t next_start = 0;
  memcpy(w->now, b->value, 2 * net->count * sizeof *w->now);
  PASS_NAME(find_followers)(w, d, b);
  for (size_t i = 1; d->inner && i < net->count; i++)
    if (wave_has_inner(&net->cell[i]))
      w->now[wave_inner_of(net, i)] = w->now[net->cell[i].in[0]] ^ w->now[net->cell[i].in[1]];
  for (unsigned tick = 0; next_start < d->starts || w->waiting > 0; tick++) {
    size_t woken = 0;
    for (; next_start < d->starts && d->start[next_start].tick <= (int)tick; next_start++) {
      const bit_signal s = d->start[next_start].signal;
      const wave_word which = (b->value[s] ^ b->value[s] >> 1) & b->moves & ~w->follow[s >> 1];
      if (PASS_NONE(which)) continue;
      toggles[s] += PASS_NAME(ones)(&which);
      woken = PASS_NAME(flip)(w, s, &which, woken);
    }
    for (uint32_t k = w->due[tick % WHEEL]; k; k = w->next[k]) {
      const bit_signal s = d->owner[k];
      const wave_word which = w->event[k];
      w->listed[s] &= ~(UINT32_C(1) << (k - d->slot[s]));
      w->waiting--;
      if (PASS_NONE(which)) continue;
      w->pending[s] &= ~which;
      if ((size_t)s < 2 * net->count) toggles[s] += PASS_NAME(ones)(&which);
      woken = PASS_NAME(flip)(w, s, &which, woken);
    }
    w->due[tick % WHEEL] = 0;
    for (size_t k = 0; k < woken; k++)
      PASS_NAME(look)(w, d, w->woken[k], tick);
  }
}

#undef PASS_NAME
#undef PASS_CODE
#undef PASS_APART
#undef PASS_NONE
