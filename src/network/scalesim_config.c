/* SCALE-Sim architecture files, and both files written as an experiment: see scalesim.h. */
#include "scalesim_int.h"

#include "quarry/file.h"
#include "quarry/units.h"
#include "quarry/yaml.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { SIDE_MAX = 65536, SHOWN = 40 };

typedef enum key {
  ROWS,
  COLUMNS,
  INPUT_KIB,
  FILTER_KIB,
  OUTPUT_KIB,
  DATAFLOW,
  BANDWIDTH,
  MODE,
  RUN_NAME,
  LAYOUT, /* on or off: parts of v3 that cost or save its cycles, and are not here */
  SPARSE,
  SPARSE_ROWS,
  TRACE,
  IGNORED, /* known, without a meaning for cycles and accesses */
  KEY_COUNT
} key;

/* Names of v1 to v3.  Those of the layout stand in a section of their own or among the presets. */
static const struct {
  const char *name;
  key key;
} keys[] = {{"ArrayHeight", ROWS},          {"ArrayWidth", COLUMNS},         {"IfmapSramSzkB", INPUT_KIB},
            {"FilterSramSzkB", FILTER_KIB}, {"OfmapSramSzkB", OUTPUT_KIB},   {"IfmapSramSz", INPUT_KIB},
            {"FilterSramSz", FILTER_KIB},   {"OfmapSramSz", OUTPUT_KIB},     {"Dataflow", DATAFLOW},
            {"Bandwidth", BANDWIDTH},       {"InterfaceBandwidth", MODE},    {"run_name", RUN_NAME},
            {"IfmapOffset", IGNORED},       {"FilterOffset", IGNORED},       {"OfmapOffset", IGNORED},
            {"MemoryBanks", IGNORED},       {"ReadRequestBuffer", IGNORED},  {"WriteRequestBuffer", IGNORED},
            {"UseRamulatorTrace", TRACE},   {"IfmapCustomLayout", LAYOUT},   {"FilterCustomLayout", LAYOUT},
            {"SparsitySupport", SPARSE},    {"SparseRep", IGNORED},          {"OptimizedMapping", SPARSE_ROWS},
            {"BlockSize", IGNORED},         {"TopologyCsvLoc", IGNORED},     {"IfmapSRAMBankBandwidth", IGNORED},
            {"IfmapSRAMBankNum", IGNORED},  {"IfmapSRAMBankPort", IGNORED},  {"FilterSRAMBankBandwidth", IGNORED},
            {"FilterSRAMBankNum", IGNORED}, {"FilterSRAMBankPort", IGNORED}, {"RandomNumberGeneratorSeed", IGNORED}};

static const char *const sections[] = {"general", "architecture_presets", "run_presets", "network_presets", "layout",
                                       "sparsity"};

enum { KEYS = sizeof keys / sizeof *keys };

/* Its place among the keys; KEYS: not known. */
static size_t find_key(const char *name)
{
  size_t i = 0;
  while (i < KEYS && strcasecmp(keys[i].name, name) != 0)
    i++;
  return i;
}

static bool known_section(const char *name)
{
  for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
    if (strcasecmp(sections[i], name) == 0) return true;
  return false;
}

static qy_status expected(source *s, const char *name, const char *what, const char *found)
{
  return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0, "%s: expected %s, found '%.*s'", name, what, SHOWN,
                    found);
}

static qy_status read_size(source *s, const char *name, const char *text, double low, double *value)
{
  enum { MOST = 1 << 30 };
  char most[48];
  const bool number = qy_number_parse(text, value);
  if (number && *value >= low && *value <= MOST) return QY_OK;
  snprintf(most, sizeof most, "a number of at most %d", MOST);
  return expected(s, name,
                  number && *value > MOST ? most
                  : low > 0               ? "a number above 0"
                                          : "a number of 0 or more",
                  text);
}

typedef struct state {
  qy_scalesim_config *config;
  double bandwidth;
  bool user;
  int line[KEYS];         /* of each key that was met; 0: none */
  const char *near[KEYS]; /* of each key the unknown one that is near it; NULL: none */
  int near_line[KEYS];
} state;

/* A key once, by whichever of its names. */
static qy_status check_once(source *s, state *st, size_t at)
{
  for (size_t i = 0; i < KEYS; i++) {
    const bool same = i == at || (keys[i].key == keys[at].key && keys[i].key < LAYOUT);
    if (!same || !st->line[i]) continue;
    return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0, "expected %s once, found it in line %d as well%s%s%s",
                      keys[at].name, st->line[i], i == at ? "" : " (", i == at ? "" : keys[i].name, i == at ? "" : ")");
  }
  st->line[at] = s->line;
  return QY_OK;
}

static qy_status read_side(source *s, const char *name, const char *text, int *value)
{
  int64_t side;
  if (!whole_number(text, SIDE_MAX, &side)) return expected(s, name, "1 to 65536", text);
  *value = (int)side;
  return QY_OK;
}

static qy_status read_dataflow(source *s, const char *name, const char *text, const char **value)
{
  static const char *const flows[] = {"os", "ws", "is"};
  for (int i = 0; i < 3; i++)
    if (strcasecmp(text, flows[i]) == 0) {
      *value = flows[i];
      return QY_OK;
    }
  return expected(s, name, "os, ws or is", text);
}

const char *plain_name(const char *text, qy_arena *arena)
{
  enum { LONGEST = 99 };
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
  const size_t length = strlen(text);
  char *name = qy_arena_text(arena, text, length < LONGEST ? length : LONGEST);
  for (char *c = name; c && *c; c++)
    if (!strchr(plain, *c) || (c == name && *c == '.')) *c = '_';
  return name;
}

static qy_status read_name(source *s, qy_scalesim_config *c, const char *text)
{
  c->run_name = plain_name(text, s->arena);
  if (!c->run_name) return qy_fail_at(s->err, QY_NO_MEMORY, s->file, s->line, 0, "out of memory");
  if (strcmp(c->run_name, text) == 0) return QY_OK;
  return source_warn(s, 0, "run_name '%.*s': called '%.*s'", SHOWN, text, SHOWN, c->run_name);
}

static bool is_on(const char *text)
{
  return strcasecmp(text, "true") == 0 || strcasecmp(text, "yes") == 0 || strcasecmp(text, "on") == 0 ||
         strcmp(text, "1") == 0;
}

/* A part of SCALE-Sim v3 that is not here. */
static qy_status read_switch(source *s, const char *name, const char *text, const char *what)
{
  return is_on(text) ? source_warn(s, 0, "%s is on: %s; cycles here are those without it", name, what) : QY_OK;
}

/* A value without quotes around it, in place. */
static char *unquoted(char *text)
{
  const size_t length = strlen(text);
  if (length < 2 || (*text != '"' && *text != '\'') || text[length - 1] != *text) return text;
  text[length - 1] = '\0';
  return trim(text + 1);
}

static qy_status unknown_key(source *s, state *st, const char *name)
{
  const char *names[KEYS];
  char advice[QY_DID_YOU_MEAN];
  for (size_t i = 0; i < KEYS; i++)
    names[i] = keys[i].name;
  const char *nearest = qy_nearest(name, names, KEYS);
  for (size_t i = 0; nearest && i < KEYS; i++)
    if (nearest == names[i]) {
      st->near[i] = name; /* in the text of the file */
      st->near_line[i] = s->line;
    }
  return source_warn(s, 0, "key '%.*s' left out%s", SHOWN, name, qy_did_you_mean(advice, name, names, KEYS));
}

static qy_status read_value(source *s, state *st, const char *name, char *text)
{
  static const double least_words = 1e-9;
  qy_scalesim_config *c = st->config;
  const size_t at = find_key(name);
  if (at == KEYS) return unknown_key(s, st, name);
  qy_status status = check_once(s, st, at);
  if (status) return status;
  switch (keys[at].key) {
  case ROWS: return read_side(s, name, text, &c->rows);
  case COLUMNS: return read_side(s, name, text, &c->columns);
  case INPUT_KIB: return read_size(s, name, text, 0, &c->input_kib);
  case FILTER_KIB: return read_size(s, name, text, 0, &c->filter_kib);
  case OUTPUT_KIB: return read_size(s, name, text, 0, &c->output_kib);
  case DATAFLOW: return read_dataflow(s, name, text, &c->dataflow);
  case RUN_NAME: return read_name(s, c, text);
  case IGNORED: return QY_OK;
  case LAYOUT: return read_switch(s, name, text, "conflicts in the banks cost SCALE-Sim cycles");
  case SPARSE: c->sparse = is_on(text); return read_switch(s, name, text, "SCALE-Sim leaves products out");
  case SPARSE_ROWS: c->sparse_rows = is_on(text); return QY_OK;
  case TRACE: return read_switch(s, name, text, "SCALE-Sim waits for its DRAM");
  case MODE:
    st->user = strcasecmp(text, "USER") == 0;
    if (st->user || strcasecmp(text, "CALC") == 0) return QY_OK;
    return source_warn(s, 0, "InterfaceBandwidth: expected CALC or USER, found '%.*s': taken as CALC", SHOWN, text);
  case BANDWIDTH:
    if (strchr(text, ',')) {
      status = source_warn(s, 0, "several bandwidths: the first is taken");
      *strchr(text, ',') = '\0';
      text = trim(text);
    }
    return status ? status : read_size(s, name, text, least_words, &st->bandwidth);
  default: return unknown_key(s, st, name);
  }
}

static qy_status read_lines(source *s, state *st)
{
  qy_status status = QY_OK;
  bool skip = false;
  for (char *line; !status && (line = source_line(s));) {
    line = trim(line);
    if (!*line || *line == '#' || *line == ';') continue;
    if (*line == '[') {
      char *end = strchr(line, ']');
      if (!end) return expected(s, "section", "a closing bracket", line);
      *end = '\0';
      skip = !known_section(trim(line + 1));
      if (skip) status = source_warn(s, 0, "section '%.*s' left out", SHOWN, trim(line + 1));
      continue;
    }
    if (skip) continue;
    char *split = strpbrk(line, ":=");
    if (!split) return expected(s, "line", "KEY: VALUE", line);
    *split = '\0';
    char *value = trim(split + 1), *comment = strstr(value, " #");
    if (!comment) comment = strstr(value, " ;");
    if (comment) *comment = '\0';
    status = read_value(s, st, trim(line), unquoted(trim(value)));
  }
  return status;
}

/* A key that must be there is not; what may have been meant for it is named. */
static qy_status no_key(const source *s, const state *st, const char *name)
{
  const size_t at = find_key(name);
  assert(at < KEYS);
  if (!st->near[at]) return qy_fail_at(s->err, QY_BAD_INPUT, s->file, 0, 0, "expected a key %s, found none", name);
  return qy_fail_at(s->err, QY_BAD_INPUT, s->file, st->near_line[at], 0,
                    "expected a key %s, found none, but '%.*s'; did you mean \"%s\"?", name, SHOWN, st->near[at], name);
}

qy_status qy_scalesim_config_text(qy_scalesim_config **config, const char *file, const char *text, size_t length,
                                  qy_arena *arena, qy_error *err)
{
  source s;
  *config = NULL;
  qy_scalesim_config *c = qy_arena_alloc(arena, 1, sizeof *c);
  const char *name = qy_arena_text(arena, file, strlen(file));
  if (!c || !name) return qy_fail_at(err, QY_NO_MEMORY, file, 0, 0, "out of memory");
  *c = (qy_scalesim_config){.file = name, .run_name = ""};
  state st = {.config = c};
  qy_status status = source_start(&s, name, text, length, arena, &c->warnings, err);
  if (!status) status = read_lines(&s, &st);
  if (status) return status;
  if (!c->rows) status = no_key(&s, &st, "ArrayHeight");
  if (!c->columns) status = no_key(&s, &st, "ArrayWidth");
  if (!c->dataflow) status = no_key(&s, &st, "Dataflow");
  c->bandwidth_words = st.user ? st.bandwidth : 0;
  if (!status && st.user && st.bandwidth <= 0)
    status = source_warn(&s, 0, "InterfaceBandwidth is USER but no Bandwidth is given: no limit");
  if (!status) *config = c;
  return status;
}

qy_status qy_scalesim_config_read(qy_scalesim_config **config, const char *file, qy_arena *arena, qy_error *err)
{
  char *text;
  size_t length;
  *config = NULL;
  qy_status status = qy_file_read(&text, &length, file, arena, err);
  return status ? status : qy_scalesim_config_text(config, file, text, length, arena, err);
}

/* ---- writing ---- */

/* A field of a table: in quotes where it must be. */
static void add_field(qy_text *out, const char *text)
{
  if (!strpbrk(text, ",\"#")) {
    qy_text_add(out, "%s", text);
    return;
  }
  qy_text_add(out, "\"");
  for (; *text; text++)
    qy_text_add(out, "%s%c", *text == '"' ? "\"" : "", *text);
  qy_text_add(out, "\"");
}

void qy_scalesim_network_csv(qy_text *out, const qy_scalesim_topology *topology)
{
  const qy_network *n = &topology->network;
  qy_text_add(out, "layer,type,in_h,in_w,in_c,out_c,kernel_h,kernel_w,stride_h,stride_w,groups,macs,params\n");
  for (size_t i = 0; i < n->layer_count; i++) {
    const qy_layer *l = &n->layer[i];
    add_field(out, l->name);
    qy_text_add(out,
                ",%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64
                ",%" PRId64 ",%" PRId64 ",%" PRId64 "\n",
                qy_layer_type_name(l->type), l->in_h, l->in_w, l->in_c, l->out_c, l->kernel_h, l->kernel_w, l->stride_h,
                l->stride_w, l->groups, l->macs, l->weights);
  }
}

/* A YAML scalar in double quotes. */
static void add_quoted(qy_text *out, const char *text)
{
  qy_text_add(out, "\"");
  for (; *text; text++) {
    const unsigned char c = (unsigned char)*text;
    if (c == '"' || c == '\\')
      qy_text_add(out, "\\%c", c);
    else if (c < 0x20 || c == 0x7f)
      qy_text_add(out, "\\x%02x", c);
    else
      qy_text_add(out, "%c", c);
  }
  qy_text_add(out, "\"");
}

enum {
  WORD_BITS = 8, /* SCALE-Sim counts words; its buffer sizes take one byte each */
  SUM_BYTES = 4, /* room for a partial sum */
  HALVES = 2
};

/* The most bytes that a half of each buffer needs for a layer. */
static void whole_layers(double bytes[QY_SCALESIM_BUFFERS], const qy_network *n)
{
  for (size_t i = 0; i < n->layer_count; i++) {
    const qy_layer *l = &n->layer[i];
    const double groups = (double)l->groups;
    const double need[QY_SCALESIM_BUFFERS] = {
        [QY_SCALESIM_INPUT] = (double)l->in_h * (double)l->in_w * (double)l->in_c / groups,
        [QY_SCALESIM_FILTER] = (double)l->weights / groups,
        [QY_SCALESIM_OUTPUT] = (double)l->out_h * (double)l->out_w * (double)l->out_c / groups * SUM_BYTES};
    for (int b = 0; b < QY_SCALESIM_BUFFERS; b++)
      bytes[b] = fmax(bytes[b], need[b]);
  }
}

qy_scalesim_buffers qy_scalesim_buffers_of(const qy_scalesim_config *config, const qy_scalesim_topology *topology)
{
  static const double bytes_per_kib = 1024;
  const double stated[QY_SCALESIM_BUFFERS] = {config->input_kib, config->filter_kib, config->output_kib};
  double whole[QY_SCALESIM_BUFFERS] = {0};
  qy_scalesim_buffers b = {.ideal = true};
  whole_layers(whole, &topology->network);
  for (int i = 0; i < QY_SCALESIM_BUFFERS; i++) {
    b.stated[i] = stated[i] > 0;
    b.bytes[i] = b.stated[i] ? stated[i] * bytes_per_kib : HALVES * whole[i];
    b.ideal &= !b.stated[i];
  }
  return b;
}

/* Bits of the port in a cycle; one that is wider or narrower than there are is said. */
static void add_port(qy_text *out, const qy_scalesim_config *config)
{
  enum { PORT_MIN = 8, PORT_MAX = 65536 };
  const double bits = config->bandwidth_words * WORD_BITS, port = fmin(fmax(round(bits), PORT_MIN), PORT_MAX);
  if (config->bandwidth_words > 0)
    qy_text_add(out, "    port_bits: %.0f%s\n", port,
                bits > PORT_MAX   ? " # the most there is"
                : bits < PORT_MIN ? " # the least there is"
                : port != bits    ? " # whole bits"
                                  : "");
  else
    qy_text_add(out, "    port_bits: auto # CALC: transfers take no time\n");
}

void qy_scalesim_experiment_yaml(qy_text *out, const qy_scalesim_config *config, const qy_scalesim_topology *topology,
                                 const qy_scalesim_buffers *buffers, const char *network_file)
{
  static const char *const name[QY_SCALESIM_BUFFERS] = {
      [QY_SCALESIM_INPUT] = "input", [QY_SCALESIM_FILTER] = "weight", [QY_SCALESIM_OUTPUT] = "output"};
  qy_text_add(out, "# From SCALE-Sim: %zu layers, %zu depthwise by name, %zu with sizes without padding.\nname: ",
              topology->network.layer_count, topology->by_name_count, topology->unpadded_count);
  add_quoted(out, *config->run_name ? config->run_name : topology->plain_name);
  qy_text_add(out, "\nquestion: \"What does the array of the SCALE-Sim run cost?\"\ntechnology: fdsoi28\nnetwork: ");
  add_quoted(out, network_file);
  qy_text_add(
      out,
      "\ndesigns:\n  - name: array\n    accelerator: systolic\n    pe: {kind: mac, multiplier: booth, bits: %d}\n"
      "    rows: %d\n    columns: %d\n    dataflow: \"%s\"\n    drain: overlapped\n    edge: full\n    tile: %s\n",
      WORD_BITS, config->rows, config->columns, config->dataflow,
      buffers->ideal ? "ideal # compute_cycles are SCALE-Sim's"
                     : "auto # compute_cycles are SCALE-Sim's where nothing is tiled; ideal: everywhere");
  add_port(out, config);
  qy_text_add(out, "    buffers: {");
  for (int b = 0; b < QY_SCALESIM_BUFFERS; b++)
    qy_text_add(out, "%s%s: %.0f B", b ? ", " : "", name[b], buffers->bytes[b]);
  qy_text_add(out, "}\nprecision: %d\nclock_mhz: 200\nobjectives: {minimize: [cycles, energy_uj, area_um2]}\n",
              WORD_BITS);
}
