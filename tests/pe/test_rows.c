/* The table of elements and the rows of their parameters: what a new element gets for nothing, and what is refused. */
#include "quarry/pe.h"
#include "quarry/text.h"
#include "tap.h"

#include <stdlib.h>

static qy_arena *arena;

static qy_status build(qy_pe *pe, qy_pe_params params, qy_error *err)
{
  *err = (qy_error){0};
  return qy_pe_build(pe, &params, arena, err);
}

static void kinds(void)
{
  int names = 1, parameters = 1, sums = 1, built = 1;
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    const qy_pe_row *row = qy_pe_row_of((qy_pe_kind)kind);
    qy_error err;
    qy_pe pe;
    qy_pe_params params = qy_pe_default((qy_pe_kind)kind);
    params.bits = 8;
    names = names && qy_pe_find(row->name) == kind && strcmp(qy_pe_kind_parameter.names[kind], row->name) == 0;
    bool takes_sum = false;
    for (size_t i = 0; row->parameter[i]; i++) {
      takes_sum = takes_sum || row->parameter[i] == &qy_pe_accumulator_bits_parameter;
      parameters = parameters && row->parameter[i] != &qy_pe_kind_parameter;
    }
    sums = sums && takes_sum == (row->accumulates != QY_PE_SUMS_NEVER);
    built = built && build(&pe, params, &err) == QY_OK &&
            (pe.params.accumulator_bits > 0) == (row->accumulates == QY_PE_SUMS_ALWAYS);
    /* An accumulator on request. */
    params.accumulator_bits = QY_PE_ACCUMULATOR_NEEDED;
    if (row->accumulates == QY_PE_SUMS_NEVER)
      sums = sums && build(&pe, params, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "accumulator");
    else
      sums = sums && build(&pe, params, &err) == QY_OK && pe.params.accumulator_bits > 16;
  }
  ok(names, "names are those of the parameter `kind`, in the order of the enum");
  ok(parameters, "no kind lists `kind`");
  ok(sums, "those that can accumulate do when asked, the others refuse");
  ok(built, "every kind builds from its defaults, with a sum only where it always has one");
  ok(QY_PE_MAC == 0 && QY_PE_MULTIPLES == 12, "kinds keep their places");
  is_int(qy_pe_find("nothing"), -1, "no such kind");
}

static void needed(void)
{
  qy_error err;
  qy_pe given, asked;
  build(&given, (qy_pe_params){.kind = QY_PE_MAC, .bits = 8}, &err);
  build(&asked, (qy_pe_params){.kind = QY_PE_MAC, .bits = 8, .accumulator_bits = QY_PE_ACCUMULATOR_NEEDED}, &err);
  ok(given.params.accumulator_bits == 24 && asked.params.accumulator_bits == 24, "mac: 16 + 8 bits either way");
  build(&given, (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4}, &err);
  build(&asked, (qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4, .accumulator_bits = -1}, &err);
  /* x of 8 bits, six fraction bits, a sign: 15 bits and 8 more. */
  ok(given.params.accumulator_bits == 0 && asked.params.accumulator_bits == 23, "pot: none, or 15 + 8 bits");
  build(&asked, (qy_pe_params){.kind = QY_PE_MAC, .bits = 32, .accumulator_bits = -1}, &err);
  is_int(asked.params.accumulator_bits, 64, "at most 64");
}

static void rows(void)
{
  size_t count;
  const qy_parameter *const *all = qy_pe_parameters(&count);
  int apart = 1, defaults = 1;
  ok(count > 0 && all[0] == &qy_pe_kind_parameter, "%zu parameters, kind first", count);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < i; j++)
      apart = apart && strcmp(all[i]->key, all[j]->key) && all[i]->offset != all[j]->offset;
    qy_pe_params params = qy_pe_default(QY_PE_MAC);
    if (i > 0) defaults = defaults && qy_parameter_get(&params, all[i]) == all[i]->fallback;
  }
  ok(apart, "each with a name and a member of its own");
  ok(defaults, "defaults are what the rows fall back to");
  const qy_pe_params mac = qy_pe_default(QY_PE_MAC);
  ok(mac.bits == 16 && mac.multiplier == QY_MULTIPLIER_BOOTH && mac.weight_bits == 0 && !mac.input_registers,
     "those of experiment files");
  ok(qy_pe_stimulus_of(QY_PE_OPERANDS_UNIFORM).weights == QY_WEIGHTS_UNIFORM &&
         qy_pe_stimulus_of(QY_PE_OPERANDS_TRAINED).relu && qy_pe_operands_parameter.name_count == 2,
     "operands by name");
}

static void values(void)
{
  static const struct {
    const char *name, *value;
    double want; /* NaN: refused */
  } row[] = {{"multiplier", "array", QY_MULTIPLIER_ARRAY},
             {"multiplier", "1", QY_MULTIPLIER_BOOTH},
             {"multiplier", "2", NAN},
             {"multiplier", "wallace", NAN},
             {"weight_bits", "5", 5},
             {"weight_bits", "auto", 0},
             {"weight_bits", "0", 0},
             {"weight_bits", "1", NAN},
             {"bits", "auto", NAN},
             {"bits", "8x", NAN},
             {"input_registers", "yes", 1},
             {"input_registers", "0", 0},
             {"terms", "2", NAN},
             {"kind", "mul", NAN}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    qy_pe_params params = qy_pe_default(QY_PE_MAC);
    const qy_status status = qy_pe_set(&params, row[i].name, row[i].value, &err);
    if (isnan(row[i].want)) {
      ok(status == QY_BAD_INPUT, "%s=%s: %s", row[i].name, row[i].value, err.diagnostic[0].text);
      continue;
    }
    size_t count, at = 0;
    const qy_parameter *const *all = qy_pe_parameters(&count);
    while (strcmp(all[at]->key, row[i].name))
      at++;
    ok(status == QY_OK && qy_parameter_get(&params, all[at]) == row[i].want, "%s=%s", row[i].name, row[i].value);
  }
}

static void refused(void)
{
  static const struct {
    qy_pe_params params;
    const char *part;
  } row[] = {
      {{.kind = QY_PE_MAC, .bits = 8, .terms = 2}, "expected a parameter of bits, multiplier"},
      {{.kind = QY_PE_MUL, .bits = 8, .accumulator_bits = 24}, "found accumulator_bits"},
      {{.kind = QY_PE_LIGHTPE, .bits = 8, .output_bits = 12}, "found output_bits"},
      {{.kind = QY_PE_POT, .bits = 8, .accumulator_bits = -2}, "accumulator_bits: expected auto or 4 to 64, found -2"},
      {{.kind = QY_PE_MAC, .bits = 8, .multiplier = QY_MULTIPLIER_COUNT}, "multiplier: expected array or booth"},
      {{.kind = QY_PE_POT, .bits = 25}, "bits: expected 2 to 24"},
      {{.kind = QY_PE_POT, .bits = 8, .output_bits = 12, .accumulator_bits = -1}, "not together with an accumulator"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err;
    qy_pe pe;
    ok(build(&pe, row[i].params, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].part), "refused: %s",
       err.diagnostic[0].text);
  }
  /* What files say when they say nothing is no setting. */
  qy_error err;
  qy_pe pe;
  ok(build(&pe, qy_pe_default(QY_PE_POT), &err) == QY_OK, "a multiplier falls back for a kind that has none");
}

/* What `describe` calls the fields and terms of codes: each stands at one operator. */
static void labels(void)
{
  static const struct {
    qy_pe_kind kind;
    const char *label[12];
  } row[] = {
      {QY_PE_SP2, {"k1", "k2", "first_term", "second_term", "magnitude"}},
      {QY_PE_POT, {"shift", "not_zero", "x_gated"}},
      {QY_PE_SEGLOG, {"shift", "odd", "x_gated", "x_root", "x_or_root", "magnitude"}},
      {QY_PE_BRSLOG, {"half_steps", "fine_shift", "coarse_shift", "shift", "odd", "x_gated", "x_root", "x_or_root"}},
      {QY_PE_MITCHELL, {"x_magnitude", "w_magnitude", "x_log", "w_log", "log_sum", "magnitude"}},
      {QY_PE_MAC_SA, {"products"}},
      {QY_PE_MAC_ST, {"product"}},
      {QY_PE_SHIFT_ADD, {"x3", "m", "n", "not_zero", "m_x", "m_n_plus_1"}}};
  qy_error err = {0};
  qy_tech *tech = NULL;
  if (!ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) return;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_pe pe;
    build(&pe, (qy_pe_params){.kind = row[i].kind, .bits = 8, .splits = row[i].kind == QY_PE_BRSLOG ? 4 : 0}, &err);
    for (size_t k = 0; k < 12 && row[i].label[k]; k++) {
      int found = 0;
      for (size_t at = 0; at < qy_circuit_op_count(pe.circuit); at++) {
        qy_op_report report;
        qy_circuit_op_report(pe.circuit, at, tech, &report);
        found += report.label && strcmp(report.label, row[i].label[k]) == 0;
      }
      is_int(found, 1, row[i].label[k]);
    }
  }
}

/* One below a power of two is that power less x; of the others the low bits pass beside a sum. */
static void multiples(void)
{
  qy_error err = {0};
  qy_tech *tech = NULL;
  qy_pe pe;
  int subtracted = 0, added = 0;
  if (!ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) return;
  build(&pe, (qy_pe_params){.kind = QY_PE_MULTIPLES, .bits = 8, .m_bits = 4, .m_odd = true}, &err);
  for (size_t i = 0; i < qy_circuit_op_count(pe.circuit); i++) {
    qy_op_report report;
    qy_circuit_op_report(pe.circuit, i, tech, &report);
    if (!report.label || report.label[0] != 'x' || !report.label[1]) continue;
    const int k = atoi(report.label + 1), less = k > 3 && (k & (k + 1)) == 0;
    if (strstr(report.op, less ? "sub" : "concat"))
      *(less ? &subtracted : &added) += 1;
    else
      printf("# %s: %s\n", report.label, report.op);
  }
  ok(subtracted == 2 && added == 12, "of 3 to 29: %d differences and %d sums", subtracted, added);
}

/* A mac takes its sum into the rows of an array multiplier; behind one of Booth's stands an adder. */
static void macs(void)
{
  qy_error err = {0};
  qy_tech *tech = NULL;
  if (!ok(qy_tech_read(&tech, "db", "fdsoi28", arena, &err) == QY_OK, "library reads")) return;
  for (int booth = 0; booth < 2; booth++) {
    qy_pe pe;
    int adders = 0, multipliers = 0;
    build(&pe,
          (qy_pe_params){.kind = QY_PE_MAC, .bits = 8, .multiplier = booth ? QY_MULTIPLIER_BOOTH : QY_MULTIPLIER_ARRAY},
          &err);
    for (size_t i = 0; i < qy_circuit_op_count(pe.circuit); i++) {
      qy_op_report report;
      qy_circuit_op_report(pe.circuit, i, tech, &report);
      adders += strcmp(report.op, "add") == 0;
      multipliers += strstr(report.op, "mul") != NULL;
    }
    ok(multipliers == 1 && adders == booth, "%s: %d multiplier and %d adders", booth ? "Booth" : "array", multipliers,
       adders);
  }
}

/* Operands of lanes by their names, those of the first without a number. */
static void lanes(void)
{
  static const char *const name[] = {"x", "w", "x_1", "w_1", "x_2", "w_2", "x_3", "w_3"};
  qy_error err;
  qy_pe pe;
  build(&pe, (qy_pe_params){.kind = QY_PE_COMPOSED, .bits = 8, .group = 2, .units = 2}, &err);
  for (size_t k = 0; k < sizeof name / sizeof *name; k++) {
    int found = 0;
    for (int i = 0; i < qy_circuit_inputs(pe.circuit); i++)
      found += strcmp(qy_circuit_input_name(pe.circuit, i), name[k]) == 0;
    is_int(found, 1, name[k]);
  }
}

/* The head of the Verilog module says every parameter of its kind, in the order of the row. */
static void notes(void)
{
  static const struct {
    qy_pe_params params;
    const char *head;
  } row[] = {{{.kind = QY_PE_MUL, .bits = 8, .multiplier = QY_MULTIPLIER_BOOTH},
              "// mul: bits 8, multiplier booth, weight_bits 8, input_registers no, output_registers no\n"},
             {{.kind = QY_PE_MULTIPLES, .bits = 9, .m_bits = 3, .m_odd = true, .input_registers = true},
              "// multiples: bits 9, m_bits 3, m_odd yes, input_registers yes\n"},
             {{.kind = QY_PE_MITCHELL, .bits = 8, .accumulator_bits = 24},
              "// mitchell: bits 8, weight_bits 8, accumulator_bits 24, input_registers no, output_registers no\n"}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err;
    qy_pe pe;
    qy_text text = {0};
    build(&pe, row[i].params, &err);
    const qy_status status = qy_circuit_verilog(pe.circuit, &text, &err);
    const int line = text.data ? (int)strcspn(text.data, "\n") : 0;
    ok(status == QY_OK && strncmp(text.data, row[i].head, strlen(row[i].head)) == 0, "%.*s", line, text.data);
    qy_text_free(&text);
  }
}

/* Codes have one mode, of a product a cycle. */
static void single_modes(void)
{
  static const qy_pe_kind kind[] = {QY_PE_POT,     QY_PE_SP2,       QY_PE_SEGLOG,   QY_PE_BRSLOG,
                                    QY_PE_LIGHTPE, QY_PE_SHIFT_ADD, QY_PE_MULTIPLES};
  for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
    qy_error err;
    qy_pe pe;
    build(&pe, (qy_pe_params){.kind = kind[i], .bits = 9}, &err);
    ok(pe.mode_count == 1 && pe.mode[0].bits == 9 && pe.mode[0].products == 1 && pe.mode[0].cycles == 1,
       "%s: %d mode of %d products in %d cycles", qy_pe_row_of(kind[i])->name, pe.mode_count, pe.mode[0].products,
       pe.mode[0].cycles);
  }
}

int main(void)
{
  arena = qy_arena_new();
  multiples();
  lanes();
  macs();
  notes();
  single_modes();
  kinds();
  needed();
  rows();
  values();
  refused();
  labels();
  qy_arena_free(arena);
  return done();
}
