/* Every constant of a DRAM device and of a controller at both ends of its range, in files with one line changed. */
#include "quarry/dram.h"

#include "files.h"
#include "quarry/file.h"
#include "tap.h"

#include <sys/stat.h>

static qy_arena *arena;
static const char device_file[] = "db/memory/dram/ddr3_1600_4gb_x8.yaml";

static const char *file_text(const char *file)
{
  char *text;
  size_t length;
  qy_error err = {0};
  if (qy_file_read(&text, &length, file, arena, &err)) exit(1);
  return text;
}

/* The text with the first line that begins by `key`, after any spaces, made `key: line`. */
static const char *with_line(const char *text, const char *key, const char *line)
{
  char start[80];
  snprintf(start, sizeof start, "%s: ", key);
  for (const char *at = text; (at = strstr(at, start)); at++)
    if (at == text || at[-1] == '\n' || at[-1] == ' ') {
      const char *end = strchr(at, '\n');
      return qy_arena_format(arena, "%.*s%s%s%s", (int)(at - text), text, start, line, end ? end : "");
    }
  exit(1);
}

static bool says(const qy_error *err, const char *key, const char *part)
{
  for (int i = 0; i < err->count; i++)
    if (strstr(err->diagnostic[i].text, key) && strstr(err->diagnostic[i].text, part)) return true;
  return false;
}

/* Does the device's reader complain of this key's range? */
static bool device_refuses(const char *text, const char *key)
{
  char name[] = "/tmp/dramXXXXXX.yaml";
  qy_error err = {0};
  qy_dram_device *d = NULL;
  if (!write_new_file(name, 5, text)) exit(1);
  qy_dram_device_read(&d, "db", name, arena, &err);
  unlink(name);
  return says(&err, key, " to ");
}

static const char *constant(double value)
{
  return qy_arena_format(arena, "{value: %.12g, low: %.12g, high: %.12g, status: read, source: x}", value, value,
                         value);
}

static void device(void)
{
  static const struct {
    const char *key;
    double low, high;
    bool whole;
  } row[] = {
      {"vdd_v", 0.1, 10, false},
      {"idd0_ma", 0, 1e4, false},
      {"idd2n_ma", 0, 1e4, false},
      {"idd3n_ma", 0, 1e4, false},
      {"idd4r_ma", 0, 1e4, false},
      {"idd4w_ma", 0, 1e4, false},
      {"idd5_ma", 0, 1e4, false},
      {"tck_ns", 0.01, 1000, false},
      {"cl_ck", 0, 1e5, false},
      {"cwl_ck", 0, 1e5, false},
      {"trcd_ck", 0, 1e5, false},
      {"trp_ck", 0, 1e5, false},
      {"tras_ck", 0, 1e5, false},
      {"trrd_s_ck", 0, 1e5, false},
      {"trrd_l_ck", 0, 1e5, false},
      {"tfaw_ck", 0, 1e5, false},
      {"tccd_s_ck", 0, 1e5, false},
      {"tccd_l_ck", 0, 1e5, false},
      {"trtp_ck", 0, 1e5, false},
      {"twr_ck", 0, 1e5, false},
      {"twtr_s_ck", 0, 1e5, false},
      {"twtr_l_ck", 0, 1e5, false},
      {"trtrs_ck", 0, 1e5, false},
      {"trpre_ck", 0, 1e5, false},
      {"trfc_ck", 0, 1e5, false},
      {"trefi_ck", 1, 1e7, false},
      {"trefi_simulated_ck", 1, 1e7, false},
      {"width_bits", 1, 1024, true},
      {"bus_bits", 8, 4096, true},
      {"bank_groups", 1, 8, true},
      {"banks", 1, QY_DRAM_BANKS_MAX, true},
      {"rows", 1, 16777216, true},
      {"columns", 1, 1048576, true},
      {"burst_length", 2, 64, true},
  };
  const char *text = file_text(device_file);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double below = row[i].whole ? row[i].low - 1 : row[i].low - 0.001,
                 above = row[i].whole ? row[i].high + 1 : row[i].high * (1 + 1e-9);
    const double value[] = {row[i].low, row[i].high, below, above};
    bool refused[4];
    for (int k = 0; k < 4; k++) {
      const char *line = row[i].whole ? qy_arena_format(arena, "%.0f", value[k]) : constant(value[k]);
      refused[k] = device_refuses(with_line(text, row[i].key, line), row[i].key);
    }
    ok(!refused[0] && !refused[1] && refused[2] && refused[3], "%s: %g to %g", row[i].key, row[i].low, row[i].high);
  }
}

/* Sizes that have to divide each other, and a refresh that leaves a cycle for anything else. */
static void together(void)
{
  static const struct {
    const char *key, *line, *refusal; /* NULL: fine */
  } row[] = {
      {"width_bits", "16", NULL},
      {"width_bits", "24", "a multiple of width_bits 24"},
      {"bus_bits", "72", NULL},
      {"bus_bits", "68", "a multiple of width_bits"},
      {"bank_groups", "2", NULL},
      {"bank_groups", "3", "a multiple of bank_groups 3"},
      {"burst_length", "4", NULL},
      {"burst_length", "5", "an even number"},
      {"burst_length", "6", "a multiple of burst_length 6"},
  };
  const char *text = file_text(device_file);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char name[] = "/tmp/dramXXXXXX.yaml";
    qy_error err = {0};
    qy_dram_device *d = NULL;
    if (!write_new_file(name, 5, with_line(text, row[i].key, row[i].line))) exit(1);
    const qy_status status = qy_dram_device_read(&d, "db", name, arena, &err);
    ok(row[i].refusal ? status == QY_BAD_INPUT && says(&err, "", row[i].refusal) : status == QY_OK, "%s: %s%s%s",
       row[i].key, row[i].line, row[i].refusal ? ": " : "", row[i].refusal ? row[i].refusal : "");
    if (!status) is_int(d->chips, d->bus_bits / d->width_bits, "chips of a bus");
    unlink(name);
  }
  qy_error err = {0};
  qy_dram_device *d = NULL;
  if (qy_dram_device_read(&d, "db", "ddr3_1600_4gb_x8", arena, &err)) exit(1);
  const double taken = d->constant[QY_DRAM_TRFC].value + d->constant[QY_DRAM_TRP].value +
                       d->constant[QY_DRAM_TRCD].value + d->constant[QY_DRAM_TRTP].value;
  for (int more = 0; more < 2; more++) {
    char name[] = "/tmp/dramXXXXXX.yaml";
    err = (qy_error){0};
    if (!write_new_file(name, 5, with_line(text, "trefi_ck", constant(taken + more)))) exit(1);
    const qy_status status = qy_dram_device_read(&d, "db", name, arena, &err);
    ok(more ? status == QY_OK : says(&err, "trefi_ck", "more than the"), "a refresh of %g cycles every %g", taken,
       taken + more);
    unlink(name);
  }
}

static bool controllers_refuse(const char *text, const char *key, const char *part)
{
  char folder[] = "/tmp/dramXXXXXX", sub[80], name[120];
  const qy_dram_controller *list = NULL;
  size_t count = 0;
  qy_error err = {0};
  if (!mkdtemp(folder)) exit(1);
  snprintf(sub, sizeof sub, "%s/memory", folder);
  snprintf(name, sizeof name, "%s/dram_controllers.yaml", sub);
  if (mkdir(sub, 0700) || !write_file(name, text)) exit(1);
  const qy_status status = qy_dram_controllers_read(&list, &count, folder, arena, &err);
  unlink(name);
  rmdir(sub);
  rmdir(folder);
  return status == QY_BAD_INPUT && says(&err, key, part);
}

static void controllers(void)
{
  static const struct {
    const char *key;
    double high;
  } row[] = {{"queued_reads", 64}, {"bank_queue", 64}, {"command_queue", 64}, {"write_batch", 64},
             {"write_idle", 64},   {"row_limit", 1e6}, {"turn_limit", 1e6},   {"write_latency_below", 64}};
  const char *text = file_text("db/memory/dram_controllers.yaml");
  char more[16384];
  ok(!controllers_refuse(text, "", ""), "the shipped controllers");
  snprintf(more, sizeof more, "others: []\n%s", text);
  ok(strlen(more) > strlen(text) && controllers_refuse(more, "others", ""), "no other key beside them");
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double value[] = {0, row[i].high, -0.001, row[i].high + 0.5};
    bool refused[4];
    for (int k = 0; k < 4; k++)
      refused[k] = controllers_refuse(with_line(text, row[i].key, constant(value[k])), row[i].key, " to ");
    ok(!refused[0] && !refused[1] && refused[2] && refused[3], "%s: 0 to %g", row[i].key, row[i].high);
  }
  /* The first controller has a queue for each bank: it needs reads and a batch of writes to fill it. */
  static const struct {
    const char *key;
    double value;
    const char *refusal;
  } queue[] = {{"queued_reads", 1, NULL}, {"queued_reads", 0.5, "queued_reads and write_batch"},
               {"write_batch", 1, NULL},  {"write_batch", 0.5, "queued_reads and write_batch"},
               {"bank_queue", 1, NULL},   {"bank_queue", 0.5, "a bank_queue of at least 1"}};
  for (size_t i = 0; i < sizeof queue / sizeof *queue; i++) {
    const char *made = with_line(text, queue[i].key, constant(queue[i].value));
    ok(queue[i].refusal ? controllers_refuse(made, "", queue[i].refusal) : !controllers_refuse(made, "", ""),
       "%s of %g", queue[i].key, queue[i].value);
  }
  for (int places = 1; places <= 2; places++) {
    const char *made = with_line(with_line(text, "bank_queue", constant(0)), "command_queue", constant(places));
    ok(controllers_refuse(made, "", "a command_queue of at least 2") == (places < 2), "a command queue of %d", places);
  }
}

/* Words of a table end where it does. */
static void words(void)
{
  static const char *const event[] = {"activate", "read", "write", "refresh", "open", "closed", "unknown"};
  static const char *const unit[] = {"pJ", "pJ", "pJ", "pJ", "mW", "mW", "unknown"};
  static const char *const mapping[] = {"column", "group", "bank", "unknown"};
  for (int i = 0; i <= QY_DRAM_EVENT_COUNT; i++) {
    is_text(qy_dram_event_name((qy_dram_event)i), event[i], "the name of an event");
    is_text(qy_dram_event_unit((qy_dram_event)i), unit[i], "its unit");
  }
  for (int i = 0; i <= QY_DRAM_MAPPING_COUNT; i++)
    is_text(qy_dram_mapping_name((qy_dram_mapping)i), mapping[i], "the name of a mapping");
  is_text(qy_dram_constant_key(QY_DRAM_CONSTANT_COUNT), "unknown", "no constant");
  ok(strcmp(qy_dram_constant_key(QY_DRAM_CONSTANT_COUNT - 1), "unknown") != 0, "the last constant");
}

/* Everything adds up; hits are those of all bursts together. */
static void sums(void)
{
  qy_dram_events a = {{1, 6, 2, 4, 8, 16}, 512, 10, 20, 12, 0.875}, nothing = {.bytes = 0};
  const qy_dram_events b = {{2, 3, 5, 7, 11, 13}, 1024, 30, 50, 36, 0.75};
  qy_dram_events_add(&a, &b);
  const double expected[QY_DRAM_EVENT_COUNT] = {3, 9, 7, 11, 19, 29};
  for (int i = 0; i < QY_DRAM_EVENT_COUNT; i++)
    near_abs(a.count[i], expected[i], 0, qy_dram_event_name((qy_dram_event)i));
  ok(a.bytes == 1536 && a.busy_ns == 40 && a.time_ns == 70 && a.busy_cycles == 48, "bytes and times");
  near_rel(a.row_hit_rate, 1 - 3 / 16.0, 1e-15, "3 activations of 16 bursts");
  qy_dram_events_add(&nothing, &nothing);
  near_abs(nothing.row_hit_rate, 0, 0, "no bursts, no hits");
}

int main(void)
{
  arena = qy_arena_new();
  words();
  sums();
  device();
  together();
  controllers();
  qy_arena_free(arena);
  return done();
}
