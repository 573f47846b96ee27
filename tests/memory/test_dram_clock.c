/* What the DRAM model says of traffic against a memory controller that is simulated clock by clock.
 *
 * The simulation is written for this test alone: a queue for each bank, first ready first served, writes drained in
 * batches, refreshes of all banks, every limit between commands kept as the next clock at which a bank may be sent it.
 * It shares no code with the model, which ticks no clock and adds refreshes as a share of the time.
 * Devices, pitches, run lengths and mixes are others than those of tests/data/dram_sim.csv.
 */
#include "quarry/dram.h"

#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

enum { QUEUE = 8, READS = 32, WRITES = 32, BANKS = 16, BURSTS = 12000, HITS_BEFORE_TURN = 4 };

typedef struct wish {
  long row;
  int bank;
  bool write;
} wish;

typedef struct pattern {
  int place; /* qy_dram_place */
  long run, pitch;
  double writes;  /* share of the bytes */
  long write_run; /* of writes; 0: as of reads */
} pattern;

static long run_of(const pattern *p, bool write)
{
  return write && p->write_run ? p->write_run : p->run;
}

/* Share of the runs that are writes. */
static double runs_written(const pattern *p)
{
  const double written = p->writes / (double)run_of(p, true), read = (1 - p->writes) / (double)run_of(p, false);
  return written / (written + read);
}

typedef struct memory {
  const qy_dram_device *device;
  const pattern *pattern;
  long c[QY_DRAM_CONSTANT_COUNT]; /* timings */
  long refresh_every, burst, bursts_of_row;
  wish queue[BANKS][QUEUE], read[READS], write[WRITES];
  int queued[BANKS], reads, writes, draining;
  bool open[BANKS];
  long row[BANKS], hits[BANKS], may_read[BANKS], may_write[BANKS], may_activate[BANKS], may_close[BANKS];
  long four[4];
  int four_at, turn;
  long clock, served, activations;
  long run[2], left, at; /* per kind: runs so far; the run at hand */
  double owed;
  bool writing;
  unsigned long seed;
} memory;

static unsigned long draw(memory *m)
{
  m->seed = m->seed * 6364136223846793005UL + 1442695040888963407UL;
  return m->seed >> 33;
}

static void raise(long *limit, long clock)
{
  if (*limit < clock) *limit = clock;
}

static int group_of(const memory *m, int bank)
{
  return bank / (m->device->banks / m->device->bank_groups);
}

/* Row : bank : bank group : column; banks numbered group by group. */
static wish next_wish(memory *m)
{
  const pattern *p = m->pattern;
  const int groups = m->device->bank_groups, each = m->device->banks / groups;
  if (m->left == 0) {
    const bool any = p->place == QY_DRAM_RANDOM;
    m->owed += runs_written(p);
    m->writing = any ? (double)(draw(m) % 1000) < 1000 * runs_written(p) : m->owed > 1 - 1e-9;
    if (m->writing) m->owed -= 1;
    m->left = (run_of(p, m->writing) + m->burst - 1) / m->burst;
    const long k = m->run[m->writing]++;
    m->at = p->place == QY_DRAM_STREAM  ? k * m->left
            : p->place == QY_DRAM_PITCH ? k * p->pitch / m->burst
                                        : (long)(draw(m) % 1000000) * m->left;
  }
  const long page = m->at++ / m->bursts_of_row;
  m->left--;
  return (wish){.bank = (int)(page % groups) * each + (int)(page / groups % each),
                .row = page / (groups * each) + (m->writing ? 1L << 40 : 0),
                .write = m->writing};
}

/* Limits that a burst of the bank puts on all. */
static void sent(memory *m, int bank, bool write)
{
  const long *c = m->c, data = m->device->burst_length / 2;
  for (int b = 0; b < m->device->banks; b++) {
    const bool near = group_of(m, b) == group_of(m, bank);
    const long ccd = near ? c[QY_DRAM_TCCD_L] : c[QY_DRAM_TCCD_S], gap = ccd > data ? ccd : data;
    if (write) {
      raise(&m->may_write[b], m->clock + gap);
      raise(&m->may_read[b], m->clock + c[QY_DRAM_CWL] + data + (near ? c[QY_DRAM_TWTR_L] : c[QY_DRAM_TWTR_S]));
    } else {
      raise(&m->may_read[b], m->clock + gap);
      raise(&m->may_write[b], m->clock + c[QY_DRAM_CL] + data - c[QY_DRAM_CWL] + c[QY_DRAM_TRPRE] + c[QY_DRAM_TRTRS]);
    }
  }
  raise(&m->may_close[bank], m->clock + (write ? c[QY_DRAM_CWL] + data + c[QY_DRAM_TWR] : c[QY_DRAM_TRTP]));
  m->hits[bank]++;
  m->served++;
}

static void opened(memory *m, int bank, long row)
{
  const long *c = m->c;
  m->open[bank] = true;
  m->row[bank] = row;
  m->hits[bank] = 0;
  m->activations++;
  m->four[m->four_at++ % 4] = m->clock;
  raise(&m->may_close[bank], m->clock + c[QY_DRAM_TRAS]);
  raise(&m->may_read[bank], m->clock + c[QY_DRAM_TRCD]);
  raise(&m->may_write[bank], m->clock + c[QY_DRAM_TRCD]);
  for (int b = 0; b < m->device->banks; b++)
    if (b != bank)
      raise(&m->may_activate[b],
            m->clock + (group_of(m, b) == group_of(m, bank) ? c[QY_DRAM_TRRD_L] : c[QY_DRAM_TRRD_S]));
}

static void closed(memory *m, int bank)
{
  m->open[bank] = false;
  raise(&m->may_activate[bank], m->clock + m->c[QY_DRAM_TRP]);
}

static void take_out(wish *list, int *count, int i)
{
  (*count)--;
  for (; i < *count; i++)
    list[i] = list[i + 1];
}

/* Send one command of the bank's queue; false: none can be sent at this clock. */
static bool serve(memory *m, int bank)
{
  wish *q = m->queue[bank];
  bool wanted = false;
  for (int i = 0; i < m->queued[bank]; i++)
    wanted = wanted || q[i].row == m->row[bank];
  for (int i = 0; i < m->queued[bank]; i++) {
    if (!m->open[bank]) {
      if (m->clock < m->may_activate[bank] || m->clock < m->four[m->four_at % 4] + m->c[QY_DRAM_TFAW]) return false;
      opened(m, bank, q[i].row);
      return true;
    }
    if (q[i].row == m->row[bank]) {
      const bool write = q[i].write;
      if (m->clock < (write ? m->may_write[bank] : m->may_read[bank])) return false;
      take_out(q, &m->queued[bank], i);
      sent(m, bank, write);
      return true;
    }
    if (i == 0 && m->clock >= m->may_close[bank] && (!wanted || m->hits[bank] > HITS_BEFORE_TURN)) {
      closed(m, bank);
      return true;
    }
  }
  return false;
}

/* Close what is open, then refresh; true when it is sent. */
static bool refresh(memory *m)
{
  bool idle = true;
  for (int b = 0; b < m->device->banks; b++) {
    if (m->open[b] && m->clock >= m->may_close[b]) {
      closed(m, b);
      return false;
    }
    idle = idle && !m->open[b];
  }
  if (!idle) return false;
  for (int b = 0; b < m->device->banks; b++)
    m->may_activate[b] = m->clock + m->c[QY_DRAM_TRP] + m->c[QY_DRAM_TRFC];
  return true;
}

static void let_in(memory *m)
{
  if (!m->draining && m->writes == WRITES) m->draining = WRITES;
  wish *list = m->draining ? m->write : m->read;
  int *count = m->draining ? &m->writes : &m->reads;
  for (int i = 0; i < *count; i++) {
    const wish w = list[i];
    if (m->queued[w.bank] == QUEUE) continue;
    m->queue[w.bank][m->queued[w.bank]++] = w;
    take_out(list, count, i);
    if (m->draining) m->draining--;
    return;
  }
}

/* Cycles and activations a burst. */
static void simulate(const qy_dram_device *device, const pattern *p, double *cycles, double *activations)
{
  static memory zero;
  memory *m = malloc(sizeof *m);
  if (!m) abort();
  *m = zero;
  m->device = device;
  m->pattern = p;
  m->seed = 7;
  for (int i = 0; i < QY_DRAM_CONSTANT_COUNT; i++)
    m->c[i] = (long)device->constant[i].value;
  m->burst = (long)qy_dram_burst_bytes(device);
  m->bursts_of_row = (long)qy_dram_row_bytes(device) / m->burst;
  for (int i = 0; i < 4; i++)
    m->four[i] = -100000;
  long due = m->c[QY_DRAM_TREFI];
  wish next = next_wish(m);
  bool wants_refresh = false;
  for (; m->served < BURSTS; m->clock++) {
    if (m->clock >= due) {
      wants_refresh = true;
      due += m->c[QY_DRAM_TREFI];
    }
    if (wants_refresh) wants_refresh = !refresh(m);
    for (int i = 0; !wants_refresh && i < device->banks; i++) {
      m->turn = (m->turn + 1) % device->banks;
      if (serve(m, m->turn)) break;
    }
    let_in(m);
    if (next.write ? m->writes < WRITES : m->reads < READS) {
      if (next.write)
        m->write[m->writes++] = next;
      else
        m->read[m->reads++] = next;
      next = next_wish(m);
    }
  }
  *cycles = (double)m->clock / (double)m->served;
  *activations = (double)m->activations / (double)m->served;
  free(m);
}

static void model(const qy_dram_device *device, const qy_dram_controller *controller, const pattern *p, double *cycles,
                  double *activations)
{
  const qy_dram_system system = {.device = device, .controller = controller, .channels = 1};
  const double bytes = 1e7;
  const qy_dram_stream stream[2] = {{.bytes = bytes * (1 - p->writes),
                                     .place = (qy_dram_place)p->place,
                                     .run_bytes = (double)p->run,
                                     .pitch_bytes = (double)p->pitch},
                                    {.bytes = bytes * p->writes,
                                     .write = true,
                                     .place = (qy_dram_place)p->place,
                                     .run_bytes = (double)run_of(p, true),
                                     .pitch_bytes = (double)p->pitch}};
  const qy_dram_traffic traffic = {.stream = stream, .count = 2, .load = 1};
  qy_dram_events e;
  qy_dram_events_of(&e, &system, &traffic);
  const double bursts = e.count[QY_DRAM_READ] + e.count[QY_DRAM_WRITE];
  *cycles = e.busy_cycles / bursts;
  *activations = e.count[QY_DRAM_ACTIVATE] / bursts;
}

static int ascending(const void *a, const void *b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void compare(const qy_dram_device *device, const qy_dram_controller *controller)
{
  static const pattern patterns[] = {
      {QY_DRAM_STREAM, 8192, 0, 0, 0},         {QY_DRAM_STREAM, 3584, 0, 0.125, 0},
      {QY_DRAM_STREAM, 448, 0, 0.33, 0},       {QY_DRAM_PITCH, 192, 27648, 0, 0},
      {QY_DRAM_PITCH, 448, 27648, 0.125, 0},   {QY_DRAM_PITCH, 1792, 27648, 0.33, 0},
      {QY_DRAM_PITCH, 3584, 27648, 0, 0},      {QY_DRAM_PITCH, 192, 100352, 0.33, 0},
      {QY_DRAM_PITCH, 448, 100352, 0, 0},      {QY_DRAM_PITCH, 1792, 100352, 0, 0},
      {QY_DRAM_PITCH, 3584, 100352, 0.125, 0}, {QY_DRAM_PITCH, 448, 65536, 0.33, 0},
      {QY_DRAM_PITCH, 1792, 65536, 0.125, 0},  {QY_DRAM_PITCH, 192, 65536, 0, 0},
      {QY_DRAM_RANDOM, 64, 0, 0, 0},           {QY_DRAM_RANDOM, 64, 0, 0.33, 0},
      {QY_DRAM_RANDOM, 192, 0, 0.125, 0},      {QY_DRAM_RANDOM, 448, 0, 0.33, 0},
      {QY_DRAM_RANDOM, 1792, 0, 0, 0},         {QY_DRAM_RANDOM, 3584, 0, 0.33, 0},
      {QY_DRAM_STREAM, 448, 0, 0.33, 3584},    {QY_DRAM_STREAM, 4096, 0, 0.125, 256},
      {QY_DRAM_PITCH, 448, 27648, 0.25, 1792}, {QY_DRAM_RANDOM, 1792, 0, 0.33, 64},
  };
  enum { COUNT = sizeof patterns / sizeof *patterns };
  double time[COUNT], row[COUNT];
  for (int i = 0; i < COUNT; i++) {
    double c, a, cycles, activations;
    simulate(device, &patterns[i], &c, &a);
    model(device, controller, &patterns[i], &cycles, &activations);
    time[i] = 100 * fabs(cycles / c - 1);
    row[i] = 100 * fabs(activations - a);
    if (time[i] > 5 || row[i] > 3)
      printf("# %s place %d, runs of %ld, pitch %ld, %g written: %.3f cycles, model %.3f; %.4f rows, model %.4f\n",
             device->name, patterns[i].place, patterns[i].run, patterns[i].pitch, patterns[i].writes, c, cycles, a,
             activations);
  }
  qsort(time, COUNT, sizeof *time, ascending);
  qsort(row, COUNT, sizeof *row, ascending);
  ok(time[COUNT / 2] < 1.5 && time[COUNT - 2] < 10,
     "%s: cycles within 1.5 %% (median), 10 %% (all but one): %.2f, %.2f", device->name, time[COUNT / 2],
     time[COUNT - 2]);
  ok(row[COUNT / 2] < 0.5 && row[COUNT - 2] < 3, "%s: row hits within 0.5 points (median), 3 (all but one): %.2f, %.2f",
     device->name, row[COUNT / 2], row[COUNT - 2]);
}

int main(void)
{
  static const char *const names[] = {"ddr3_1866_8gb_x16", "ddr4_3200_8gb_x8", "lpddr3_1333_8gb_x32"};
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  const qy_dram_controller *list;
  size_t count;
  if (!ok(qy_dram_controllers_read(&list, &count, "db", arena, &err) == QY_OK, "controllers")) return done();
  const qy_dram_controller *controller = qy_dram_controller_find(list, count, "DRAMsim3");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    qy_dram_device *device;
    if (ok(qy_dram_device_read(&device, "db", names[i], arena, &err) == QY_OK, "%s is read", names[i]))
      compare(device, controller);
  }
  qy_arena_free(arena);
  return done();
}
