/* Tables say the same whatever the order of their columns, and whatever else they have: some rows of each table, its
 * columns turned round, one more that nothing reads among them. */
#include "files.h"
#include "some_rows.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

enum { COLUMNS_MAX = 64 };
static qy_arena *arena;

/* Where the cells of a line begin, and behind the last one; commas in quotes part none. */
static int cells_of(const char *line, size_t length, const char *cell[COLUMNS_MAX + 1])
{
  int count = 0;
  bool quoted = false;
  cell[count++] = line;
  for (size_t i = 0; i < length; i++) {
    quoted ^= line[i] == '"';
    if (line[i] == ',' && !quoted && count < COLUMNS_MAX) cell[count++] = line + i + 1;
  }
  cell[count] = line + length + 1;
  return count;
}

/* Columns `by` and on first, then, where the table may have others, one of its own, then those before; the number of
 * columns. */
static int turned(char *out, const char *text, int by, bool others)
{
  int columns = 0;
  *out = '\0';
  for (const char *line = text; *line;) {
    const char *cell[COLUMNS_MAX + 1];
    const size_t length = strcspn(line, "\r\n");
    columns = cells_of(line, length, cell);
    for (int k = 0; k < columns; k++) {
      const int c = (by + k) % columns;
      if (c == 0 && others) strcat(out, k ? ",nothing" : "nothing");
      sprintf(out + strlen(out), "%s%.*s", k || (c == 0 && others) ? "," : "", (int)(cell[c + 1] - 1 - cell[c]),
              cell[c]);
    }
    strcat(out, "\n");
    line += length + strspn(line + length, "\r\n");
  }
  return columns;
}

static bool same(const qy_validate_report *a, const qy_validate_report *b)
{
  bool is = a->rows == b->rows && a->compared == b->compared && a->skipped == b->skipped &&
            a->mismatches == b->mismatches && a->zeros == b->zeros && a->with_wires == b->with_wires &&
            a->without_wires == b->without_wires && a->stratum_count == b->stratum_count &&
            a->skip_count == b->skip_count && a->omit_count == b->omit_count && a->worst_count == b->worst_count;
  for (size_t i = 0; is && i < a->stratum_count; i++) {
    const qy_validate_stratum *x = &a->stratum[i], *y = &b->stratum[i];
    is = strcmp(x->quantity, y->quantity) == 0 && strcmp(x->kind, y->kind) == 0 &&
         strcmp(x->library, y->library) == 0 && strcmp(x->flow, y->flow) == 0 && x->count == y->count &&
         x->bias_pct == y->bias_pct && x->max_pct == y->max_pct;
  }
  for (size_t i = 0; is && i < a->worst_count; i++) {
    const qy_validate_row *x = &a->worst[i], *y = &b->worst[i];
    is = strcmp(x->quantity, y->quantity) == 0 && strcmp(x->params, y->params) == 0 && x->line == y->line &&
         x->measured == y->measured && x->model == y->model;
  }
  return is;
}

static const qy_validate_report *check(const char *what, validation *run, const char *text, bool others)
{
  static char out[2 * TEXT];
  qy_validate_report *plain = NULL;
  int columns = 1, differ = 0;
  for (int by = -1; by<columns; by += columns> 24 ? 4 : 1) { /* of many columns some */
    char file[] = "/tmp/quarry-order-XXXXXX.csv";
    qy_error err = {0};
    qy_validate_report *r = NULL;
    if (by >= 0) columns = turned(out, text, by, others);
    if (!write_new_file(file, 4, by < 0 ? text : out)) return NULL;
    const qy_status status = run(&r, file, arena, &err);
    unlink(file);
    if (by < 0 && !ok(!status && r->compared > 0, "%s: %zu rows of %zu are compared%s", what, status ? 0 : r->compared,
                      status ? 0 : r->rows, status ? err.diagnostic[0].text : ""))
      return NULL;
    if (by < 0)
      plain = r;
    else if (status || !same(plain, r))
      differ++, printf("# from column %d on: %s\n", by, status ? err.diagnostic[0].text : "another report");
    qy_error_clear(&err);
  }
  ok(differ == 0, "%s: %d orders of %d columns say something else", what, differ, columns);
  return plain;
}

int main(void)
{
  static char text[TEXT];
  arena = qy_arena_new();
  for (size_t i = 0; i < TABLES; i++) {
    some_rows(text, tables[i].file, tables[i].step, tables[i].rows);
    check(tables[i].what, tables[i].run, text, true);
  }
  check("energies of a cycle", synthesis,
        "component,kind,params,library,flow,stimulus,energy_pj_per_cycle,wires\n"
        "r,reg2,w=8,fdsoi28,lean,random,1,with\nr,reg2,w=8,fdsoi28,lean,random,1,without\n",
        true);
  const qy_validate_report *r =
      check("two delays", synthesis,
            "kind,params,library,flow,stimulus,area_um2,energy_pj_per_op,delay_ns,delay_own_sta_ns\n"
            "mul_u,n=8 m=8,sky130hd,lean,random,900,1,7,5\n",
            true);
  for (size_t i = 0; r && i < r->worst_count; i++)
    if (strcmp(r->worst[i].quantity, "delay_ns") == 0)
      near_abs(r->worst[i].measured, 5, 0, "the delay without wires is taken");
  check("arrays", arrays,
        "array,unrolling,clock_mhz,area_um2,area_sequential_um2,area_combinational_um2,power_8x8_mw,power_2x2_mw\n"
        "BITFUSION,FU,200,100000,20000,80000,9,8\nBITBLADE,SWU,200,90000,10000,70000,,7\n",
        false);
  check("one figure", arrays, "area_um2,array,unrolling,clock_mhz\n100000,BITFUSION,FU,200\n", false);
  qy_arena_free(arena);
  return done();
}
