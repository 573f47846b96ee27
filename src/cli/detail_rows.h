/* Layers and members of points, from the model to the database. */
#ifndef QUARRY_DETAIL_ROWS_H
#define QUARRY_DETAIL_ROWS_H

#include "quarry/model.h"
#include "quarry/store.h"

/* Rows for the store; their texts and metrics stay the model's. */
typedef struct detail_list {
  qy_arena *arena;
} detail_list;

/* Those of a point, as long as the list is not cleared; NULL: out of memory. */
const qy_store_detail *detail_list_add(detail_list *list, const qy_detail *detail);
void detail_list_clear(detail_list *list);
void detail_list_free(detail_list *list);

#endif
