/* What a point gets of an assignment or a map: the choices of its layers, and the text that says them. */
#include "assignment_int.h"

#include "quarry/text.h"

#include <string.h>

/* Names of the layers and what `value` says of each. */
static void put_layers(qy_text *json, const char *key, const worker *w, const qy_model *model, bool members)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[w->entry];
  const int network = network_of(w, model);
  bool first = true;
  qy_text_add(json, "\"%s\": {", key);
  for (size_t i = 0; i < plan->layer_count[network]; i++) {
    char text[QY_PRECISION_TEXT];
    const layer_choice c = w->choice[i];
    if (c.member == NOBODY) continue;
    qy_text_add(json, "%s", first ? "" : ", ");
    qy_text_json(json, plan->layers[network][i]->name);
    qy_text_add(json, ": \"%s\"",
                members ? g->member[c.member].name
                        : plan_option_text(text, kept_precision(w, model, c.member, c.option)));
    first = false;
  }
  qy_text_add(json, "}");
}

/* The text and a last brace, kept by the worker; NULL: out of memory. */
static const char *keep_closed(worker *w, qy_text *json)
{
  qy_text_add(json, "}");
  const char *text = json->failed ? NULL : texts_keep(&w->reasons, json->data);
  qy_text_free(json);
  return text;
}

qy_status map_text(const char **text, worker *w, const qy_model *model, const precision_value *v, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const int network = network_of(w, model);
  bool as_asked = true;
  for (size_t i = 0; as_asked && i < plan->layer_count[network]; i++) {
    const layer_choice c = w->choice[i];
    as_asked =
        c.member != NOBODY && qy_precision_equal(kept_precision(w, model, c.member, c.option), plan->option[c.option]);
  }
  if ((*text = v->text[network]) && as_asked) return QY_OK;
  qy_text json = {0};
  qy_text_add(&json, "{");
  put_layers(&json, "layers", w, model, false);
  return (*text = keep_closed(w, &json)) ? QY_OK : qy_no_memory(err);
}

static const char ending[] = ", \"epsilon\": "; /* of layers and members; how they were found follows */

static size_t chosen_bytes(const char *text)
{
  const char *last = NULL; /* names of layers may read so too */
  for (const char *at = strstr(text, ending); at; at = strstr(at + 1, ending))
    last = at;
  return last ? (size_t)(last - text) : strlen(text);
}

bool assignment_alike(const char *a, const char *b)
{
  const size_t bytes = chosen_bytes(a);
  return bytes == chosen_bytes(b) && memcmp(a, b, bytes) == 0;
}

static const char *point_text(worker *w, const qy_model *model, const assign_request *request, const assignment *a)
{
  qy_text json = {0};
  qy_text_add(&json, "{");
  put_layers(&json, "layers", w, model, false);
  if (request->members && model->plan->entries[w->entry].system) {
    qy_text_add(&json, ", ");
    put_layers(&json, "members", w, model, true);
  }
  qy_text_add(&json, "%s%.6g, \"optimal\": %s", ending, a->epsilon, a->optimal ? "true" : "false");
  if (a->has_bound) qy_text_add(&json, ", \"bound\": %.12g", a->bound);
  return keep_closed(w, &json);
}

qy_status assignment_take(const char **reason, const char **text, worker *w, const qy_model *model,
                          const precision_value *v, qy_error *err)
{
  assignment *a = &w->solved[v->assign - model->plan->assign];
  const size_t layers = model->plan->layer_count[network_of(w, model)];
  qy_status status = choice_room(w, model, err);
  if (!status && w->solved_at != w->moves && w->solved_arena) qy_arena_reset(w->solved_arena);
  w->solved_at = w->moves;
  if (!w->solved_arena && !(w->solved_arena = qy_arena_new())) return qy_no_memory(err);
  if (!status && a->made != w->moves) status = assignment_solve(a, w, model, v->assign, err);
  if (status || (*reason = a->reason)) return status;
  if (v->place >= a->count) {
    *reason = "the front of assignments has fewer points";
    return QY_OK;
  }
  memcpy(w->choice, a->choice + v->place * layers, layers * sizeof *w->choice);
  if (!w->silent && !(*text = point_text(w, model, v->assign, a))) return qy_no_memory(err);
  return QY_OK;
}
