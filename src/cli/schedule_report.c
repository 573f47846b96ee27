/* quarry describe schedule NETWORK: see schedule_report.h. */
#include "schedule_report.h"

#include "schedule_front.h"

#include "cli.h"
#include "schedule_words.h"

#include "quarry/network.h"
#include "quarry/schedule_dram.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BITS_PER_BYTE = 8 };

/* What an execution may take: some minutes, a few GB. */
static const double most_executed_macs = 2e10, most_executed_entries = 5e8;

typedef struct stage_time {
  double transfer_us, compute_us, us; /* alone; compute NaN: not said how fast; both, as the rule lets them overlap */
} stage_time;

typedef struct schedule_report {
  const schedule_request *q;
  qy_schedule_options options;
  const qy_schedule *s;
  schedule_words *words; /* [stage_count] */
  const char **larger;   /* [stage_count] why it does not reach on; NULL: not known, or the last */
  stage_time *time;      /* [stage_count]; NULL: no device */
  double dram_uj;        /* over the times of all stages */
  qy_execution run;      /* q->execute */
  bool executed;         /* and everything was as stated */
} schedule_report;

/* ---- finding ---- */

static const char *unit_name(const schedule_choice *c)
{
  return c->buffer ? "bytes" : "entries";
}

/* Units of the schedule in those of the user: entries, or bits to bytes. */
static int64_t in_user_units(const schedule_choice *c, int64_t units)
{
  return c->buffer ? (units + BITS_PER_BYTE - 1) / BITS_PER_BYTE : units;
}

static int too_small(const schedule_report *r, const qy_least_capacity *smallest)
{
  assert(smallest->layer);
  const schedule_choice *c = &r->q->choice;
  say("quarry describe schedule: --%s: expected at least %" PRId64 " %s, found %" PRId64 ": layer %s does not fit\n",
      c->buffer ? "buffer" : "buffer-entries", in_user_units(c, smallest->units), unit_name(c),
      in_user_units(c, r->options.capacity), smallest->layer->name);
  return EXIT_INPUT;
}

static qy_status check_execution(const schedule_report *r, qy_error *err)
{
  assert(r->s);
  const qy_graph *g = r->s->graph;
  double entries = 0;
  for (size_t o = 0; o < g->op_count; o++)
    entries += (double)qy_layer_operands(g->op[o].layer);
  for (size_t m = 0; m < g->map_count; m++)
    entries += (double)(g->map[m].h * g->map[m].w * g->map[m].c);
  if ((double)r->s->total.macs > most_executed_macs)
    return qy_fail(err, QY_BAD_INPUT, "--execute: expected a schedule of at most %g MACs, found %" PRId64,
                   most_executed_macs, r->s->total.macs);
  if (entries > most_executed_entries)
    return qy_fail(err, QY_BAD_INPUT, "--execute: expected a network of at most %g weights and values, found %.0f",
                   most_executed_entries, entries);
  return QY_OK;
}

static qy_status execute(schedule_report *r, qy_arena *arena, qy_error *err)
{
  if (!r->q->execute) return QY_OK;
  qy_status status = check_execution(r, err);
  if (!status) status = qy_schedule_execute(&r->run, r->s, (uint64_t)r->q->seed, arena, err);
  r->executed = !status && r->run.equal && r->run.counts_equal && r->run.within && !r->run.fault;
  return status;
}

/* Of each stage on the device; entries have the bits that are given, whatever the units of the schedule. */
static qy_status find_times(schedule_report *r, qy_arena *arena, qy_error *err)
{
  static const double ns_per_us = 1e3, pj_per_uj = 1e6;
  const schedule_choice *c = &r->q->choice;
  if (!c->device) return QY_OK;
  qy_schedule own = *r->s;
  qy_dram_system system;
  qy_schedule_dram *dram;
  qy_dram_prices prices;
  own.options.units = schedule_bits(c);
  qy_status status = schedule_system_of(&system, c, arena, err);
  if (!status) status = qy_schedule_dram_new(&dram, &own, &system, NULL, arena, err);
  if (!status && !(r->time = qy_arena_alloc(arena, own.stage_count, sizeof *r->time))) status = qy_no_memory(err);
  if (status) return status;
  qy_dram_prices_at(&prices, system.device, 0);
  for (size_t i = 0; i < own.stage_count; i++) {
    const double macs_per_us = (double)c->macs_per_cycle * c->clock_mhz;
    const double compute_us = macs_per_us > 0 ? (double)own.stage[i].traffic.macs / macs_per_us : NAN;
    const double ns = qy_schedule_stage_ns(dram, i, isnan(compute_us) ? 0 : compute_us * ns_per_us);
    double count[QY_DRAM_EVENT_COUNT];
    qy_schedule_stage_events(count, dram, i, ns);
    for (int e = 0; e < QY_DRAM_EVENT_COUNT; e++)
      r->dram_uj += count[e] * prices.pj[e] / pj_per_uj;
    r->time[i] = (stage_time){dram->stage[i].busy.busy_ns / ns_per_us, compute_us, ns / ns_per_us};
  }
  return QY_OK;
}

/* What takes longer. */
static const char *bound_by(const stage_time *t)
{
  return isnan(t->compute_us) ? NULL : t->compute_us > t->transfer_us ? "compute" : "memory";
}

/* Why a stage ends where it does: from where on one stage of it and the next would cost no more. */
static const char *larger_text(const schedule_report *r, size_t i, const qy_merged *m, qy_arena *arena)
{
  const schedule_choice *c = &r->q->choice;
  const char *next = r->words[i + 1].first, *last = r->words[i + 1].last;
  const char *with = strcmp(next, last) ? qy_arena_format(arena, "%s to %s", next, last) : next;
  if (!with) return NULL;
  if (!m->can) return qy_arena_format(arena, "cannot be one segment with %s", with);
  if (!m->pays && m->given_up) return qy_arena_format(arena, "with %s: the search was given up", with);
  if (!m->pays) return qy_arena_format(arena, "with %s it costs more on any buffer", with);
  if (m->needs <= r->options.capacity) return qy_arena_format(arena, "with %s it costs the same", with);
  return qy_arena_format(arena, "with %s it pays from %" PRId64 " %s on%s", with, in_user_units(c, m->needs),
                         unit_name(c), m->given_up ? ", or from less" : "");
}

static qy_status explain_larger(schedule_report *r, size_t i, qy_arena *arena, qy_error *err)
{
  qy_merged merged;
  /* Without free fusion the segments are given, and rows of a CSV file have no room for sentences. */
  if (r->q->choice.fusion != QY_FUSION_FREE || r->q->format == FORMAT_CSV) return QY_OK;
  qy_status status = qy_schedule_merged(&merged, r->s, i, err);
  if (status) return status;
  r->larger[i] = larger_text(r, i, &merged, arena);
  return r->larger[i] ? QY_OK : qy_no_memory(err);
}

static qy_status explain(schedule_report *r, qy_arena *arena, qy_error *err)
{
  assert(r->s);
  const size_t count = r->s->stage_count;
  r->words = qy_arena_alloc(arena, count, sizeof *r->words);
  r->larger = qy_arena_alloc(arena, count, sizeof *r->larger);
  if (!r->words || !r->larger) return qy_no_memory(err);
  qy_status status = QY_OK;
  for (size_t i = 0; i < count && !status; i++)
    status = schedule_words_of(&r->words[i], r->s, i, arena, err);
  for (size_t i = 0; i + 1 < count && !status; i++)
    status = explain_larger(r, i, arena, err);
  return status ? status : find_times(r, arena, err);
}

/* ---- printing ---- */

static void json_text(const char *key, const char *value)
{
  printf("\"%s\": ", key);
  print_json_text(value);
  fputs(", ", stdout);
}

static void json_integer(const char *key, int64_t value)
{
  printf("\"%s\": %" PRId64 ", ", key, value);
}

static void json_names(const char *key, const schedule_names *names)
{
  printf("\"%s\": [", key);
  for (size_t i = 0; i < names->count; i++) {
    if (i) fputs(", ", stdout);
    print_json_text(names->name[i]);
  }
  fputs("], ", stdout);
}

static void json_traffic(const qy_traffic *t)
{
  json_integer("input", t->input + t->second);
  json_integer("weights", t->weights);
  json_integer("output", t->output);
  json_integer("sum_writes", t->sum_writes);
  json_integer("sum_reads", t->sum_reads);
  json_integer("addends", t->addends);
  json_integer("gate", t->gate);
  json_integer("pooled", t->pooled);
}

/* Of a sum of traffic: lower bounds are of the whole and in the units of the search. */
static void json_bytes(const schedule_report *r)
{
  const schedule_choice *c = &r->q->choice;
  if (!schedule_has_bits(c)) return;
  const qy_units bits = schedule_bits(c);
  json_integer("weight_bits", bits.weight);
  json_integer("activation_bits", bits.activation);
  json_integer("traffic_bytes", qy_traffic_bytes(&r->s->total, bits));
  json_integer("floor_bytes", in_user_units(&(schedule_choice){.buffer = ""}, qy_schedule_floor(r->s->graph, bits)));
  if (c->buffer) json_integer("peak_bytes", in_user_units(c, r->s->total.peak));
}

static void json_time(const schedule_report *r, size_t i)
{
  if (!r->time) return;
  const stage_time *t = &r->time[i];
  printf("\"transfer_us\": %.17g, ", t->transfer_us);
  if (!bound_by(t)) return;
  printf("\"compute_us\": %.17g, \"us\": %.17g, ", t->compute_us, t->us);
  json_text("bound_by", bound_by(t));
}

static void json_segment(const schedule_report *r, size_t i)
{
  const qy_stage *s = &r->s->stage[i];
  const schedule_words *w = &r->words[i];
  fputs(i ? ",\n {" : "\n {", stdout);
  json_text("first", w->first);
  json_text("last", w->last);
  json_integer("layers", w->layers);
  json_text("way", w->way);
  json_text("tile", w->tile);
  json_names("kept", &w->kept);
  json_names("again", &w->again);
  json_names("resident", &w->resident);
  json_names("streamed", &w->streamed);
  json_names("held", &w->held);
  json_integer("peak", in_user_units(&r->q->choice, s->traffic.peak + s->waiting));
  json_integer("traffic_entries", qy_traffic_entries(&s->traffic));
  json_traffic(&s->traffic);
  if (r->larger[i]) json_text("larger", r->larger[i]);
  json_time(r, i);
  printf("\"macs\": %" PRId64 "}", s->traffic.macs);
}

/* Whether the bound of the search is one of traffic, in entries; else the floor is the bound that there is. */
static bool bounds_entries(const schedule_report *r)
{
  return r->options.objective == QY_LEAST_TRAFFIC && !r->q->choice.buffer;
}

static void print_json(const schedule_report *r)
{
  const qy_schedule *s = r->s;
  const schedule_choice *c = &r->q->choice;
  fputs("{", stdout);
  json_text("network", s->graph->network->name);
  json_text("fusion", schedule_fusion_names[c->fusion]);
  json_text("order", schedule_order_names[c->order]);
  json_text("rule", schedule_rule_names[c->rule != 0]);
  json_text("objective", schedule_objective_names[c->objective]);
  json_integer(c->buffer ? "buffer_bytes" : "buffer_entries", in_user_units(c, s->options.capacity));
  json_integer("traffic_entries", qy_traffic_entries(&s->total));
  json_integer("floor_entries", qy_schedule_floor(s->graph, (qy_units){1, 1, 1}));
  json_integer("lower_bound_entries",
               bounds_entries(r) ? (int64_t)ceil(s->lower_bound) : qy_schedule_floor(s->graph, (qy_units){1, 1, 1}));
  json_integer("apart_entries", s->graph->apart);
  if (!c->buffer) json_integer("peak_entries", s->total.peak);
  json_bytes(r);
  if (c->objective == QY_LEAST_ENERGY)
    printf("\"cost_pj\": %.17g, \"lower_bound_pj\": %.17g, ", s->cost, s->lower_bound);
  if (r->time) printf("\"dram_uj\": %.17g, ", r->dram_uj);
  json_integer("network_macs", s->graph->macs);
  json_traffic(&s->total);
  printf("\"macs\": %" PRId64 ", \"optimal\": %s, \"executed\": %s, ", s->total.macs, s->optimal ? "true" : "false",
         r->executed ? "true" : "false");
  if (r->q->execute && r->run.fault) json_text("fault", r->run.fault);
  fputs("\n\"segments\": [", stdout);
  for (size_t i = 0; i < s->stage_count; i++)
    json_segment(r, i);
  puts("]}");
}

/* "proved least", or how far the bound is away. */
static void print_bound(const qy_schedule *s)
{
  if (s->optimal)
    printf("; proved least%s in the space of schedule.h\n", s->options.objective == QY_LEAST_ENERGY ? " energy" : "");
  else
    printf("; not proved: lower bound %.6g, %.2f %% below\n", s->lower_bound, 100 * (1 - s->lower_bound / s->cost));
}

static void print_time(const schedule_report *r)
{
  double transfer_us = 0, us = 0;
  if (!r->time) return;
  for (size_t i = 0; i < r->s->stage_count; i++) {
    transfer_us += r->time[i].transfer_us;
    us += r->time[i].us;
  }
  printf("DRAM     %.6g us of transfers", transfer_us);
  if (bound_by(&r->time[0])) printf(" in a run of %.6g us", us);
  printf(", %.6g uJ, %s\n", r->dram_uj, r->q->choice.device);
}

static void print_head(const schedule_report *r)
{
  const qy_schedule *s = r->s;
  const schedule_choice *c = &r->q->choice;
  const int64_t traffic = qy_traffic_entries(&s->total), floor = qy_schedule_floor(s->graph, (qy_units){1, 1, 1});
  printf("%s on a buffer of %" PRId64 " %s: fusion %s, order %s, rule %s\n", s->graph->network->name,
         in_user_units(c, s->options.capacity), unit_name(c), schedule_fusion_names[c->fusion],
         schedule_order_names[c->order], schedule_rule_names[c->rule != 0]);
  printf("traffic  %" PRId64 " entries, %.2f %% above the floor %" PRId64 " (weights, inputs, outputs once)", traffic,
         100 * ((double)traffic / (double)floor - 1), floor);
  print_bound(s);
  if (s->graph->apart > 0)
    printf("         without the sums of col2im layers, which are apart: %" PRId64 " entries read and written there\n",
           s->graph->apart);
  if (schedule_has_bits(c)) {
    const qy_units bits = schedule_bits(c);
    printf("         %" PRId64 " bytes with %" PRId64 "-bit weights and %" PRId64 "-bit activations\n",
           qy_traffic_bytes(&s->total, bits), bits.weight, bits.activation);
  }
  if (c->objective == QY_LEAST_ENERGY) printf("energy   %.6g uJ of what is moved and multiplied\n", 1e-6 * s->cost);
  printf("peak     %" PRId64 " %s\n", in_user_units(c, s->total.peak), unit_name(c));
  printf("MACs     %" PRId64 ", %.2f %% of them computed again\n", s->total.macs,
         100 * fmax(1 - (double)s->graph->macs / (double)s->total.macs, 0));
  print_time(r);
  if (r->executed) puts("executed with integer data: values, counts and peak are as stated");
  putchar('\n');
}

enum { NAMES_IN_TABLE = 3 };

static void print_counts(const schedule_report *r, int format)
{
  static const char *const names[] = {"segment",   "first",   "last",  "layers",  "way",    "tile",
                                      "peak",      "traffic", "input", "weights", "output", "sum_writes",
                                      "sum_reads", "addends", "gate",  "pooled",  "macs"};
  table *t = table_new(format, sizeof names / sizeof *names, names);
  for (size_t i = 0; i < r->s->stage_count; i++) {
    const qy_stage *s = &r->s->stage[i];
    const schedule_words *w = &r->words[i];
    const qy_traffic *f = &s->traffic;
    table_row(t, INTEGER((int64_t)i + 1), TEXT(w->first), TEXT(w->last), INTEGER(w->layers), TEXT(w->way),
              TEXT(w->tile), INTEGER(in_user_units(&r->q->choice, f->peak + s->waiting)),
              INTEGER(qy_traffic_entries(f)), INTEGER(f->input + f->second), INTEGER(f->weights), INTEGER(f->output),
              INTEGER(f->sum_writes), INTEGER(f->sum_reads), INTEGER(f->addends), INTEGER(f->gate), INTEGER(f->pooled),
              INTEGER(f->macs));
  }
  table_print(t);
}

static void print_places(const schedule_report *r, qy_arena *arena)
{
  static const char *const timed[] = {"segment", "kept",   "again",       "resident", "streamed",
                                      "held",    "larger", "transfer_us", "bound_by"};
  table *t = table_new(FORMAT_TABLE, r->time ? 9 : 7, timed);
  for (size_t i = 0; i < r->s->stage_count; i++) {
    const schedule_words *w = &r->words[i];
    table_row(t, INTEGER((int64_t)i + 1), TEXT(schedule_names_text(&w->kept, NAMES_IN_TABLE, arena)),
              TEXT(schedule_names_text(&w->again, NAMES_IN_TABLE, arena)),
              TEXT(schedule_names_text(&w->resident, NAMES_IN_TABLE, arena)),
              TEXT(schedule_names_text(&w->streamed, NAMES_IN_TABLE, arena)),
              TEXT(schedule_names_text(&w->held, NAMES_IN_TABLE, arena)), TEXT(r->larger[i]));
    if (r->time) table_row(t, NUMBER(r->time[i].transfer_us), TEXT(bound_by(&r->time[i])));
  }
  putchar('\n');
  table_print(t);
}

static void print_all(const schedule_report *r, qy_arena *arena)
{
  if (r->q->format == FORMAT_JSON) {
    print_json(r);
    return;
  }
  if (r->q->format == FORMAT_TABLE) print_head(r);
  print_counts(r, r->q->format);
  if (r->q->format == FORMAT_TABLE) print_places(r, arena);
}

/* ---- all of it ---- */

static int describe(schedule_report *r, qy_arena *arena, qy_error *err)
{
  const schedule_choice *c = &r->q->choice;
  qy_network *network;
  qy_graph *graph;
  qy_schedule *schedule = NULL;
  qy_least_capacity smallest = {0};
  qy_status status = QY_OK;
  if (r->q->front && r->q->execute)
    status = qy_fail(err, QY_BAD_INPUT, "--execute: expected one schedule, found --front");
  if (!status) status = schedule_options_of(&r->options, c, arena, err);
  if (!status) status = qy_network_read(&network, c->db_dir, r->q->network, arena, err);
  if (!status) status = qy_graph_new(&graph, network, arena, err);
  if (!status && r->q->front)
    status = print_schedule_front(graph, &r->options, &smallest, r->q->format, arena, err);
  else if (!status)
    status = qy_schedule_find(&schedule, &smallest, graph, &r->options, arena, err);
  if (status == QY_INFEASIBLE) return too_small(r, &smallest);
  if (r->q->front) return status ? report(status, err) : EXIT_DONE;
  r->s = schedule;
  if (!status) status = execute(r, arena, err);
  if (!status) status = explain(r, arena, err);
  if (status) return report(status, err);
  print_all(r, arena);
  if (!r->q->execute || r->executed) return EXIT_DONE;
  say("quarry describe schedule: --execute: %s\n", r->run.fault ? r->run.fault : "counts or peak differ");
  return EXIT_OFF;
}

int print_schedule(const schedule_request *request)
{
  qy_error err = {0};
  schedule_report r = {.q = request};
  qy_arena *arena = qy_arena_new();
  const int code = arena ? describe(&r, arena, &err) : report(qy_no_memory(&err), &err);
  qy_arena_free(arena);
  return code;
}
