/* What sram.c and sram_supply.c share: where the table keeps its supply laws. */
#ifndef QUARRY_MEMORY_SRAM_INT_H
#define QUARRY_MEMORY_SRAM_INT_H

#include "quarry/sram_supply.h"

/* The table's nodes, ascending, into *nodes; returns their number. */
int sram_table_nodes(const qy_sram_table *table, const int **nodes);

/* law[node place * QY_SRAM_FLAVOUR_COUNT + flavour] for every node; lives as long as the table. */
void sram_table_set_laws(qy_sram_table *table, const qy_sram_law *law);

#endif
