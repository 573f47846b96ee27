/* Counts of circuits, each found once: see fpga_counts.h. */
#include "fpga_counts.h"
#include "component.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct fpga_counts {
  qy_arena *arena; /* of the texts */
  fpga_counted *entry;
  size_t count, capacity;
  uint32_t *slot; /* [slots] 1 + place of an entry, 0: free; probed from the hash on */
  size_t slots;   /* a power of two, more than twice the entries */
};

enum { SLOTS_FIRST = 256 };

fpga_counts *fpga_counts_new(void)
{
  fpga_counts *c = qy_alloc(1, sizeof *c);
  if (!c) return NULL;
  c->arena = qy_arena_new();
  c->slots = SLOTS_FIRST;
  c->slot = qy_alloc(c->slots, sizeof *c->slot);
  if (c->arena && c->slot) return c;
  fpga_counts_free(c);
  return NULL;
}

void fpga_counts_free(fpga_counts *c)
{
  if (!c) return;
  qy_arena_free(c->arena);
  free(c->entry);
  free(c->slot);
  free(c);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
  do
    hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3); /* FNV-1a, the closing NUL included */
  while (*text++);
  return hash;
}

static size_t hash_of(const char *kind, const char *params, const qy_fpga_how *how)
{
  const uint64_t hash = hash_text(hash_text(UINT64_C(0xcbf29ce484222325), kind), params);
  const unsigned choice = (unsigned)how->family << 8 | (unsigned)how->toolchain << 4 | (unsigned)how->slice << 2 |
                          (unsigned)how->use_dsp << 1 | (unsigned)how->rows;
  return (size_t)((hash ^ choice) * UINT64_C(0x9e3779b97f4a7c15) >> 16);
}

static bool same_how(const qy_fpga_how *a, const qy_fpga_how *b)
{
  return a->family == b->family && a->slice == b->slice && a->toolchain == b->toolchain && a->use_dsp == b->use_dsp &&
         a->rows == b->rows;
}

/* The circuit's slot, or the free one where it belongs. */
static uint32_t *find(const fpga_counts *c, const char *kind, const char *params, const qy_fpga_how *how)
{
  for (size_t at = hash_of(kind, params, how);; at++) {
    uint32_t *slot = &c->slot[at & (c->slots - 1)];
    if (!*slot) return slot;
    const fpga_counted *e = &c->entry[*slot - 1];
    if (strcmp(e->kind, kind) == 0 && strcmp(e->params, params) == 0 && same_how(&e->how, how)) return slot;
  }
}

/* Room for one more entry. */
static qy_status make_room(fpga_counts *c, qy_error *err)
{
  if (qy_grow((void **)&c->entry, &c->capacity, c->count + 1, sizeof *c->entry) != 0) return qy_no_memory(err);
  if (2 * (c->count + 1) < c->slots) return QY_OK;
  uint32_t *slot = qy_alloc(2 * c->slots, sizeof *slot);
  if (!slot) return qy_no_memory(err);
  free(c->slot);
  c->slot = slot;
  c->slots *= 2;
  for (size_t i = 0; i < c->count; i++) {
    const fpga_counted *e = &c->entry[i];
    *find(c, e->kind, e->params, &e->how) = (uint32_t)i + 1;
  }
  return QY_OK;
}

static qy_status copy_text(const char **to, const char *text, qy_arena *arena, qy_error *err)
{
  *to = text ? qy_arena_text(arena, text, strlen(text)) : NULL;
  return text && !*to ? qy_no_memory(err) : QY_OK;
}

static qy_status count_once(fpga_counted *e, qy_arena *arena, qy_arena *scratch, qy_error *err)
{
  qy_circuit *circuit;
  const char *reason = NULL;
  qy_status status = component_circuit(&circuit, e->kind, e->params, &reason, scratch, err);
  if (status == QY_INFEASIBLE) return copy_text(&e->reason, reason, arena, err);
  return status ? status : qy_circuit_fpga(&e->count, circuit, &e->how, err);
}

qy_status fpga_count(const fpga_counted **counted, fpga_counts *c, const char *kind, const char *params,
                     const qy_fpga_how *how, qy_arena *scratch, qy_error *err)
{
  assert(counted && c && kind && params && how && scratch);
  qy_status status = make_room(c, err);
  if (status) return status;
  uint32_t *slot = find(c, kind, params, how);
  if (!*slot) {
    fpga_counted e = {.how = *how};
    status = copy_text(&e.kind, kind, c->arena, err);
    if (!status) status = copy_text(&e.params, params, c->arena, err);
    if (!status) status = count_once(&e, c->arena, scratch, err);
    if (status) return status;
    c->entry[c->count++] = e;
    *slot = (uint32_t)c->count;
  }
  *counted = &c->entry[*slot - 1];
  return QY_OK;
}
