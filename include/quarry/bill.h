/* The bill of a design (DESIGN section 7): how many of each part it has, how often each event that costs energy happens
 * in a run, and how long the run takes.  A price list (prices.h) says what one part or event costs; all metrics are
 * counts times prices and times, by the rules of the metric table.  Nominal values, draws, systems, layers and members
 * read the same bill.
 *
 * An item is a part or an event.  Its row names the metrics it feeds, one price each, in the metric's own unit: a part
 * has areas and a leakage, an event energies.  A part's second price is that of its flip-flops.
 * Counts of single bits (registers, multiplexers, buses) are in bits.  SRAM items are counted in the table's own
 * prices: square micrometres, milliwatts, microjoules as the table has them; their price is 1, or the factor of a draw.
 * Resources of an FPGA are counted in themselves: their price is 1.
 *
 * Events are additive over layers; so are all the times of a bill.
 * Ownership: plain data, static tables; nothing is allocated here.
 */
#ifndef QUARRY_BILL_H
#define QUARRY_BILL_H

#include "quarry/dram.h"
#include "quarry/metric.h"
#include "quarry/pe.h"

#include <stdint.h>

enum { QY_ROW_ARRAYS = 4 };

/* The buffers that SRAM items tell apart. */
enum { QY_BUFFER_INPUT, QY_BUFFER_OUTPUT, QY_BUFFER_WEIGHTS, QY_BUFFER_ROLES };
const char *qy_buffer_role_name(int role); /* "input", "output", "weights"; NULL: no such role */

/* What an accelerator uses beside its elements: only these items have prices, only these circuits are built. */
enum {
  QY_USES_ADDER = 1 << 0,
  QY_USES_REQUANTIZER = 1 << 1,
  QY_USES_CONTROLLER = 1 << 2,
  QY_USES_MULTIPLES = 1 << 3, /* where the element takes shared multiples in */
  QY_USES_HELD = 1 << 4,      /* products with one operand held */
  QY_USES_REGISTERS = 1 << 5, /* operand registers outside the elements, multiplexers before them */
  QY_USES_CHAINS = 1 << 6,    /* skew and drain chains, buses */
  QY_USES_SRAM = 1 << 7,
  QY_USES_WIRES = 1 << 8,  /* wires between elements */
  QY_USES_MEMORY = 1 << 9, /* DRAM and the buffer before it; of no accelerator: memory_model.h */
  QY_USES_FPGA = 1 << 10   /* resources of an FPGA: of whatever is built on one, and of no accelerator on cells */
};

typedef enum qy_item {
  /* parts */
  QY_PART_ELEMENT,
  QY_PART_ADDER,       /* two accumulators added, sum registered */
  QY_PART_REQUANTIZER, /* accumulator to operand width, registered */
  QY_PART_CONTROLLER,
  QY_PART_MULTIPLES, /* makes the odd multiples of one input word */
  QY_PART_OPERAND_BIT,
  QY_PART_OPERAND_MUX,
  QY_PART_SKEW_BIT,
  QY_PART_SKEW_MUX,
  QY_PART_DRAIN_MUX,
  QY_PART_BUS_BUFFER,
  QY_PART_SRAM,                                            /* + role: area */
  QY_PART_SRAM_LEAKAGE = QY_PART_SRAM + QY_BUFFER_ROLES,   /* + role */
  QY_PART_SHARED = QY_PART_SRAM_LEAKAGE + QY_BUFFER_ROLES, /* buffer between DRAM and the ports: area */
  QY_PART_SHARED_LEAKAGE,
  QY_PART_LUT,       /* by the toolchain of the design */
  QY_PART_LUT_OTHER, /* what the other toolchain takes more; less: negative */
  QY_PART_FF,
  QY_PART_DSP,
  QY_PART_BRAM,     /* 18 Kibit each */
  QY_PART_BASE_LUT, /* what every accelerator has around its arrays, once */
  QY_PART_BASE_DSP,
  QY_PART_FPGA_STATIC, /* of the whole device, once */
  QY_PART_FPGA_SYSTEM, /* what runs beside the fabric, once */
  /* events */
  QY_EVENT_PRODUCT,                                   /* + mode: a cycle of an element with new operands */
  QY_EVENT_HELD = QY_EVENT_PRODUCT + QY_PE_MODES_MAX, /* + mode: with one of them held */
  QY_EVENT_CLOCK = QY_EVENT_HELD + QY_PE_MODES_MAX,   /* a cycle of an element, busy or idle */
  QY_EVENT_ADD,
  QY_EVENT_REQUANTIZE,
  QY_EVENT_CONTROL, /* a cycle of the controller */
  QY_EVENT_MULTIPLES,
  QY_EVENT_OPERAND_WRITE, /* a bit */
  QY_EVENT_OPERAND_MUX,
  QY_EVENT_SKEW_WRITE,
  QY_EVENT_SKEW_MUX,
  QY_EVENT_DRAIN,        /* a bit of a sum moves up one element */
  QY_EVENT_BUS,          /* a bit of a bus reaches an element */
  QY_EVENT_BUS_BUFFER,   /* and passes a buffer */
  QY_EVENT_OPERAND_WIRE, /* a bit of an operand goes as far as an element is wide, moved or on a bus */
  QY_EVENT_SUM_WIRE,     /* a bit of a sum or result likewise */
  QY_EVENT_CLOCK_TREE,   /* a flip-flop is clocked: what brings its clock; follows from the other events */
  QY_EVENT_SRAM_READ,    /* + role */
  QY_EVENT_SRAM_WRITE = QY_EVENT_SRAM_READ + QY_BUFFER_ROLES,
  QY_EVENT_SHARED_READ = QY_EVENT_SRAM_WRITE + QY_BUFFER_ROLES,
  QY_EVENT_SHARED_WRITE,
  QY_EVENT_DRAM,                                      /* + qy_dram_event */
  QY_EVENT_LUT = QY_EVENT_DRAM + QY_DRAM_EVENT_COUNT, /* a cycle of a LUT at work */
  QY_EVENT_LUT_OTHER,                                 /* of those that the other toolchain takes more */
  QY_EVENT_FF,
  QY_EVENT_DSP,
  QY_EVENT_BRAM, /* an access */
  QY_EVENT_BASE, /* a cycle of what surrounds the arrays */
  QY_ITEM_COUNT,
  QY_EVENT_FIRST = QY_EVENT_PRODUCT
} qy_item;

enum { QY_ITEM_FEEDS = 3 };

typedef struct qy_item_info {
  const char *name;         /* "adder", "requantize" */
  const char *unit;         /* of the count: "", "bit", "µm²" */
  int feeds[QY_ITEM_FEEDS]; /* metrics, QY_FEEDS_NONE: no such price */
  unsigned uses;            /* QY_USES_*: only accelerators that use it have it; 0: all */
  const char *help;
} qy_item_info;
enum { QY_FEEDS_NONE = -1 };

const qy_item_info *qy_item_table(void); /* QY_ITEM_COUNT rows */
bool qy_metric_from_parts(int metric);   /* a metric of rule ITEMS: do only parts feed it? */

typedef struct qy_bill {
  double count[QY_ITEM_COUNT];
  double cycles, compute_cycles, transfer_cycles;
  double products;                 /* useful multiply-accumulates */
  double slots;                    /* those that all elements could have made in the same cycles */
  double traffic_bytes;            /* between DRAM and the shared buffer */
  double floor_bytes;              /* the least that any schedule moves; 0: no memory */
  double shared_bytes;             /* capacity of the shared buffer; 0: none */
  double loaded_bits, stored_bits; /* through the load and store port, slots of operands and results */
  double banks[QY_BUFFER_ROLES];   /* of the buffers; 0: not counted */
  double rows[QY_ROW_ARRAYS];      /* of arrays on an FPGA: on slices, in LUTs; the same of high precision */
} qy_bill;

/* Set all events and times to 0, parts stay. */
void qy_bill_clear_run(qy_bill *bill);

/* The prices that an accelerator reads, in an order of their own: those of one metric follow each other, metrics that
 * parts feed come first.  One price of a price list, and one column of a basis of draws, each. */
enum { QY_COLUMNS_MAX = 104 };
typedef struct qy_columns {
  int count, part_count; /* columns; the first part_count are those of parts */
  uint8_t item[QY_COLUMNS_MAX], feed[QY_COLUMNS_MAX];
  int range_count, part_ranges; /* metrics; the first part_ranges are fed by parts */
  struct qy_column_range {
    int metric, first, count;
  } range[QY_METRIC_COUNT];
} qy_columns;
void qy_columns_make(qy_columns *columns, unsigned uses);

/* Sums over items into in[metric], for metrics of parts or of events; price[column]. */
void qy_bill_sum_parts(double *in, const qy_columns *columns, const double *price, const qy_bill *bill);
void qy_bill_sum_events(double *in, const qy_columns *columns, const double *price, const qy_bill *bill);
/* What is certain of one bill at a clock into in[]: times, products, banks. */
void qy_bill_times(double *in, const qy_bill *bill, double clock_mhz);

#endif
