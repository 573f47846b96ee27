/* Layers one by one: their bills where each has a precision of its own, and what is certain of them.
 *
 * A bill is additive over layers, so a point whose layers differ has the sum of theirs.  A worker keeps the bills of
 * the layers that it was asked for until a design is made again: maps and assignments of one design share them.
 */
#include "model_int.h"

#include "quarry/integer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BITS_IN_BYTE = 8 };

/* ---- what a model knows ---- */

static size_t given_at(const qy_model *model, int option, size_t layer)
{
  return (size_t)option * model->layer_total + layer;
}

static qy_status find_homes(qy_model *model, int entry, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[entry];
  const size_t networks = (size_t)plan->info.network_count;
  int8_t **home = qy_arena_alloc(model->arena, networks, sizeof *home);
  if (!home) return qy_no_memory(err);
  for (size_t n = 0; plan->layers && n < networks; n++) {
    if (!(home[n] = qy_arena_alloc(model->arena, plan->layer_count[n], sizeof *home[n]))) return qy_no_memory(err);
    for (size_t i = 0; i < plan->layer_count[n]; i++) {
      home[n][i] = NOBODY;
      for (int m = 0; m < g->member_count && home[n][i] == NOBODY; m++)
        for (size_t k = 0; g->member[m].type->runs_layers && k < g->member[m].layer_count[n]; k++)
          if (g->member[m].layers[n][k] == plan->layers[n][i]) home[n][i] = (int8_t)m;
    }
  }
  model->home[entry] = home;
  return QY_OK;
}

static qy_status number_layers(qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t networks = (size_t)plan->info.network_count;
  qy_status status = QY_OK;
  model->layer_first = qy_arena_alloc(model->arena, networks, sizeof *model->layer_first);
  model->home = qy_arena_alloc(model->arena, (size_t)plan->entry_count, sizeof *model->home);
  if (!model->layer_first || !model->home) return qy_no_memory(err);
  for (size_t n = 0; plan->layers && n < networks; n++) {
    model->layer_first[n] = model->layer_total;
    model->layer_total += plan->layer_count[n];
  }
  const size_t all = (size_t)plan->option_count * model->layer_total;
  if (!(model->asked = qy_arena_alloc(model->arena, all, sizeof *model->asked))) return qy_no_memory(err);
  for (int i = 0; !status && i < plan->entry_count; i++)
    status = find_homes(model, i, err);
  return status;
}

qy_status layers_prepare(qy_model *model, int64_t p, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const qy_status status = model->home ? QY_OK : number_layers(model, err);
  if (status || !plan->layers) return status;
  for (int n = 0; n < plan->info.network_count; n++)
    for (size_t i = 0; i < plan->layer_count[n]; i++)
      for (int o = 0; o < plan->option_count; o++) {
        bool *asked = &model->asked[given_at(model, o, model->layer_first[n] + i)];
        for (size_t v = 0; !*asked && v < plan->precision.count; v++)
          if (p < 0 || (size_t)p == v) *asked = plan_asks_of_layer(plan, v, n, i, o);
      }
  return QY_OK;
}

static int activation_bits(const qy_pe *pe, qy_precision precision)
{
  const int port = qy_element_port_bits(pe, "x");
  return precision.activations > port ? port : precision.activations;
}

/* weights: bits of one, a mean where rows differ. */
static qy_status fill_given(layer_given *out, const qy_model *model, const qy_pe *pe, const qy_pe_noise *noise,
                            double weights, int option, int network, const qy_layer *layer, qy_error *err)
{
  const qy_precision precision = model->plan->option[option];
  qy_pe_noise own = *noise;
  if (layer->computed) { /* a second activation */
    weights = activation_bits(pe, precision);
    own.weights = own.activations;
  }
  out->weight_bytes = (double)layer->weights * weights / BITS_IN_BYTE;
  out->bit_operations = (double)layer->macs * (double)layer->batch * weights * (double)activation_bits(pe, precision);
  return qy_layer_noise_at(&out->noise, model->plan->noise, model->plan->network_own[network], layer, &own, precision,
                           err);
}

qy_status layers_prepare_given(ready_member *out, const qy_model *model, const design_entry *g, int m, size_t e,
                               qy_signal_kind signal, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const size_t all = (size_t)plan->option_count * model->layer_total, at = e * QY_SIGNAL_SAMPLES + (size_t)signal;
  const size_t networks = (size_t)plan->info.network_count;
  qy_status status = QY_OK;
  if (g->member[m].type->shares) return QY_OK; /* what it is depends on the design */
  if (!out->given[at]) {
    if (!(out->given[at] = qy_arena_alloc(model->arena, all, sizeof **out->given))) return qy_no_memory(err);
    for (size_t i = 0; i < all; i++)
      out->given[at][i].noise = NAN;
  }
  for (int o = 0; o < plan->option_count; o++) {
    const qy_pe *pe = &out->element[e]->pe;
    const qy_pe_noise *noise = &out->element[e]->noise[quality_at(o, signal)];
    const bool measured = out->element[e]->measured[quality_at(o, signal)];
    const double weights = (double)qy_element_weight_bits(pe, plan->option[o].weights);
    for (size_t n = 0; n < networks; n++) {
      const int8_t *home = model->home[g - plan->entries][n];
      layer_given *sum = &out->given_run[(at * (size_t)plan->option_count + (size_t)o) * networks + n];
      *sum = (layer_given){0};
      for (size_t i = 0; i < plan->layer_count[n]; i++) {
        const size_t layer = given_at(model, o, model->layer_first[n] + i);
        layer_given *one = &out->given[at][layer];
        const bool known = !isnan(one->noise) || !measured || isnan(noise->weights) || !model->asked[layer];
        if (!known) status = fill_given(one, model, pe, noise, weights, o, (int)n, plan->layers[n][i], err);
        if (status) return status;
        if (home[i] != m) continue;
        sum->weight_bytes += one->weight_bytes;
        sum->bit_operations += one->bit_operations;
        sum->noise += one->noise;
      }
    }
  }
  return QY_OK;
}

qy_status given_of_rows(struct held *h, const qy_model *model, int network, double sqnr_db, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const qy_design *d = &h->design;
  const size_t all = (size_t)plan->option_count * model->layer_total;
  double share[QY_ROW_PARTS], weights = 0;
  int bits[QY_ROW_PARTS];
  qy_status status = QY_OK;
  if (!h->own_given && !(h->own_given = qy_alloc(all, sizeof *h->own_given))) return qy_no_memory(err);
  d->accelerator->shares(share, bits, d->self);
  bits[QY_ROWS_SCHEME] = qy_element_port_bits(d->pe, "w");
  for (int k = 0; k < QY_ROW_PARTS; k++)
    weights += share[k] * bits[k];
  for (int o = 0; !status && o < plan->option_count; o++) {
    qy_pe_noise noise = h->element->noise[quality_at(o, h->signal)];
    if (isnan(noise.weights)) continue;
    noise.weights = pow(10, -sqnr_db / 10);
    noise.products = 0;
    for (size_t i = 0; !status && i < plan->layer_count[network]; i++) {
      const size_t layer = given_at(model, o, model->layer_first[network] + i);
      if (model->asked[layer])
        status =
            fill_given(&h->own_given[layer], model, d->pe, &noise, weights, o, network, plan->layers[network][i], err);
    }
  }
  h->given = h->own_given;
  return status;
}

/* ---- where a worker stands ---- */

int network_of(const worker *w, const qy_model *model)
{
  return (int)w->index[model->plan->entries[w->entry].param_count + AXIS_NETWORK];
}

void keep_weights(struct held *h)
{
  const qy_design *d = &h->design;
  double share[QY_ROW_PARTS];
  int bits[QY_ROW_PARTS];
  h->weights_most = qy_element_port_bits(d->pe, "w");
  h->weights_fixed = d->pe->has_number || d->accelerator->shares;
  if (d->reason || !d->accelerator->shares) return;
  d->accelerator->shares(share, bits, d->self);
  bits[QY_ROWS_SCHEME] = h->weights_most;
  h->weights_most = 0;
  for (int k = 0; k < QY_ROW_PARTS; k++)
    if (share[k] > 0) h->weights_most = qy_max_int(h->weights_most, bits[k]);
}

static qy_precision held_precision(const struct held *h, const qy_model *model, int option)
{
  qy_precision p = model->plan->option[option];
  if (h->weights_fixed || p.weights > h->weights_most) p.weights = h->weights_most;
  return p;
}

qy_precision kept_precision(const worker *w, const qy_model *model, int m, int option)
{
  return held_precision(&w->member[m], model, option);
}

int held_weights(const struct held *h, const qy_model *model, int option)
{
  const int bits = held_precision(h, model, option).weights;
  return bits == model->plan->option[option].weights ? 0 : bits;
}

int kept_weights(const worker *w, const qy_model *model, int option)
{
  const design_entry *g = &model->plan->entries[w->entry];
  int bits = 0;
  for (int m = 0; m < g->member_count; m++) {
    if (g->system && g->member[m].layer_count[network_of(w, model)] == 0) continue;
    const int own = kept_precision(w, model, m, option).weights;
    if (bits && bits != own) return QY_WEIGHTS_DIFFER;
    bits = own;
  }
  return bits == model->plan->option[option].weights ? 0 : bits;
}

layer_given layer_given_of(const worker *w, const qy_model *model, int m, size_t layer, int option)
{
  return w->member[m].given[given_at(model, option, model->layer_first[network_of(w, model)] + layer)];
}

static void put_given(qy_design *d, const layer_given *given)
{
  d->in[QY_WEIGHT_BYTES] = given->weight_bytes;
  d->in[QY_BIT_OPERATIONS] = given->bit_operations;
  d->in[QY_NOISE] = given->noise;
}

static void add_given(layer_given *sum, layer_given one)
{
  sum->weight_bytes += one.weight_bytes;
  sum->bit_operations += one.bit_operations;
  sum->noise += one.noise;
}

const layer_given *held_given(const struct held *h, const qy_model *model, int entry, int m, int network, int option)
{
  const qy_plan *plan = model->plan;
  const size_t at = h->number * QY_SIGNAL_SAMPLES + (size_t)h->signal;
  const size_t networks = (size_t)plan->info.network_count;
  if (!h->given || h->given == h->own_given) return NULL;
  return &model->entries[entry][m]
              .given_run[(at * (size_t)plan->option_count + (size_t)option) * networks + (size_t)network];
}

void given_run(worker *w, const qy_model *model, int m, int option)
{
  const qy_plan *plan = model->plan;
  const int network = network_of(w, model);
  struct held *h = &w->member[m];
  const layer_given *known = held_given(h, model, w->entry, m, network, option);
  if (known) put_given(&h->design, known);
  if (known || !h->given) return; /* no given: it runs no layers */
  layer_given sum = {0};
  for (size_t i = 0; i < plan->layer_count[network]; i++)
    if (model->home[w->entry][network][i] == m) add_given(&sum, layer_given_of(w, model, m, i, option));
  put_given(&h->design, &sum);
}

void layer_in(double in[QY_QUANTITY_COUNT], const worker *w, int m, const qy_bill *bill, const layer_given *given)
{
  const qy_design *d = &w->member[m].design;
  memcpy(in, d->in, sizeof d->in);
  qy_bill_sum_events(in, d->columns, d->price, bill);
  qy_bill_times(in, bill, d->clock_mhz);
  in[QY_WEIGHT_BYTES] = given->weight_bytes;
  in[QY_BIT_OPERATIONS] = given->bit_operations;
  in[QY_NOISE] = given->noise;
}

double option_sqnr_db(const worker *w, const qy_model *model, int m, int option)
{
  const ready_member *ready = &model->entries[w->entry][m];
  const struct held *h = &w->member[m];
  if (h->design.accelerator->shares) return quality_of_rows(w, ready);
  return h->element->sqnr_db[quality_at(option, h->signal)];
}

/* ---- bills of layers ---- */

qy_status layer_bill_of(const layer_bill **out, worker *w, const qy_model *model, int m, size_t layer, int option,
                        qy_error *err)
{
  const qy_plan *plan = model->plan;
  const int network = network_of(w, model);
  const size_t layers = plan->layer_count[network], options = (size_t)plan->option_count;
  const size_t needed = (size_t)plan->entries[w->entry].member_count * layers * options;
  if (needed > w->bill_room) {
    free(w->bill);
    w->bill_room = 0;
    if (!(w->bill = qy_alloc(needed, sizeof *w->bill))) return qy_no_memory(err);
    w->bill_room = needed;
  }
  layer_bill *one = &w->bill[((size_t)m * layers + layer) * options + (size_t)option];
  *out = one;
  if (one->made == w->moves) return QY_OK;
  const qy_layer *l = plan->layers[network][layer];
  double in[QY_QUANTITY_COUNT];
  qy_error own = {0};
  const char *reason = NULL;
  qy_status status = qy_design_layer(&one->bill, in, &reason, &w->member[m].design, l, plan->option[option], &own);
  const bool away = model->home[w->entry][network][layer] != m;
  if (status == QY_BAD_INPUT && away) { /* a layer that it was not made for */
    reason = "it runs no such layers";
    status = QY_INFEASIBLE;
  }
  if (status && status != QY_INFEASIBLE) {
    *err = own;
    return status;
  }
  one->made = w->moves;
  one->reason = NULL;
  if (status == QY_INFEASIBLE && !(one->reason = texts_keep(&w->reasons, reason ? reason : "it cannot be run")))
    return qy_no_memory(err);
  return QY_OK;
}

static void add_bill(qy_bill *bill, const qy_bill *one)
{
  for (int i = QY_EVENT_FIRST; i < QY_ITEM_COUNT; i++)
    bill->count[i] += one->count[i];
  bill->cycles += one->cycles;
  bill->compute_cycles += one->compute_cycles;
  bill->transfer_cycles += one->transfer_cycles;
  bill->products += one->products;
  bill->slots += one->slots;
  bill->loaded_bits += one->loaded_bits;
  bill->stored_bits += one->stored_bits;
}

/* "layer dw1: the element has no mode for this precision" */
static const char *layer_reason(worker *w, const char *layer, const char *reason)
{
  char text[256];
  snprintf(text, sizeof text, "layer %.80s: %.160s", layer, reason);
  return texts_keep(&w->reasons, text);
}

qy_status choice_room(worker *w, const qy_model *model, qy_error *err)
{
  const size_t layers = model->plan->layer_count[network_of(w, model)];
  if (layers <= w->choice_room) return QY_OK;
  free(w->choice);
  w->choice_room = 0;
  if (!(w->choice = qy_alloc(layers, sizeof *w->choice))) return qy_no_memory(err);
  w->choice_room = layers;
  return QY_OK;
}

qy_status choice_of_map(worker *w, const qy_model *model, const precision_value *v, qy_error *err)
{
  const int network = network_of(w, model);
  const qy_status status = choice_room(w, model, err);
  for (size_t i = 0; !status && i < model->plan->layer_count[network]; i++)
    w->choice[i] = (layer_choice){model->home[w->entry][network][i], v->map ? v->map[network][i] : 0};
  return status;
}

qy_status run_choice(const char **reason, worker *w, const qy_model *model, qy_error *err)
{
  const qy_plan *plan = model->plan;
  const design_entry *g = &plan->entries[w->entry];
  const int network = network_of(w, model);
  layer_given sum[MEMBERS_MAX] = {{0}};
  for (int m = 0; m < g->member_count; m++)
    qy_bill_clear_run(&w->member[m].design.bill);
  for (size_t i = 0; i < plan->layer_count[network]; i++) {
    const layer_choice c = w->choice[i];
    const layer_bill *one;
    if (c.member == NOBODY) continue;
    const qy_status status = layer_bill_of(&one, w, model, c.member, i, c.option, err);
    if (status) return status;
    if (one->reason) {
      *reason = layer_reason(w, plan->layers[network][i]->name, one->reason);
      return *reason ? QY_OK : qy_no_memory(err);
    }
    add_bill(&w->member[c.member].design.bill, &one->bill);
    add_given(&sum[c.member], layer_given_of(w, model, c.member, i, c.option));
  }
  for (int m = 0; m < g->member_count; m++) {
    qy_design_sum(&w->member[m].design);
    put_given(&w->member[m].design, &sum[m]);
  }
  return QY_OK;
}

int choice_uniform(const worker *w, const qy_model *model)
{
  const int network = network_of(w, model);
  const int8_t *home = model->home[w->entry][network];
  int option = NO_OPTION;
  for (size_t i = 0; i < model->plan->layer_count[network]; i++) {
    const layer_choice c = w->choice[i];
    if (c.member != home[i]) return NO_OPTION;
    if (c.member == NOBODY) continue;
    if (option == NO_OPTION) option = c.option;
    if (!qy_precision_equal(kept_precision(w, model, c.member, c.option), kept_precision(w, model, c.member, option)))
      return NO_OPTION;
  }
  return option;
}

double choice_sqnr_db(const worker *w, const qy_model *model)
{
  const int network = network_of(w, model);
  double sum = 0;
  size_t count = 0;
  for (size_t i = 0; i < model->plan->layer_count[network]; i++) {
    const layer_choice c = w->choice[i];
    if (c.member == NOBODY) continue;
    sum += pow(10, -option_sqnr_db(w, model, c.member, c.option) / 10);
    count++;
  }
  return -10 * log10(sum / (double)count);
}
