/* FPGA devices in tables, and elements on them: see fpga_report.h. */
#include "fpga_report.h"

#include "quarry/accelerator.h"
#include "quarry/allocation.h"
#include "quarry/fpga.h"
#include "quarry/lut.h"
#include "quarry/packing.h"

#include <math.h>
#include <stdio.h>

const char *const fpga_columns[FPGA_COLUMNS] = {"device", "title", "family",  "slice", "luts",
                                                "ffs",    "dsps",  "bram18s", "urams"};

qy_status fpga_row(table *t, const char *name, const char *db_dir, qy_arena *arena, qy_error *err)
{
  qy_fpga_device *d;
  qy_status status = qy_fpga_read(&d, db_dir, name, arena, err);
  if (status) return status;
  const qy_constant *c = d->constant;
  table_row(t, TEXT(name), TEXT(d->title), TEXT(qy_fpga_family_names[d->family]), TEXT(qy_dsp_kind_names[d->slice]),
            INTEGER((int64_t)c[QY_FPGA_LUTS].value), INTEGER((int64_t)c[QY_FPGA_FFS].value),
            INTEGER((int64_t)c[QY_FPGA_DSPS].value), INTEGER((int64_t)c[QY_FPGA_BRAM18S].value),
            INTEGER((int64_t)c[QY_FPGA_URAMS].value));
  return QY_OK;
}

int describe_fpga_device(const char *name, const char *db_dir, int format, qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"what", "unit", "value", "low", "high", "status", "source"};
  qy_fpga_device *d = NULL;
  qy_status status = qy_fpga_read(&d, db_dir, name, arena, err);
  if (status) return report(status, err);
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (int i = 0; i < QY_FPGA_CONSTANT_COUNT; i++) {
    const qy_constant *c = &d->constant[i];
    table_row(t, TEXT(qy_fpga_constant_key((qy_fpga_constant)i)), TEXT(qy_fpga_constant_unit((qy_fpga_constant)i)),
              NUMBER(c->value), NUMBER(c->low), NUMBER(c->high), TEXT(qy_origin_name(c->status)), TEXT(c->source));
  }
  if (format == FORMAT_TABLE)
    printf("%s: %s; part %s, family %s, slice %s\n\n", d->name, d->title, d->part, qy_fpga_family_names[d->family],
           qy_dsp_kind_names[d->slice]);
  table_print(t);
  return EXIT_DONE;
}

/* ---- elements on a device ---- */

/* What a split is over: resources of a count, and the device's constant that holds them. */
enum { LUTS, FFS, DSPS, BRAM18S, RESOURCES };
static const qy_fpga_constant there[RESOURCES] = {QY_FPGA_LUTS, QY_FPGA_FFS, QY_FPGA_DSPS, QY_FPGA_BRAM18S};

/* How products come about: in LUTs, from rows as `quarry rtl` prints them; in slices where the toolchain puts them,
 * from expressions as `rtl --target fpga` prints them; several in a slice. */
enum { IN_LUTS, IN_SLICES, PACKED, WAYS };
static const char *const way_names[WAYS] = {"no", "yes", "packed"};

/* An element in one way. */
typedef struct way {
  const qy_pe *pe;
  int kind; /* IN_LUTS, ... */
  qy_toolchain toolchain;
  qy_fpga_count count;
  double taken[RESOURCES];
  double products; /* a cycle */
} way;

/* Without a product that goes to a slice `rtl --target fpga` prints what `quarry rtl` prints. */
static qy_status count_way(way *w, const qy_circuit *c, const qy_fpga_device *d, qy_error *err)
{
  qy_fpga_how how = {.family = d->family,
                     .slice = d->slice,
                     .toolchain = w->toolchain,
                     .use_dsp = w->kind != IN_LUTS,
                     .rows = w->kind == IN_LUTS};
  qy_status status = qy_circuit_fpga(&w->count, c, &how, err);
  if (!status && w->kind == IN_SLICES && w->count.dsp == 0) {
    how.use_dsp = false;
    how.rows = true;
    status = qy_circuit_fpga(&w->count, c, &how, err);
  }
  w->taken[LUTS] = w->count.lut + w->count.srl + w->count.lutram;
  w->taken[FFS] = w->count.ff;
  w->taken[DSPS] = w->count.dsp;
  w->taken[BRAM18S] = w->count.bram18;
  return status;
}

/* Fixed-point products without accumulator can share a slice; how, says packing.h. */
static bool can_be_packed(qy_packing *p, const qy_pe *pe, const qy_fpga_device *d)
{
  const qy_pe_row *row = qy_pe_row_of(pe->params.kind);
  const qy_packing_ask ask = {.weight_bits = qy_element_port_bits(pe, "w"),
                              .activation_bits = qy_element_port_bits(pe, "x"),
                              .weight_signed = true,
                              .activation_signed = true,
                              .kernel = 1,
                              .sums = 1,
                              .range = QY_PACKING_AUTO,
                              .slice = d->slice};
  qy_error err = {0};
  return qy_fabric_has_dots(pe) && row->multiplies && row->exact && row->number_kind == QY_PE_INTEGERS &&
         !pe->params.unsigned_operands && qy_packing_find(p, &ask, &err) == QY_OK && p->products > 1;
}

/* All ways of an element, their number added to *count. */
static qy_status add_ways(way *w, int *count, const qy_pe *pe, const qy_fpga_device *d, qy_toolchain toolchain,
                          qy_arena *arena, qy_error *err)
{
  qy_packing p;
  qy_circuit *packed = NULL;
  qy_status status = QY_OK;
  if (can_be_packed(&p, pe, d)) status = qy_packing_circuit(&packed, &p, "packed", arena, err);
  for (int kind = 0; !status && kind < (packed ? WAYS : PACKED); kind++) {
    way *one = &w[(*count)++];
    *one = (way){.pe = pe, .kind = kind, .toolchain = toolchain};
    one->products = kind == PACKED ? p.products : fmax(1, pe->mode[0].products);
    status = count_way(one, kind == PACKED ? packed : pe->circuit, d, err);
  }
  return status;
}

static qy_split split_of(const way *w, int count, const qy_fpga_device *d)
{
  qy_allocation p = {.unit_count = count, .resource_count = RESOURCES, .share_whole = 1};
  qy_split split;
  for (int r = 0; r < RESOURCES; r++)
    p.budget[r] = (int64_t)d->constant[there[r]].value;
  for (int i = 0; i < count; i++) {
    p.unit[i].products = (int64_t)w[i].products;
    /* of what takes nothing there is no end; what may use slices and does not is the same as what may not */
    p.unit[i].most = w[i].kind != IN_LUTS && w[i].count.dsp == 0 ? 0 : p.budget[LUTS];
    for (int r = 0; r < RESOURCES; r++)
      p.unit[i].cost[r] = (int64_t)ceil(w[i].taken[r]);
  }
  qy_allocate(&split, &p);
  return split;
}

static void print_way(table *t, const way *w, const qy_fpga_device *d, int64_t units)
{
  const qy_fpga_count *n = &w->count;
  double fit = INFINITY, pct[RESOURCES];
  const char *bound = NULL;
  for (int r = 0; r < RESOURCES; r++) {
    const double budget = d->constant[there[r]].value;
    pct[r] = w->taken[r] > 0 ? 100 * w->taken[r] / budget : 0;
    if (w->taken[r] <= 0 || floor(budget / w->taken[r]) >= fit) continue;
    fit = floor(budget / w->taken[r]);
    bound = qy_fpga_constant_key(there[r]);
  }
  table_row(t, TEXT(qy_pe_row_of(w->pe->params.kind)->name), TEXT(qy_toolchain_names[w->toolchain]),
            TEXT(way_names[w->kind]), NUMBER(w->products), NUMBER(n->lut), NUMBER(n->ff), NUMBER(n->carry),
            NUMBER(n->srl + n->lutram), NUMBER(n->dsp), NUMBER(n->bram18), INTEGER(n->levels), NUMBER(pct[LUTS]),
            NUMBER(pct[DSPS]), NUMBER(bound ? fit : (double)NAN), TEXT(bound), INTEGER(units));
}

static qy_status print_toolchain(table *t, const qy_pe *const *pe, int elements, qy_toolchain toolchain,
                                 const qy_fpga_device *d, qy_arena *arena, qy_error *err)
{
  way w[WAYS * FPGA_ELEMENTS_MAX];
  int count = 0;
  for (int i = 0; i < elements; i++) {
    const qy_status status = add_ways(w, &count, pe[i], d, toolchain, arena, err);
    if (status) return status;
  }
  const qy_split split = split_of(w, count, d);
  for (int i = 0; i < count; i++)
    print_way(t, &w[i], d, split.units[i]);
  return QY_OK;
}

int describe_fpga_elements(const qy_pe *const *pe, int count, const char *device, const char *db_dir, int format,
                           qy_arena *arena, qy_error *err)
{
  static const char *const names[] = {"element", "toolchain",  "dsp_allowed", "products",  "lut",    "ff",
                                      "carry",   "lut_memory", "dsp",         "bram18",    "levels", "lut_pct",
                                      "dsp_pct", "fit",        "bound_by",    "best_split"};
  static const qy_toolchain shown[] = {QY_TOOLCHAIN_VIVADO, QY_TOOLCHAIN_ABC9_NOWIDE};
  qy_fpga_device *d = NULL;
  qy_status status = qy_fpga_read(&d, db_dir, device, arena, err);
  if (status) return report(status, err);
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; !status && i < sizeof shown / sizeof *shown; i++)
    status = print_toolchain(t, pe, count, shown[i], d, arena, err);
  if (status) {
    table_drop(t);
    return report(status, err);
  }
  if (format == FORMAT_TABLE)
    printf("on %s: %s, %s\ndsp_allowed no: as `quarry rtl` prints it, yes: as `rtl --target fpga` does, packed: `rtl "
           "packing`\n"
           "fit: how many alone, best_split: how many of each make most products together\n\n",
           d->name, d->title, qy_dsp_kind_names[d->slice]);
  table_print(t);
  return EXIT_DONE;
}
