/* On-chip buffers of accelerators: SRAM macros side by side, and what they put on a bill.
 *
 * A buffer is `count` macros that are as wide together as its words; one macro where the table is wide enough.  Its
 * number of banks is at least what the schedule needs; left open it is qy_sram_choose's.
 * Units as in the names.  Ownership: plain data.
 */
#ifndef QUARRY_BUFFER_H
#define QUARRY_BUFFER_H

#include "quarry/bill.h"
#include "quarry/sram.h"
#include "quarry/tech.h"

typedef struct qy_buffer {
  double bytes; /* that may be used, of all macros */
  int count, word_bits, banks;
  qy_sram macro;          /* one of them */
  double low_ns, high_ns; /* at all clock periods in [low_ns, high_ns) it is the same */
} qy_buffer;

typedef struct qy_buffer_need {
  int lanes, slot_bits;   /* slots side by side in a word, and their width */
  int64_t banks;          /* at least so many: words that it moves in a cycle */
  double slots;           /* that it must hold */
  double asked_bytes;     /* 0: the smallest of the table that is large enough */
  qy_sram_banks of_banks; /* as many, or those that cost the least energy an access and are fast enough */
} qy_buffer_need;

/* What the buffers are made from. */
typedef struct qy_buffer_input {
  const qy_sram_table *table; /* NULL: buffers are not counted: they hold all, take no time and cost nothing */
  const qy_tech *tech;        /* whose SRAM, at its supply */
  qy_sram_flavour flavour;
  double clock_mhz;
  qy_sram_known *known; /* what was chosen last: of each role, of one buffer of that; NULL: nobody keeps it */
} qy_buffer_input;

/* Choose the three buffers, buffer[role] for need[role].  NULL, or why one of them cannot be: text in `why` that names
 * the buffer, and its capacity, banks and cycle time where they are at fault. */
enum { QY_BUFFER_WHY = 240 };
const char *qy_buffers_choose(qy_buffer buffer[QY_BUFFER_ROLES], char why[QY_BUFFER_WHY],
                              const qy_buffer_need need[QY_BUFFER_ROLES], const qy_buffer_input *input);

/* The same at another clock, where buffers chosen for these needs from this table stand. */
const char *qy_buffers_choose_again(qy_buffer buffer[QY_BUFFER_ROLES], char why[QY_BUFFER_WHY],
                                    const qy_buffer_need need[QY_BUFFER_ROLES], const qy_buffer_input *input);

/* Are they those that would be chosen, whatever the period of the clock is within these limits? */
bool qy_buffers_stay(const qy_buffer buffer[QY_BUFFER_ROLES], double least_ns, double most_ns);

/* The same for one buffer of that name ("shared"), with a table. */
const char *qy_buffer_choose(qy_buffer *buffer, char why[QY_BUFFER_WHY], const char *name, const qy_buffer_need *need,
                             const qy_buffer_input *input);

/* The same for one buffer of block RAMs of an FPGA, half a block (18 Kibit) each: as many as hold what is asked for and
 * are as wide as its words; an access reads or writes all that are side by side. */
enum { QY_BLOCK_BITS = 18432, QY_BLOCK_WIDTH = 36 };
const char *qy_buffer_of_blocks(qy_buffer *buffer, char why[QY_BUFFER_WHY], const char *name,
                                const qy_buffer_need *need, const qy_tech *tech);

/* Bytes or banks of the buffer that a key of a parameter names, "buffers.input" or "buffers.input_banks"; NaN: none. */
double qy_buffer_chosen(const qy_buffer buffer[QY_BUFFER_ROLES], const char *key);

/* Put their macros and banks on the bill; add accesses of a buffer, each of one macro. */
void qy_bill_buffers(qy_bill *bill, const qy_buffer buffer[QY_BUFFER_ROLES]);
void qy_bill_accesses(qy_bill *bill, int role, const qy_buffer *buffer, double reads, double writes);

/* The shared buffer of a memory: its macros; bits that are read from it and written to it, packed into its words. */
void qy_bill_shared(qy_bill *bill, const qy_buffer *buffer);
void qy_bill_shared_bits(qy_bill *bill, const qy_buffer *buffer, double read_bits, double written_bits);

#endif
