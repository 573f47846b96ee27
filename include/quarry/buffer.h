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

typedef struct qy_buffer_request {
  int role;          /* QY_BUFFER_* */
  int width_bits;    /* of a word of the whole buffer */
  int64_t banks;     /* at least so many */
  double need_bytes; /* at least so large */
  double asked_bytes; /* 0: the smallest of the table that is large enough */
  qy_sram_flavour flavour;
} qy_buffer_request;

/* Choose a buffer from the table at the supply of the library's SRAM.  NULL, or static text that names the buffer: why
 * there is none. */
const char *qy_buffer_choose(qy_buffer *buffer, const qy_buffer_request *request, const qy_sram_table *table,
                             const qy_tech *tech);
/* NULL, or why one of the buffers cannot follow this clock. */
const char *qy_buffers_follow(const qy_buffer *const *buffers, size_t count, double clock_mhz);

/* Put its macros on the bill; add accesses, each of one macro. */
void qy_bill_buffer(qy_bill *bill, int role, const qy_buffer *buffer);
void qy_bill_accesses(qy_bill *bill, int role, const qy_buffer *buffer, double reads, double writes);

#endif
