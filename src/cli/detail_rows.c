/* Layers and members as rows of the store: see detail_rows.h. */
#include "detail_rows.h"

static qy_store_layer layer_of(const qy_model_layer *l)
{
  return (qy_store_layer){.place = (int)l->place,
                          .member = l->member,
                          .layer = l->layer->name,
                          .type = qy_layer_type_name(l->layer->type),
                          .bound_by = l->bound_by,
                          .weight_bits = l->precision.weights,
                          .activation_bits = l->precision.activations,
                          .sum_bits = l->bits.sum,
                          .bias_bits = l->bits.bias,
                          .accumulator_bits = l->bits.accumulator,
                          .metric = l->metric};
}

static qy_store_member member_of(const qy_model_member *m)
{
  return (qy_store_member){.place = (int)m->place,
                           .member = m->name,
                           .accelerator = m->accelerator,
                           .layers = (int)m->layers,
                           .metric = m->metric};
}

const qy_store_detail *detail_list_add(detail_list *list, const qy_detail *detail)
{
  if (!list->arena && !(list->arena = qy_arena_new())) return NULL;
  qy_store_detail *out = qy_arena_alloc(list->arena, 1, sizeof *out);
  qy_store_layer *layer = qy_arena_alloc(list->arena, detail->layer_count, sizeof *layer);
  qy_store_member *member = qy_arena_alloc(list->arena, detail->member_count, sizeof *member);
  if (!out || !layer || !member) return NULL;
  for (size_t i = 0; i < detail->layer_count; i++)
    layer[i] = layer_of(&detail->layer[i]);
  for (size_t i = 0; i < detail->member_count; i++)
    member[i] = member_of(&detail->member[i]);
  *out = (qy_store_detail){layer, detail->layer_count, member, detail->member_count};
  return out;
}

void detail_list_clear(detail_list *list)
{
  detail_list_free(list);
}

void detail_list_free(detail_list *list)
{
  qy_arena_free(list->arena);
  list->arena = NULL;
}
