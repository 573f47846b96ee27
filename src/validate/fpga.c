/* FPGA resources of components, elements and circuits beside a table of tool runs: see validate.h. */
#include "component.h"
#include "fpga_counts.h"
#include "quarry/csv.h"
#include "quarry/lut.h"
#include "quarry/progress.h"
#include "quarry/validate.h"
#include "quarry/yaml.h"
#include "statistics.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct run {
  qy_validate_options options;
  qy_arena *arena;   /* of the report */
  qy_arena *scratch; /* of one row */
  fpga_counts *counts;
  tally kinds;
  tally groups; /* the same comparisons, in two kinds */
} run;

static qy_status skip(run *r, const char *reason, qy_error *err)
{
  return tally_skip(&r->kinds, reason) == 0 ? QY_OK : qy_no_memory(err);
}

/* ---- what is compared */

static double carry_of(const qy_fpga_count *count)
{
  return count->carry;
}

static double lut_of(const qy_fpga_count *count)
{
  return count->lut;
}

static double ff_of(const qy_fpga_count *count)
{
  return count->ff;
}

static double dsp_of(const qy_fpga_count *count)
{
  return count->dsp;
}

/* Resources with the columns that count them: yosys makes CARRY4 in both families. */
static const struct resource {
  const char *name;
  const char *column[2]; /* their sum; NULL: no second one */
  double (*of)(const qy_fpga_count *count);
} resources[] = {{"lut", {"lut", NULL}, lut_of},
                 {"ff", {"ff", NULL}, ff_of},
                 {"carry", {"carry4", "carry8"}, carry_of},
                 {"dsp", {"dsp", NULL}, dsp_of}};

/* A count of 0 that is 0 in the model, too, says nothing about errors. */
static qy_status compare(run *r, qy_validate_row row, qy_error *err)
{
  static const char nothing[] = "a count that is 0 in the table and in the model";
  if (row.measured == 0 && row.model == 0) return tally_omit(&r->kinds, nothing) == 0 ? QY_OK : qy_no_memory(err);
  int failed = tally_add(&r->kinds, row);
  row.kind = component_is_element(row.kind) ? "elements" : "components";
  failed = failed || tally_add(&r->groups, row);
  return failed ? qy_no_memory(err) : QY_OK;
}

/* ---- tables of yosys */

enum { AT_KIND, AT_PARAMS, AT_FAMILY, AT_FLOW, AT_DSP_ALLOWED, AT_LUT, AT_FF, AT_CARRY4, AT_CARRY8, AT_DSP, AT_COUNT };
static const char *const synth_columns[AT_COUNT] = {"kind", "params", "family", "flow",   "dsp_allowed",
                                                    "lut",  "ff",     "carry4", "carry8", "dsp"};

static int place_of(const char *const *names, const char *name)
{
  int i = 0;
  while (names[i] && strcmp(names[i], name) != 0)
    i++;
  return names[i] ? i : -1;
}

/* A count, which tools may write as "12.0". */
static qy_status whole_number(const qy_csv *csv, int at, double *value, qy_error *err)
{
  qy_status status = qy_csv_number(csv, at, 0, 1e9, value, err);
  return status || *value == floor(*value) ? status : qy_csv_expected(csv, at, err, "a whole number");
}

static qy_status measured(double *sum, const qy_csv *csv, const struct resource *resource, qy_error *err)
{
  qy_status status = QY_OK;
  *sum = 0;
  for (int i = 0; i < 2 && resource->column[i] && !status; i++) {
    double value;
    status = whole_number(csv, qy_csv_column(csv, resource->column[i]), &value, err);
    if (!status) *sum += value;
  }
  return status;
}

static qy_status compare_counts(run *r, const qy_csv *csv, const qy_fpga_count *count, qy_validate_row row,
                                qy_error *err)
{
  qy_status status = QY_OK;
  for (size_t i = 0; i < sizeof resources / sizeof *resources && !status; i++) {
    status = measured(&row.measured, csv, &resources[i], err);
    row.quantity = resources[i].name;
    row.model = resources[i].of(count);
    if (!status) status = compare(r, row, err);
  }
  if (!status) r->kinds.compared++;
  return status;
}

/* "KIND: reason", a text of the report. */
static qy_status skip_kind(run *r, const char *kind, const char *reason, qy_error *err)
{
  const char *text = qy_arena_format(r->arena, "%s: %s", kind, reason);
  return text ? skip(r, text, err) : qy_no_memory(err);
}

static bool is_left_out(const run *r, const char *library, const char *flow)
{
  return (r->options.library && strcmp(r->options.library, library) != 0) ||
         (r->options.flow && strcmp(r->options.flow, flow) != 0);
}

static qy_status synth_row(run *r, const qy_csv *csv, const int *at, qy_error *err)
{
  static const char *const answers[] = {"0", "1"};
  const char *kind = csv->field[at[AT_KIND]], *params = csv->field[at[AT_PARAMS]];
  const char *library = csv->field[at[AT_FAMILY]], *flow = csv->field[at[AT_FLOW]];
  if (is_left_out(r, library, flow)) return QY_OK;
  r->kinds.rows++;
  const int family = place_of(qy_fpga_family_names, library), toolchain = place_of(qy_toolchain_names, flow);
  int use_dsp;
  qy_status status = qy_csv_choice(csv, at[AT_DSP_ALLOWED], answers, 2, &use_dsp, err);
  if (status) return status;
  if (family < 0) return skip(r, "a family that is not modelled", err);
  if (toolchain < 0) return skip(r, "a flow that is not modelled", err);
  const bool rows = component_is_element(kind); /* tools find no product in them, so no slice either */
  const qy_fpga_how how = {.family = (qy_fpga_family)family,
                           .slice = qy_fpga_family_slice((qy_fpga_family)family),
                           .toolchain = (qy_toolchain)toolchain,
                           .use_dsp = use_dsp && !rows,
                           .rows = rows};
  const fpga_counted *counted;
  status = fpga_count(&counted, r->counts, kind, params, &how, r->scratch, err);
  if (status) return status;
  if (counted->reason) return skip_kind(r, kind, counted->reason, err);
  const qy_validate_row row = {.kind = kind,
                               .params = params,
                               .library = library,
                               .flow = flow,
                               .line = csv->line,
                               .dsp_allowed = answers[use_dsp]};
  return compare_counts(r, csv, &counted->count, row, err);
}

/* ---- tables of circuits in Vivado */

enum { OF_NAME, OF_FAMILY, OF_MAE, OF_LUTS, OF_COUNT };
static const char *const circuit_columns[OF_COUNT] = {"name", "family", "mae", "luts"};

/* Is the circuit off by nothing?  Errors that the table does not have are none. */
static qy_status is_exact(const qy_csv *csv, bool *exact, qy_error *err)
{
  static const char *const errors[] = {"mae", "wce", "ep"};
  *exact = true;
  for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
    const int at = qy_csv_column(csv, errors[i]);
    double value = 0;
    qy_status status = at < 0 ? QY_OK : qy_csv_number(csv, at, 0, 1e300, &value, err);
    if (status) return status;
    *exact = *exact && value == 0;
  }
  return QY_OK;
}

/* The component that a family of circuits computes exactly: add12u, mul8u, mul8x8, mul8s, mul8x2u; what is no
 * such name has no kind. */
typedef struct circuit_family {
  const char *kind;
  char params[32];
} circuit_family;

static circuit_family family_of(const char *name)
{
  circuit_family f = {0};
  const bool is_product = strncmp(name, "mul", 3) == 0;
  if (!is_product && strncmp(name, "add", 3) != 0) return f;
  char *end;
  const long n = strtol(name + 3, &end, 10);
  long m = n;
  if (*end == 'x') m = strtol(end + 1, &end, 10);
  const bool is_signed = *end == 's';
  if (*end == 's' || *end == 'u') end++;
  enum { MOST = 64 };
  if (*end || n < 1 || m < 1 || n > MOST || m > MOST || (!is_product && (n != m || is_signed))) return f;
  f.kind = !is_product ? "add" : is_signed ? "mul_s" : "mul_u";
  if (is_product)
    snprintf(f.params, sizeof f.params, "n=%ld m=%ld", n, m);
  else
    snprintf(f.params, sizeof f.params, "n=%ld", n);
  return f;
}

static qy_status circuit_row(run *r, const qy_csv *csv, const int *at, qy_error *err)
{
  const char *library = qy_fpga_family_names[QY_FPGA_XC7], *flow = qy_toolchain_names[QY_TOOLCHAIN_VIVADO];
  const char *name = csv->field[at[OF_FAMILY]];
  if (is_left_out(r, library, flow)) return QY_OK;
  r->kinds.rows++;
  bool exact;
  double luts;
  qy_status status = is_exact(csv, &exact, err);
  if (!status) status = whole_number(csv, at[OF_LUTS], &luts, err);
  if (status) return status;
  if (!exact) return skip(r, "an approximate circuit", err);
  const circuit_family family = family_of(name);
  if (!family.kind) return skip(r, "a circuit that is neither a multiplier nor an adder", err);
  const qy_fpga_how how = {
      .family = QY_FPGA_XC7, .slice = qy_fpga_family_slice(QY_FPGA_XC7), .toolchain = QY_TOOLCHAIN_VIVADO};
  const fpga_counted *counted;
  status = fpga_count(&counted, r->counts, family.kind, family.params, &how, r->scratch, err);
  if (status) return status;
  if (counted->reason) return skip_kind(r, name, counted->reason, err);
  const qy_validate_row row = {.quantity = "lut",
                               .kind = name,
                               .params = csv->field[at[OF_NAME]],
                               .library = library,
                               .flow = flow,
                               .line = csv->line,
                               .measured = luts,
                               .model = counted->count.lut};
  status = compare(r, row, err);
  if (!status) r->kinds.compared++;
  return status;
}

/* ---- both */

typedef qy_status take_row(run *r, const qy_csv *csv, const int *at, qy_error *err);

/* The columns tell the tables apart. */
static qy_status find_columns(const qy_csv *csv, int at[AT_COUNT], take_row **take, qy_error *err)
{
  const bool synth = qy_csv_column(csv, synth_columns[AT_KIND]) >= 0 && qy_csv_column(csv, "params") >= 0;
  const bool circuits = qy_csv_column(csv, "mae") >= 0 || qy_csv_column(csv, "luts") >= 0;
  *take = synth ? synth_row : circuit_row;
  if (synth) return qy_csv_columns(csv, synth_columns, AT_COUNT, at, err);
  if (circuits) return qy_csv_columns(csv, circuit_columns, OF_COUNT, at, err);
  return qy_fail_at(err, QY_BAD_INPUT, csv->file, csv->line, csv->column[0],
                    "expected the columns kind, params, family, flow, dsp_allowed, lut, ff, carry4, carry8, dsp, or "
                    "name, family, mae, luts, found '%.40s' and %d more",
                    csv->name[0], csv->count - 1);
}

static qy_status read_rows(run *r, const char *file, qy_error *err)
{
  qy_csv csv = {0};
  int at[AT_COUNT] = {0};
  take_row *take = NULL;
  qy_progress progress;
  qy_status status = qy_csv_open(&csv, file, r->arena, err);
  if (!status) status = find_columns(&csv, at, &take, err);
  qy_progress_start(&progress, STDERR_FILENO, !r->options.show_progress, file, "rows", 0, 0);
  for (bool more = true; !status;) {
    status = qy_csv_next(&csv, &more, err);
    if (status || !more) break;
    status = take(r, &csv, at, err);
    qy_arena_reset(r->scratch);
    qy_progress_update(&progress, (int64_t)r->kinds.rows, NULL);
  }
  qy_progress_finish(&progress);
  return status;
}

/* The strata of elements and of components behind those of the kinds. */
static qy_status append_groups(qy_validate_report *report, const qy_validate_report *groups, qy_arena *arena,
                               qy_error *err)
{
  qy_validate_stratum *stratum = qy_arena_alloc(arena, report->stratum_count + groups->stratum_count, sizeof *stratum);
  if (!stratum) return qy_no_memory(err);
  if (report->stratum_count) memcpy(stratum, report->stratum, report->stratum_count * sizeof *stratum);
  report->stratum = stratum;
  for (size_t i = 0; i < groups->stratum_count; i++)
    if (groups->stratum[i].dsp_allowed && strcmp(groups->stratum[i].kind, "all") != 0)
      stratum[report->stratum_count++] = groups->stratum[i];
  return QY_OK;
}

/* What is asked for must be among what is modelled; NULL: all. */
static qy_status check_option(const char *option, const char *asked, const char *const *names, size_t count,
                              qy_error *err)
{
  char list[80];
  size_t used = 0;
  if (!asked || place_of(names, asked) >= 0) return QY_OK;
  for (size_t i = 0; i < count; i++)
    used = qy_append(list, sizeof list, used, "%s%s", i ? ", " : "", names[i]);
  const char *nearest = qy_nearest(asked, names, count);
  return qy_fail(err, QY_BAD_INPUT, "--%s: expected one of %s for a table of FPGAs, found \"%s\"%s%s%s", option, list,
                 asked, nearest ? "; did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

qy_status qy_validate_fpga(qy_validate_report **report, const char *file, const qy_validate_options *options,
                           qy_arena *arena, qy_error *err)
{
  assert(report && file && options && arena);
  const char *library = options->library ? options->library : options->library_file;
  qy_status status = check_option("library", library, qy_fpga_family_names, QY_FPGA_FAMILY_COUNT, err);
  if (!status) status = check_option("flow", options->flow, qy_toolchain_names, QY_TOOLCHAIN_COUNT, err);
  if (status) return status;
  run r = {.options = *options, .arena = arena, .scratch = qy_arena_new(), .counts = fpga_counts_new()};
  r.kinds.mismatches = r.groups.mismatches = -1;
  qy_validate_report *groups = NULL;
  status = r.scratch && r.counts ? read_rows(&r, file, err) : qy_no_memory(err);
  if (!status) status = tally_report(&r.kinds, report, file, options->worst_count, arena, err);
  if (!status) status = tally_report(&r.groups, &groups, file, 1, arena, err);
  if (!status) status = append_groups(*report, groups, arena, err);
  fpga_counts_free(r.counts);
  qy_arena_free(r.scratch);
  tally_free(&r.kinds);
  tally_free(&r.groups);
  return status;
}
