/* Looking up the tables of a Liberty library: linear interpolation on up to three axes, the end segments prolonged. */
#include "liberty_int.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AXIS_MAX = 64, VALUES_MAX = AXIS_MAX * AXIS_MAX };

const lib_table *lib_find_table(const lib_arc *arc, lib_table_kind kind)
{
  assert(arc);
  for (const lib_table *t = arc->table; t; t = t->next) {
    if (t->kind == kind && t->values.length > 0) return t;
  }
  return NULL;
}

/* Numbers between quotes, commas, blanks and continuations; -1: something else or too many. */
static int read_numbers(qy_piece text, double *out, int max)
{
  int count = 0;
  const char *at = text.at, *end = text.at + text.length;
  while (at < end) {
    if (strchr(" ,\"\\\n\r\t", *at)) {
      at++;
      continue;
    }
    qy_piece number = {at, 0};
    while (at < end && !strchr(" ,\"\\\n\r\t", *at))
      at++;
    number.length = (size_t)(at - number.at);
    if (count == max || !piece_number(number, &out[count++])) return -1;
  }
  return count;
}

static qy_status bad_table(const lib_model *m, const lib_cell *cell, qy_piece place, const char *expected)
{
  return qy_liberty_fail(cell->library->source, place.at, m->err, "cell %s: expected %s",
                         piece_text(cell->name, m->arena), expected);
}

/* Segment of a sorted axis and the place in it; outside 0..1 beyond the ends. */
static double locate(const double *axis, int count, double x, int *segment)
{
  int k = 0;
  if (count < 2) {
    *segment = 0;
    return 0;
  }
  while (k < count - 2 && x >= axis[k + 1])
    k++;
  *segment = k;
  return (x - axis[k]) / (axis[k + 1] - axis[k]);
}

static const lib_template *find_template(const lib_library *l, qy_piece name)
{
  for (const lib_template *t = l->template; t; t = t->next) {
    if (piece_same(t->name, name)) return t;
  }
  return NULL;
}

/* What an axis stands for, in the file's unit. */
static bool axis_place(double *x, const lib_library *l, qy_piece variable, double load_ff, double slew_ps)
{
  char name[64];
  if (variable.length == 0 || variable.length >= sizeof name) return false;
  memcpy(name, variable.at, variable.length);
  name[variable.length] = '\0';
  bool load = strstr(name, "capacitance"), slew = strstr(name, "transition");
  *x = load ? load_ff / l->cap_ff : slew_ps / l->time_ps;
  return load || slew;
}

qy_status lib_lookup(const lib_model *m, const lib_cell *cell, const lib_table *table, double load_ff, double slew_ps,
                     double *value)
{
  assert(m && cell && table && value);
  static const lib_template none;
  const lib_library *l = cell->library;
  const lib_template *t = find_template(l, table->template);
  double data[VALUES_MAX], axis[LIB_AXES][AXIS_MAX], place[LIB_AXES];
  int count[LIB_AXES], segment[LIB_AXES], total = 1, axes = 0;
  if (!t && table->template.length > 0 && !piece_is(table->template, "scalar"))
    return bad_table(m, cell, table->template, "a template that the library defines for this table");
  if (!t) t = &none;
  for (int i = 0; i < LIB_AXES; i++) {
    qy_piece index = table->index[i].length ? table->index[i] : t->index[i];
    double x;
    if (index.length == 0) break;
    if ((count[axes] = read_numbers(index, axis[axes], AXIS_MAX)) < 1)
      return bad_table(m, cell, index, "1 to 64 numbers in an index");
    for (int k = 1; k < count[axes]; k++) {
      if (!(axis[axes][k] > axis[axes][k - 1])) return bad_table(m, cell, index, "an index that rises");
    }
    if (!axis_place(&x, l, t->variable[i], load_ff, slew_ps))
      return bad_table(m, cell, table->values, "a table template with a load or a transition time on this axis");
    place[axes] = locate(axis[axes], count[axes], x, &segment[axes]);
    total *= count[axes];
    axes++;
    if (total > VALUES_MAX) return bad_table(m, cell, index, "at most 4096 values in a table");
  }
  if (read_numbers(table->values, data, VALUES_MAX) != total)
    return bad_table(m, cell, table->values, "one finite number for each place of the table's index");
  /* Sum over the corners of the cell, each with the product of its weights. */
  double sum = 0;
  for (int corner = 0; corner < 1 << axes; corner++) {
    double weight = 1;
    int at = 0;
    for (int i = 0; i < axes; i++) {
      int high = corner >> i & 1;
      weight *= high ? place[i] : 1 - place[i];
      at = at * count[i] + (high && count[i] > 1 ? segment[i] + 1 : segment[i]);
    }
    if (weight != 0) sum += weight * data[at];
  }
  *value = sum;
  if (!isfinite(sum)) return bad_table(m, cell, table->values, "a table with a finite value here");
  return QY_OK;
}
