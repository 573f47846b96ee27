/* The table of parts and events, and sums over bills: see bill.h. */
#include "quarry/bill.h"

#include "circuits.h"
#include "zero.h"

#include <assert.h>

#define NONE QY_FEEDS_NONE

/* Three rows for the three buffers, three for the three modes. */
#define SRAM_ROWS(first, name, unit, metric, help)                                                                     \
  [(first) + QY_BUFFER_INPUT] = {name " input", unit, {metric, NONE, NONE}, QY_USES_SRAM, help},                       \
             [(first) + QY_BUFFER_OUTPUT] = {name " output", unit, {metric, NONE, NONE}, QY_USES_SRAM, help},          \
             [(first) + QY_BUFFER_WEIGHTS] = {name " weights", unit, {metric, NONE, NONE}, QY_USES_SRAM, help}
#define MODE_ROWS(first, name, uses, help)                                                                             \
  [(first)] = {name " 0", "", {QY_ENERGY_DATAPATH_UJ, NONE, NONE}, uses, help},                                        \
  [(first) + 1] = {name " 1", "", {QY_ENERGY_DATAPATH_UJ, NONE, NONE}, uses, help},                                    \
  [(first) + 2] = {name " 2", "", {QY_ENERGY_DATAPATH_UJ, NONE, NONE}, uses, help}
_Static_assert(QY_PE_MODES_MAX == 3, "a row for each mode");

#define DRAM_ROW(event, name, unit, help)                                                                              \
  [QY_EVENT_DRAM + (event)] = {"DRAM " name, unit, {QY_ENERGY_DRAM_UJ, NONE, NONE}, QY_USES_MEMORY, help}

#define FPGA_ROW(item, name, metric, help) [item] = {name, "", {metric, NONE, NONE}, QY_USES_FPGA, help}

#define LOGIC                                                                                                          \
  {                                                                                                                    \
    QY_AREA_DATAPATH_UM2, QY_AREA_REGISTER_UM2, QY_LEAKAGE_MW                                                          \
  }
#define CONTROL                                                                                                        \
  {                                                                                                                    \
    QY_AREA_CONTROL_UM2, QY_AREA_CONTROL_UM2, QY_LEAKAGE_MW                                                            \
  }
#define REGISTER                                                                                                       \
  {                                                                                                                    \
    NONE, QY_AREA_REGISTER_UM2, QY_LEAKAGE_MW                                                                          \
  }
#define SWITCH                                                                                                         \
  {                                                                                                                    \
    QY_ENERGY_DATAPATH_UJ, QY_ENERGY_REGISTER_UJ, NONE                                                                 \
  }
#define DATA                                                                                                           \
  {                                                                                                                    \
    QY_ENERGY_DATAPATH_UJ, NONE, NONE                                                                                  \
  }
#define CLOCKED                                                                                                        \
  {                                                                                                                    \
    NONE, QY_ENERGY_REGISTER_UJ, NONE                                                                                  \
  }

static const qy_item_info table[QY_ITEM_COUNT] = {
    [QY_PART_ELEMENT] = {"element", "", LOGIC, 0, "a processing element"},
    [QY_PART_ADDER] = {"adder", "", LOGIC, QY_USES_ADDER, "two accumulators added, sum registered"},
    [QY_PART_REQUANTIZER] = {"requantizer", "", LOGIC, QY_USES_REQUANTIZER, "accumulator to operand width, registered"},
    [QY_PART_CONTROLLER] = {"controller", "", CONTROL, QY_USES_CONTROLLER, "loop and address counters"},
    [QY_PART_MULTIPLES] = {"multiples", "", LOGIC, QY_USES_MULTIPLES, "makes the odd multiples of an input word"},
    [QY_PART_OPERAND_BIT] = {"operand register", "bit", REGISTER, QY_USES_REGISTERS, "outside the elements"},
    [QY_PART_OPERAND_MUX] = {"operand multiplexer", "bit", LOGIC, QY_USES_REGISTERS, "one more word to choose from"},
    [QY_PART_SKEW_BIT] = {"skew register", "bit", REGISTER, QY_USES_CHAINS, "delays words, or lines sums up"},
    [QY_PART_SKEW_MUX] = {"skew multiplexer", "bit", LOGIC, QY_USES_CHAINS, "shortens a chain"},
    [QY_PART_DRAIN_MUX] = {"drain multiplexer", "bit", LOGIC, QY_USES_CHAINS, "a sum, or the one from below"},
    [QY_PART_BUS_BUFFER] = {"bus buffer", "bit", LOGIC, QY_USES_CHAINS, "drives four taps of a bus"},
    SRAM_ROWS(QY_PART_SRAM, "SRAM", "µm²", QY_AREA_SRAM_UM2, "area of the macros by the table"),
    SRAM_ROWS(QY_PART_SRAM_LEAKAGE, "SRAM leakage", "mW", QY_LEAKAGE_MW, "leakage of the macros by the table"),
    [QY_PART_SHARED] = {"shared SRAM", "µm²", {QY_AREA_SRAM_UM2, NONE, NONE}, QY_USES_MEMORY, "area by the table"},
    [QY_PART_SHARED_LEAKAGE] =
        {"shared SRAM leakage", "mW", {QY_LEAKAGE_MW, NONE, NONE}, QY_USES_MEMORY, "by the table"},
    FPGA_ROW(QY_PART_LUT, "LUT", QY_LUT, "by the toolchain of the design"),
    FPGA_ROW(QY_PART_LUT_OTHER, "LUT, other toolchain", QY_LUT, "what the other toolchain takes more"),
    FPGA_ROW(QY_PART_FF, "FPGA flip-flop", QY_FF, "of the slices"),
    FPGA_ROW(QY_PART_DSP, "DSP slice", QY_DSP, "a DSP slice"),
    FPGA_ROW(QY_PART_BRAM, "block RAM", QY_BRAM, "18 Kibit"),
    FPGA_ROW(QY_PART_BASE_LUT, "LUTs around the arrays", QY_LUT, "control, addresses, memory ports"),
    FPGA_ROW(QY_PART_BASE_DSP, "DSP slices around the arrays", QY_DSP, "addresses"),
    FPGA_ROW(QY_PART_FPGA_STATIC, "static power", QY_LEAKAGE_MW, "of the whole device"),
    FPGA_ROW(QY_PART_FPGA_SYSTEM, "system power", QY_LEAKAGE_MW,
             "of processors and memory interfaces beside the fabric"),
    MODE_ROWS(QY_EVENT_PRODUCT, "product, mode", 0, "a cycle of an element with new operands, clock left out"),
    MODE_ROWS(QY_EVENT_HELD, "product held, mode", QY_USES_HELD, "the same with one operand held"),
    [QY_EVENT_CLOCK] = {"clock", "", CLOCKED, 0, "a cycle of an element, busy or idle"},
    [QY_EVENT_ADD] = {"add", "", SWITCH, QY_USES_ADDER, "a use of an adder"},
    [QY_EVENT_REQUANTIZE] = {"requantize", "", SWITCH, QY_USES_REQUANTIZER, "a result requantized"},
    [QY_EVENT_CONTROL] = {"control", "", SWITCH, QY_USES_CONTROLLER, "a cycle of the controller"},
    [QY_EVENT_MULTIPLES] = {"make multiples", "", DATA, QY_USES_MULTIPLES, "an input word's multiples made"},
    [QY_EVENT_OPERAND_WRITE] = {"operand write", "bit", CLOCKED, QY_USES_REGISTERS, "a bit written"},
    [QY_EVENT_OPERAND_MUX] = {"operand choice", "bit", DATA, QY_USES_REGISTERS, "a bit passed over by a multiplexer"},
    [QY_EVENT_SKEW_WRITE] = {"skew write", "bit", CLOCKED, QY_USES_CHAINS, "a bit written"},
    [QY_EVENT_SKEW_MUX] = {"skew choice", "bit", CLOCKED, QY_USES_CHAINS, "a written bit behind a multiplexer"},
    [QY_EVENT_DRAIN] = {"drain", "bit", DATA, QY_USES_CHAINS, "a bit of a sum moved up one element"},
    [QY_EVENT_BUS] = {"bus", "bit", DATA, QY_USES_CHAINS, "a bit that reaches an element"},
    [QY_EVENT_BUS_BUFFER] = {"bus buffering", "bit", DATA, QY_USES_CHAINS, "a bit that passes a buffer"},
    [QY_EVENT_OPERAND_WIRE] = {"operand wire", "bit", DATA, QY_USES_WIRES, "a bit of an operand moved one element on"},
    [QY_EVENT_SUM_WIRE] = {"sum wire", "bit", DATA, QY_USES_WIRES, "a bit of a sum or result moved one element on"},
    [QY_EVENT_CLOCK_TREE] = {"clock tree", "", CLOCKED, 0, "a flip-flop clocked: wires and buffers before it"},
    SRAM_ROWS(QY_EVENT_SRAM_READ, "SRAM read", "µJ", QY_ENERGY_SRAM_UJ, "reads by the table"),
    SRAM_ROWS(QY_EVENT_SRAM_WRITE, "SRAM write", "µJ", QY_ENERGY_SRAM_UJ, "writes by the table"),
    [QY_EVENT_SHARED_READ] =
        {"shared SRAM read", "µJ", {QY_ENERGY_SRAM_UJ, NONE, NONE}, QY_USES_MEMORY, "to ports and DRAM"},
    [QY_EVENT_SHARED_WRITE] =
        {"shared SRAM write", "µJ", {QY_ENERGY_SRAM_UJ, NONE, NONE}, QY_USES_MEMORY, "from ports and DRAM"},
    DRAM_ROW(QY_DRAM_ACTIVATE, "activate", "", "a row opened, and closed"),
    DRAM_ROW(QY_DRAM_READ, "read", "", "a burst read"),
    DRAM_ROW(QY_DRAM_WRITE, "write", "", "a burst written"),
    DRAM_ROW(QY_DRAM_REFRESH, "refresh", "", "of a rank"),
    DRAM_ROW(QY_DRAM_OPEN, "open", "ns", "background with a row open"),
    DRAM_ROW(QY_DRAM_CLOSED, "closed", "ns", "background with all rows closed"),
    FPGA_ROW(QY_EVENT_LUT, "LUT cycle", QY_ENERGY_DATAPATH_UJ, "a cycle of a LUT at work"),
    FPGA_ROW(QY_EVENT_LUT_OTHER, "LUT cycle, other toolchain", QY_ENERGY_DATAPATH_UJ, "of the LUTs it takes more"),
    FPGA_ROW(QY_EVENT_FF, "flip-flop cycle", QY_ENERGY_REGISTER_UJ, "a cycle of a flip-flop at work"),
    FPGA_ROW(QY_EVENT_DSP, "DSP cycle", QY_ENERGY_DATAPATH_UJ, "a cycle of a DSP slice at work"),
    FPGA_ROW(QY_EVENT_BRAM, "block RAM access", QY_ENERGY_SRAM_UJ, "a read or write of a block RAM"),
    FPGA_ROW(QY_EVENT_BASE, "cycle around the arrays", QY_ENERGY_DATAPATH_UJ, "a cycle of what surrounds the arrays"),
};
_Static_assert(QY_DRAM_EVENT_COUNT == 6, "a row for each event of a DRAM");

const qy_item_info *qy_item_table(void)
{
  return table;
}

const char *qy_buffer_role_name(int role)
{
  static const char *const name[QY_BUFFER_ROLES] = {"input", "output", "weights"};
  return role >= 0 && role < QY_BUFFER_ROLES ? name[role] : NULL;
}

static bool fed_by_events(int metric)
{
  for (int i = QY_EVENT_FIRST; i < QY_ITEM_COUNT; i++)
    for (int f = 0; f < QY_ITEM_FEEDS; f++)
      if (table[i].feeds[f] == metric) return true;
  return false;
}

bool qy_metric_from_parts(int metric)
{
  return qy_metric_table()[metric].rule == QY_RULE_ITEMS && !fed_by_events(metric);
}

void qy_bill_clear_run(qy_bill *bill)
{
  accel_zero(bill->count + QY_EVENT_FIRST, (QY_ITEM_COUNT - QY_EVENT_FIRST) * sizeof *bill->count);
  bill->cycles = bill->compute_cycles = bill->transfer_cycles = bill->products = bill->slots = 0;
  bill->loaded_bits = bill->stored_bits = bill->traffic_bytes = 0;
}

/* On an FPGA all items are such; on cells, those of whatever is used, and those of everybody. */
static bool belongs(unsigned item_uses, unsigned uses)
{
  return (uses & QY_USES_FPGA) ? (item_uses & uses) != 0 : (item_uses & ~uses) == 0;
}

/* The columns of one metric. */
static void add_range(qy_columns *c, int metric, unsigned uses)
{
  const int first = c->count;
  for (int i = 0; i < QY_ITEM_COUNT; i++)
    for (int f = 0; f < QY_ITEM_FEEDS; f++) {
      if (table[i].feeds[f] != metric || !belongs(table[i].uses, uses)) continue;
      assert(c->count < QY_COLUMNS_MAX);
      c->item[c->count] = (uint8_t)i;
      c->feed[c->count++] = (uint8_t)f;
    }
  if (c->count > first) c->range[c->range_count++] = (struct qy_column_range){metric, first, c->count - first};
}

void qy_columns_make(qy_columns *columns, unsigned uses)
{
  bool from_parts[QY_METRIC_COUNT];
  *columns = (qy_columns){0};
  for (int m = 0; m < QY_METRIC_COUNT; m++)
    from_parts[m] = qy_metric_from_parts(m);
  for (int of_parts = 1; of_parts >= 0; of_parts--) {
    for (int m = 0; m < QY_METRIC_COUNT; m++)
      if (qy_metric_table()[m].rule == QY_RULE_ITEMS && from_parts[m] == (of_parts != 0)) add_range(columns, m, uses);
    if (!of_parts) continue;
    columns->part_count = columns->count;
    columns->part_ranges = columns->range_count;
  }
}

#include "bill_one.h"
#include "scalars.h"
#define VALUES              double *
#define PRICES              const one_prices *
#define IN(in, id)          ((in)[id])
#define PRICE(p, column)    ((p)->price[column])
#define FLIP_FLOPS(p, role) ((p)->flip_flops[role])
typedef struct one_prices {
  const double *price, *flip_flops; /* of columns; of circuits, NULL: not asked for */
} one_prices;
#include "bill_rules.h"

void qy_bill_sum_parts(double *in, const qy_columns *columns, const double *price, const qy_bill *bill)
{
  one_sum(in, columns, &(one_prices){price, NULL}, bill, 0, columns->part_ranges);
}

void qy_bill_sum_events(double *in, const qy_columns *columns, const double *price, const qy_bill *bill)
{
  one_sum(in, columns, &(one_prices){price, NULL}, bill, columns->part_ranges, columns->range_count);
}

void qy_bill_times(double *in, const qy_bill *bill, double clock_mhz)
{
  one_times(in, bill, clock_mhz);
  in[QY_TRAFFIC_BYTES] = bill->traffic_bytes;
  in[QY_TRAFFIC_FLOOR_BYTES] = bill->floor_bytes;
  in[QY_SHARED_BUFFER_BYTES] = bill->shared_bytes;
  in[QY_BANKS_INPUT] = bill->banks[QY_BUFFER_INPUT];
  in[QY_BANKS_OUTPUT] = bill->banks[QY_BUFFER_OUTPUT];
  in[QY_BANKS_WEIGHTS] = bill->banks[QY_BUFFER_WEIGHTS];
  for (int i = 0; i < QY_ROW_ARRAYS; i++)
    in[QY_ROWS_DSP + i] = bill->rows[i];
}

double qy_prices_clocked(const qy_prices *prices, const qy_bill *bill)
{
  return one_clocked(&(one_prices){prices->price, prices->flip_flops}, bill);
}
