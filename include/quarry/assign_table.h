/* Tables of layers, options and costs, as problems of assignment.
 *
 * Format: CSV (quarry/csv.h), one row for each option of each layer, in any order: columns `layer` and `option`
 * (names), and one column for each cost, numbers from 0 on that add up over the layers; their unit is the user's.
 * Layers may be tied: they then take the option of the same name.  A layer may be fixed to an option.
 * Ownership: everything lives in the arena given to qy_assign_table_read.
 */
#ifndef QUARRY_ASSIGN_TABLE_H
#define QUARRY_ASSIGN_TABLE_H

#include "quarry/alloc.h"
#include "quarry/assign.h"
#include "quarry/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct qy_assign_table {
  const char *file;
  size_t layers;
  const char **layer;  /* [layers], in the order in which they first stand in the file */
  int *line;           /* [layers]: where */
  size_t *first;       /* [layers + 1]: rows [first[l], first[l + 1]) are the options of layer l, as in the file */
  const char **option; /* [rows] */
  int costs;
  const char *cost_name[QY_ASSIGN_COSTS_MAX];
  double *cost[QY_ASSIGN_COSTS_MAX]; /* [rows] */
  size_t *leader;                    /* [layers]: the first layer of those it is tied with, itself if none */
  size_t *fixed;                     /* [layers]: its row, or SIZE_MAX */
  qy_arena *arena;
} qy_assign_table;

/* Read a table.  QY_BAD_INPUT, with place: no such columns, no cost, a cost that is no number or out of range, an
 * option of a layer twice, no row, too many of anything. */
qy_status qy_assign_table_read(qy_assign_table *table, const char *file, qy_arena *arena, qy_error *err);

/* Tie the layers of "a,b,c", at least two; ties add up.  QY_BAD_INPUT: unknown layer, fewer than two; layers whose
 * options have not the same names are an error at the row of the layer. */
qy_status qy_assign_table_tie(qy_assign_table *table, const char *layers, qy_error *err);

/* Fix a layer, and those tied with it, as said by "LAYER=OPTION".  QY_BAD_INPUT: unknown layer or option, or fixed
 * otherwise before. */
qy_status qy_assign_table_fix(qy_assign_table *table, const char *text, qy_error *err);

/* Index of a cost, or -1 with the nearest name in the message, which begins with `what`. */
int qy_assign_table_cost(const qy_assign_table *table, const char *what, const char *name, qy_error *err);

/* The problem that the table, its ties and its fixed layers are, and of each layer the place of its group. */
typedef struct qy_assign_groups {
  qy_assign_problem problem;
  size_t *group_of;   /* [layers] */
  const size_t *rows; /* of option o of the problem: its row at the first layer of the group */
} qy_assign_groups;

/* QY_BAD_INPUT: layers that are tied are fixed to different options. */
qy_status qy_assign_table_groups(qy_assign_groups *groups, const qy_assign_table *table, qy_error *err);

/* Name of the option that a choice gives to a layer. */
const char *qy_assign_table_chosen(const qy_assign_table *table, const qy_assign_groups *groups, const uint16_t *choice,
                                   size_t layer);

#endif
