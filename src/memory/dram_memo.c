/* Events of traffic that was asked for before: see schedule_dram.h. */
#include "quarry/schedule_dram.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct answer {
  qy_dram_system system;
  size_t count;
  qy_dram_stream stream[QY_DRAM_STREAMS_MAX];
  qy_dram_events events;
} answer;

struct qy_dram_memo {
  answer **at; /* hash table of `room` places, a power of two or 0; NULL: free */
  size_t count, room;
};

qy_dram_memo *qy_dram_memo_new(void)
{
  return qy_alloc(1, sizeof(qy_dram_memo));
}

void qy_dram_memo_free(qy_dram_memo *memo)
{
  for (size_t i = 0; memo && i < memo->room; i++)
    free(memo->at[i]);
  if (memo) free(memo->at);
  free(memo);
}

static uint64_t mix(uint64_t hash, double x)
{
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  hash ^= bits;
  hash *= UINT64_C(0x9e3779b97f4a7c15); /* 2^64 over the golden ratio */
  return hash ^ (hash >> 29);
}

static uint64_t hash_of(const qy_dram_traffic *traffic)
{
  uint64_t hash = traffic->count;
  for (size_t i = 0; i < traffic->count; i++) {
    const qy_dram_stream *s = &traffic->stream[i];
    hash = mix(mix(mix(hash, s->bytes), s->run_bytes), s->pitch_bytes + (s->write ? 0.5 : 0));
  }
  return hash;
}

static bool same_stream(const qy_dram_stream *a, const qy_dram_stream *b)
{
  return a->bytes == b->bytes && a->write == b->write && a->place == b->place && a->run_bytes == b->run_bytes &&
         a->pitch_bytes == b->pitch_bytes;
}

static bool is_of(const answer *a, const qy_dram_system *system, const qy_dram_traffic *traffic)
{
  const qy_dram_system *s = &a->system;
  bool same = s->device == system->device && s->controller == system->controller && s->mapping == system->mapping &&
              s->channels == system->channels && s->row_limit == system->row_limit &&
              s->simulated == system->simulated && a->count == traffic->count;
  for (size_t i = 0; same && i < a->count; i++)
    same = same_stream(&a->stream[i], &traffic->stream[i]);
  return same;
}

/* The place of an answer, or a free one. */
static size_t place_of(const qy_dram_memo *m, const qy_dram_system *system, const qy_dram_traffic *traffic)
{
  size_t i = (size_t)hash_of(traffic) & (m->room - 1);
  while (m->at[i] && !is_of(m->at[i], system, traffic))
    i = (i + 1) & (m->room - 1);
  return i;
}

/* Room for one more, half of the places free. */
static bool widen(qy_dram_memo *m)
{
  enum { FIRST_ROOM = 256 };
  if (2 * (m->count + 1) <= m->room) return true;
  qy_dram_memo more = {.room = m->room ? 2 * m->room : FIRST_ROOM, .count = m->count};
  if (!(more.at = qy_alloc(more.room, sizeof *more.at))) return false;
  for (size_t i = 0; i < m->room; i++)
    if (m->at[i]) {
      const qy_dram_traffic traffic = {.stream = m->at[i]->stream, .count = m->at[i]->count};
      more.at[place_of(&more, &m->at[i]->system, &traffic)] = m->at[i];
    }
  free(m->at);
  *m = more;
  return true;
}

void qy_dram_memo_events(qy_dram_events *events, qy_dram_memo *memo, const qy_dram_system *system,
                         const qy_dram_traffic *traffic)
{
  assert(events && traffic && traffic->load == 1 && traffic->least_ns == 0);
  size_t place = 0;
  const bool kept = memo && widen(memo);
  if (kept) {
    place = place_of(memo, system, traffic);
    if (memo->at[place]) {
      *events = memo->at[place]->events;
      return;
    }
  }
  qy_dram_events_of(events, system, traffic);
  answer *a = kept ? qy_alloc(1, sizeof *a) : NULL;
  if (!a) return; /* it is only asked for again */
  *a = (answer){.system = *system, .count = traffic->count, .events = *events};
  memcpy(a->stream, traffic->stream, traffic->count * sizeof *a->stream);
  memo->at[place] = a;
  memo->count++;
}
