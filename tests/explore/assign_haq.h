/* HAQ's latency table of MobileNetV2 (tests/data/haq_mobilenetv2_latency.csv), read for tests and benchmarks. */
#ifndef QUARRY_TESTS_ASSIGN_HAQ_H
#define QUARRY_TESTS_ASSIGN_HAQ_H

#include "quarry/assign.h"
#include "quarry/csv.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HAQ_LAYERS = 53, HAQ_WIDTHS = 8 };

/* [layer][weight bits][activation bits], units of its simulator at batch 16. */
typedef double haq_latency[HAQ_LAYERS][HAQ_WIDTHS + 1][HAQ_WIDTHS + 1];

typedef struct haq_problem {
  size_t first[HAQ_LAYERS + 1];
  double latency[HAQ_LAYERS * HAQ_WIDTHS * HAQ_WIDTHS];
  double noise[HAQ_LAYERS * HAQ_WIDTHS * HAQ_WIDTHS];
  const double *column[2];
  qy_assign_problem problem; /* costs: latency, noise */
} haq_problem;

/* False: the table could not be read. */
static inline bool haq_read(haq_latency latency)
{
  static const char *const names[] = {"layer", "weight_bits", "activation_bits", "latency"};
  qy_arena *arena = qy_arena_new();
  qy_error err = {0};
  qy_csv csv;
  int index[4];
  bool more = true;
  qy_status status = qy_csv_open(&csv, "tests/data/haq_mobilenetv2_latency.csv", arena, &err);
  if (!status) status = qy_csv_columns(&csv, names, 4, index, &err);
  while (!status && (status = qy_csv_next(&csv, &more, &err)) == QY_OK && more) {
    int64_t layer, w, a;
    double value;
    status = qy_csv_integer(&csv, index[0], 0, HAQ_LAYERS - 1, &layer, &err);
    if (!status) status = qy_csv_integer(&csv, index[1], 1, HAQ_WIDTHS, &w, &err);
    if (!status) status = qy_csv_integer(&csv, index[2], 1, HAQ_WIDTHS, &a, &err);
    if (!status) status = qy_csv_number(&csv, index[3], 0, 1e12, &value, &err);
    if (!status) latency[layer][w][a] = value;
  }
  qy_arena_free(arena);
  return status == QY_OK;
}

/* Noise of a layer, every layer alike: a last resort, for the table has no sensitivities. */
static inline double haq_noise(int w, int a)
{
  return pow(4, -w) + pow(4, -a);
}

/* The first `layers` layers with options of least..8 bits each; `ends_at_8`: first and last layer at 8 bits only. */
static inline void haq_fill(haq_problem *p, haq_latency latency, size_t layers, int least, bool ends_at_8)
{
  size_t o = 0;
  p->first[0] = 0;
  for (size_t l = 0; l < layers; l++) {
    const int low = ends_at_8 && (l == 0 || l == layers - 1) ? HAQ_WIDTHS : least;
    for (int w = low; w <= HAQ_WIDTHS; w++)
      for (int a = low; a <= HAQ_WIDTHS; a++) {
        p->latency[o] = latency[l][w][a];
        p->noise[o++] = haq_noise(w, a);
      }
    p->first[l + 1] = o;
  }
  p->column[0] = p->latency;
  p->column[1] = p->noise;
  p->problem = (qy_assign_problem){.groups = layers, .first = p->first, .costs = 2, .cost = p->column};
}

#endif
