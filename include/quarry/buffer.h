/* On-chip buffers of accelerators: SRAM macros side by side, and what they put on a bill.
 *
 * A buffer is `count` macros that are as wide together as its words; one macro where the table is wide enough.
 * Units as in the names.  Ownership: plain data.
 */
#ifndef QUARRY_BUFFER_H
#define QUARRY_BUFFER_H

#include "quarry/bill.h"
#include "quarry/sram.h"
#include "quarry/tech.h"

typedef struct qy_buffer {
  double bytes; /* of all macros */
  int count, word_bits, banks;
  qy_sram macro; /* one of them */
} qy_buffer;

typedef struct qy_buffer_need {
  int lanes, slot_bits; /* slots side by side in a word, and their width */
  int64_t banks;        /* at least so many */
  double slots;         /* that it must hold */
  double asked_bytes;   /* 0: the smallest of the table that is large enough */
} qy_buffer_need;

/* Choose the three buffers, buffer[role] for need[role], from the table at the supply of the library's SRAM.  NULL, or
 * static text that names the buffer: why there is none, or why one cannot follow the clock. */
const char *qy_buffers_choose(qy_buffer buffer[QY_BUFFER_ROLES], const qy_buffer_need need[QY_BUFFER_ROLES],
                              qy_sram_flavour flavour, const qy_sram_table *table, const qy_tech *tech,
                              double clock_mhz);

/* Put their macros on the bill; add accesses of a buffer, each of one macro. */
void qy_bill_buffers(qy_bill *bill, const qy_buffer buffer[QY_BUFFER_ROLES]);
void qy_bill_accesses(qy_bill *bill, int role, const qy_buffer *buffer, double reads, double writes);

#endif
