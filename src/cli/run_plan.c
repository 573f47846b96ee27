/* Everything after a plan is read: what is not stored, then fronts, summary and pictures; see run.h. */
#include "run.h"

#include "anew.h"
#include "cli.h"
#include "pictures.h"
#include "record.h"
#include "run_estimate.h"
#include "run_fronts.h"
#include "session.h"

#include "quarry/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static qy_status begin(int64_t *id, int *complete, qy_store *store, const qy_plan *plan, const qy_parts *parts,
                       const char *line, qy_arena *arena, qy_error *err)
{
  const qy_plan_info *info = qy_plan_get(plan);
  qy_axis_list axes;
  qy_status status = qy_plan_axes(&axes, plan, arena, err);
  if (status) return status;
  char seed[24] = "";
  qy_store_input *technology = qy_arena_alloc(arena, (size_t)info->technology_count, sizeof *technology);
  qy_store_input *network = qy_arena_alloc(arena, (size_t)info->network_count, sizeof *network);
  qy_store_input *device = qy_arena_alloc(arena, (size_t)info->device_count + 1, sizeof *device);
  const char *objectives = plan_objectives_json(info, arena), *definition = plan_definition_json(info, arena);
  qy_store_input *noise = qy_arena_alloc(arena, (size_t)info->noise_file_count + 1, sizeof *noise);
  qy_store_input *files = qy_arena_alloc(arena, (size_t)info->table_count + 1, sizeof *files);
  qy_store_precision *precision = qy_arena_alloc(arena, (size_t)info->precision_count, sizeof *precision);
  double *voltage_v = qy_arena_alloc(arena, (size_t)info->technology_count, sizeof *voltage_v);
  if (!voltage_v || !technology || !network || !device || !objectives || !definition || !noise || !files || !precision)
    return qy_no_memory(err);
  for (int i = 0; i < info->technology_count; i++) {
    technology[i] = (qy_store_input){info->technology[i]->name, info->technology[i]->sha256, info->technology[i]->text};
    voltage_v[i] = info->technology[i]->voltage_v;
  }
  for (int i = 0; i < info->network_count; i++)
    network[i] = (qy_store_input){info->network[i]->name, info->network[i]->sha256, info->network[i]->text};
  for (int i = 0; i < info->device_count; i++)
    device[i] = (qy_store_input){info->device[i]->name, info->device[i]->sha256, info->device[i]->text};
  for (int i = 0; i < info->noise_file_count; i++)
    noise[i] = (qy_store_input){info->noise_file[i].name, info->noise_file[i].sha256, info->noise_file[i].text};
  for (int i = 0; i < info->table_count; i++)
    files[i] = (qy_store_input){info->table[i].name, info->table[i].sha256, info->table[i].text};
  for (int i = 0; i < info->precision_count; i++) {
    const qy_plan_precision *p = &info->precision[i];
    precision[i].label = p->label;
    if (!p->uniform) continue;
    precision[i].weight_bits = p->all.weights;
    precision[i].activation_bits = p->all.activations;
  }
  if (info->draws) snprintf(seed, sizeof seed, "%" PRIu64, info->draw_seed);
  qy_store_experiment experiment = {
      .name = info->name,
      .question = info->question,
      .file = place_without_folders(info->file),
      .text = info->text,
      .sha256 = info->sha256,
      .command_line = line,
      .seed = seed,
      .points = info->points,
      .batch_points = run_batch_points(plan),
      .store = qy_stored_name(info->stored),
      .technology = technology,
      .technology_count = info->technology_count,
      .technology_voltage_v = voltage_v,
      .network = network,
      .network_count = info->network_count,
      .device = device,
      .device_count = info->device_count,
      .noise = noise,
      .noise_count = info->noise_file_count,
      .table = files,
      .table_count = info->table_count,
      .precision = precision,
      .precision_count = info->precision_count,
      .objectives = objectives,
      .definition = definition,
      .axis = axes.axis,
      .axis_count = axes.count,
  };
  return parts ? qy_parts_merge(parts, store, &experiment, id, complete, err)
               : qy_store_begin(store, &experiment, id, complete, err);
}

/* A directory for the plots, before hours are spent on what they show. */
static qy_status plots_place(const qy_plan_info *info, const run_options *o, qy_error *err)
{
  if (o->no_plots || !info->plot_count) return QY_OK;
  const qy_status status = pictures_place(o->where.plots, err);
  return status ? status : session_check_files(info, &o->style, o->where.plots, err);
}

/* Where nothing can be written and nobody said where to: what there is to say. */
static void say_places(const run_options *o)
{
  places usual;
  places_default(&usual);
  if (strcmp(usual.database, o->where.database) == 0 && strcmp(usual.plots, o->where.plots) == 0)
    fputs("--database FILE and --plots DIR say where else to write\n", stderr);
}

/* What follows once a share is stored: nothing yet. */
static qy_status end_share(const qy_plan *plan, qy_store *store, const run_options *o, double start, qy_error *err)
{
  const int64_t batches = run_batches(plan);
  int64_t own = 0;
  for (int64_t b = 0; b < batches; b++)
    own += qy_store_has_batch(store, b);
  const bool partly = qy_stored_partly(qy_plan_get(plan)->stored);
  int64_t all = batches, first, end;
  if (partly) {
    all = qy_plan_get(plan)->points;
    shard_range(&first, &end, all, o->share, o->shares);
    own = end - first;
  }
  qy_status status = partly ? QY_OK : qy_store_share(store, err);
  if (!status) status = qy_store_abandon(store, "interrupted", err);
  if (!status && !o->is_rank)
    say("%s: share %" PRId64 " of %" PRId64 ", %" PRId64 " of %" PRId64
        " %s, computed and stored in %.3g s; part in %s (quarry merge puts parts together)\n",
        qy_plan_get(plan)->name, o->share, o->shares, own, all, partly ? "points" : "batches", qy_seconds_now() - start,
        o->where.database);
  return status;
}

/* How to open the database of a plan's results. */
static int store_mode(const qy_plan_info *info)
{
  const bool has_all = info->stored == QY_STORED_ALL || info->stored == QY_STORED_COLUMNS;
  return has_all && info->points >= QY_STORE_MANY_POINTS ? QY_STORE_WRITE_MANY : QY_STORE_WRITE;
}

qy_status run_stored(unsigned char *has, int *complete, const qy_plan *plan, const char *database, const char *line,
                     qy_arena *arena, qy_error *err)
{
  int64_t id = 0;
  qy_store *store = NULL;
  qy_status status = qy_store_open(&store, database, store_mode(qy_plan_get(plan)), err);
  if (!status) status = begin(&id, complete, store, plan, NULL, line, arena, err);
  for (int64_t b = run_batches(plan); !status && b-- > 0;)
    has[b] = qy_store_has_batch(store, b) != 0;
  qy_store_close(store);
  return status;
}

/* QY_BAD_INPUT, and which, where batches are in no part. */
static qy_status check_batches(const qy_plan *plan, const qy_store *store, const run_options *o, qy_error *err)
{
  const int64_t batches = run_batches(plan);
  qy_text list = {0};
  const int64_t missing = shard_missing(&list, store, batches);
  qy_status status = list.failed ? qy_no_memory(err) : QY_OK;
  if (!status && missing)
    status =
        qy_fail(err, QY_BAD_INPUT,
                "expected all %" PRId64 " batches in the parts, missed %" PRId64 ": %.200s%s; the others are in %s, "
                "where `quarry run` of the experiment computes what is missing",
                batches, missing, list.data, list.length > 200 ? ", ..." : "", o->where.database);
  qy_text_free(&list);
  return status;
}

int run_plan(const qy_plan *plan, const run_options *options, const char *line, qy_arena *arena)
{
  run_options own = *options;
  const run_options *o = &own;
  own.how.stop = record_stopped;
  own.how.by_parts = !o->outside; /* whose batches are given out one by one */
  record_hear_signals();
  const qy_plan_info *info = qy_plan_get(plan);
  double start = qy_seconds_now();
  qy_error err = {0};
  qy_store *store = NULL;
  qy_points points = {0};
  front_search search = {.info = NULL};
  summary designs = {.info = NULL};
  int64_t id = 0;
  int complete = 0, code;
  qy_status status = plots_place(info, o, &err);
  qy_model *tornados = NULL, *model = NULL;
  if (!status && !o->no_plots) status = session_prepare_tornados(&tornados, plan, &o->how, &err);
  if (!status) status = qy_store_open(&store, o->where.database, store_mode(info), &err);
  if (!status) status = begin(&id, &complete, store, plan, o->parts, o->stored_line, arena, &err);
  if (!status && !complete) status = say_anew(store, id, o->where.database, arena, &err);
  if (!status && !complete && o->parts && !o->go_on && !qy_stored_partly(info->stored))
    status = check_batches(plan, store, o, &err);
  if (!status && *qy_store_missing(store))
    say("%s: \"%s\" was complete, but another program changed the file: found %s; what is missing is computed again\n",
        o->where.database, info->name, qy_store_missing(store));
  if (!status && !complete) status = record_plan(&model, plan, store, id, o, arena, &err);
  if (!status && !complete && (o->shares || o->outside)) {
    status = qy_store_check_place(store, &err);
    if (!status) status = end_share(plan, store, o, start, &err);
    qy_model_free(model);
    qy_model_free(tornados);
    qy_store_close(store);
    return finish_output(status ? report(status, &err) : EXIT_DONE);
  }
  if (!status) status = session_read_points(&points, store, id, info, &err);
  const bool searched = !status && info->stored != QY_STORED_SUMMARY;
  if (searched) front_search_start(&search, info, &points, o->how.threads > 1);
  if (!status) status = session_compare(&model, plan, &points, store, id, !complete, &o->how, &err);
  front_search_wait(&search);
  if (!status && searched && search.status) {
    status = search.status;
    err = search.err;
  }
  if (!status) summary_start(&designs, info, &points, search.on_front, o->how.threads > 1);
  if (!status && !complete)
    status = searched ? run_fronts(&search, store, model, &err) : qy_store_finish(store, NULL, 0, &err);
  if (!status) status = qy_store_check_place(store, &err);
  qy_model_free(model);
  model = NULL;
  if (status && id && !complete) {
    qy_error ignored = {0};                                  /* the first failure is the one to report */
    const bool is_part = o->parts && status == QY_BAD_INPUT; /* batches are missing */
    qy_store_abandon(store, status == QY_INTERRUPTED || is_part ? "interrupted" : "failed", &ignored);
  }
  if (status == QY_INTERRUPTED) {
    say("interrupted; what was finished is stored in %s. Continue with: %s\n", o->where.database, line);
    summary_free(&designs);
    front_search_free(&search);
    qy_points_free(&points);
    qy_store_close(store);
    qy_model_free(tornados);
    return EXIT_INTERRUPT;
  }
  if (status) {
    code = report(status, &err);
    if (status == QY_SYSTEM && !store) say_places(o);
  } else {
    session_print_head(info, store, id, &points, complete, qy_seconds_now() - start, o->where.database);
    code = session_print_summary(plan, &designs, store, id, o->format);
    if (!code && !o->no_plots)
      code = session_draw_plots(plan, tornados, store, id, &points,
                                &(session_pictures){&o->style, o->where.plots, o->gnuplot, NULL, false, &o->how});
  }
  qy_model_free(tornados);
  summary_free(&designs);
  front_search_free(&search);
  qy_points_free(&points);
  qy_store_close(store);
  return finish_output(code);
}
