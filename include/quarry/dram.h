/* DRAM: energy, time and bandwidth of what a plan moves off chip, from figures of data sheets.
 *
 * Two halves that meet in a dot product.  Events: how many activations, read and write bursts and refreshes some
 * traffic causes, and how long rows are open and closed.  Prices: energy of one of each, linear in the currents, so
 * that a bill can count events and price them in draws of the currents.
 *   prices  E_act = V n tCK [IDD0 tRC - IDD3N tRAS - IDD2N (tRC - tRAS)], E_read = V n tCK BL/2 (IDD4R - IDD3N),
 *           E_write with IDD4W, E_refresh = V n tCK tRFC (IDD5 - IDD3N), V n IDD3N while a row is open, V n IDD2N
 *           otherwise (n chips in a rank; V, mA, ns give pJ).  Source: Micron TN-41-01; MemoryController.cpp of
 *           DRAMSim2 753819a; DRAMsim3 2981759 bills the same, apart from a factor tCK in what it prints.
 *   events  from the addresses: the first QY_DRAM_PLAYED bursts of the traffic are put in order by the controller's
 *           rule under the device's timings, command by command (src/memory/dram_play.c; no clock is ticked), as after
 *           a refresh; what they take is what all take.  Refreshes come in closed form on top: T / tREFI of them, and a
 *           share (tRFC + tRP + tRCD + tRTP) / tREFI of the time is lost to them.  Nothing is fitted: queue depths and
 *           the like are data of the controller (db/memory/dram_controllers.yaml), timings data of the device.
 * What is counted is the core of the chips: no drivers, termination, PHY or controller, no power-down.
 * One rank of chips that fills the bus; `channels` of them, each with a controller of its own, share bytes evenly.
 * Against the simulators, `quarry validate dram` says how close; they differ from each other by 1.2 % median, 4.5 % at
 * most in energy and 1.9 %, 21.6 % in time for one device.
 * Ownership: devices and controllers live in the arena they were read into; the rest are plain structs.
 */
#ifndef QUARRY_DRAM_H
#define QUARRY_DRAM_H

#include "quarry/alloc.h"
#include "quarry/status.h"
#include "quarry/tech.h"

#include <stdbool.h>
#include <stddef.h>

/* Constants of a device: keys of its file, in this order in src/memory/dram_device.c.  CK: cycles of tCK. */
typedef enum qy_dram_constant {
  QY_DRAM_VDD, /* V */
  QY_DRAM_IDD0,
  QY_DRAM_IDD2N,
  QY_DRAM_IDD3N,
  QY_DRAM_IDD4R,
  QY_DRAM_IDD4W,
  QY_DRAM_IDD5, /* mA, of one chip */
  QY_DRAM_TCK,  /* ns */
  QY_DRAM_CL,
  QY_DRAM_CWL,
  QY_DRAM_TRCD,
  QY_DRAM_TRP,
  QY_DRAM_TRAS,
  QY_DRAM_TRRD_S,
  QY_DRAM_TRRD_L,
  QY_DRAM_TFAW,
  QY_DRAM_TCCD_S,
  QY_DRAM_TCCD_L,
  QY_DRAM_TRTP,
  QY_DRAM_TWR,
  QY_DRAM_TWTR_S,
  QY_DRAM_TWTR_L,
  QY_DRAM_TRTRS,
  QY_DRAM_TRPRE,
  QY_DRAM_TRFC,
  QY_DRAM_TREFI,           /* as the standard has it */
  QY_DRAM_TREFI_SIMULATED, /* as the simulator runs the file: see qy_dram_system.simulated; tREFI where not given */
  QY_DRAM_CONSTANT_COUNT
} qy_dram_constant;

typedef struct qy_dram_device {
  const char *name, *title, *file, *license;
  const char *text; /* the file, verbatim: goes into the results database */
  char sha256[65];
  qy_constant constant[QY_DRAM_CONSTANT_COUNT]; /* low..high is a 90 % interval */
  int line[QY_DRAM_CONSTANT_COUNT];             /* where it stands in the file; 0: left out */
  int chips;                                    /* in a rank: bus_bits / width_bits */
  int width_bits, bus_bits;                     /* of a chip; of the bus */
  int bank_groups, banks;                       /* banks: of all groups */
  int rows, columns;                            /* of a bank; columns of width_bits */
  int burst_length;                             /* transfers of a burst, two a cycle */
} qy_dram_device;

/* Which address bits stand directly above the burst: what consecutive bursts have in common. */
typedef enum qy_dram_mapping {
  QY_DRAM_MAP_COLUMN, /* row : bank : column: a row's bursts follow each other; then the next bank */
  QY_DRAM_MAP_GROUP,  /* row : bank : column : group: consecutive bursts go round the bank groups */
  QY_DRAM_MAP_BANK,   /* row : column : bank: they go round all banks */
  QY_DRAM_MAPPING_COUNT
} qy_dram_mapping;

/* A memory controller: keys of db/memory/dram_controllers.yaml, whole numbers. */
typedef struct qy_dram_controller {
  const char *name, *title;
  qy_constant queued_reads;  /* reads that wait to enter a bank's queue */
  qy_constant bank_queue;    /* requests in the queue of each bank, served first ready first; 0: one queue for all,
                                      served oldest ready first, of ... */
  qy_constant command_queue; /* ... so many places: two a request until its activation is sent or dropped */
  qy_constant write_batch;   /* writes it saves up before it turns the bus round; 0: none, taken as they come */
  qy_constant write_idle;    /* more than so many are sent when nothing else waits */
  qy_constant row_limit;     /* hits after which a row is closed; 0: none */
  qy_constant turn_limit;    /* hits after which the oldest request may close a row that others wait for; 0: none */
  qy_constant write_latency_below; /* CL less this in place of the device's CWL, in CK; 0: the device's */
  bool closes_idle_rows;           /* a row that no waiting request wants is closed at once */
  bool refresh_counts_open;        /* time in refresh is billed as open */
  bool simulated_refresh;          /* its runs were at QY_DRAM_TREFI_SIMULATED: for comparing with them only */
} qy_dram_controller;

/* What traffic is sent to. */
typedef struct qy_dram_system {
  const qy_dram_device *device;
  const qy_dram_controller *controller;
  qy_dram_mapping mapping;
  int channels;   /* 1..QY_DRAM_CHANNELS_MAX */
  int row_limit;  /* hits, in place of the controller's; 0: the controller's */
  bool simulated; /* refresh interval of the simulated device instead of the standard's */
} qy_dram_system;

enum { QY_DRAM_CHANNELS_MAX = 8, QY_DRAM_STREAMS_MAX = 16, QY_DRAM_BANKS_MAX = 32, QY_DRAM_PLAYED = 2048 };

/* What is counted and priced. */
typedef enum qy_dram_event {
  QY_DRAM_ACTIVATE, /* activations, each with its precharge */
  QY_DRAM_READ,     /* bursts */
  QY_DRAM_WRITE,    /* bursts */
  QY_DRAM_REFRESH,  /* of a rank */
  QY_DRAM_OPEN,     /* ns with a row open; price: mW, 1 mW ns = 1 pJ */
  QY_DRAM_CLOSED,   /* ns with all rows closed */
  QY_DRAM_EVENT_COUNT
} qy_dram_event;

const char *qy_dram_event_name(qy_dram_event event); /* "activate" */
const char *qy_dram_event_unit(qy_dram_event event); /* of the price: "pJ" or "mW" */

typedef struct qy_dram_prices {
  double pj[QY_DRAM_EVENT_COUNT]; /* all at least 0 */
} qy_dram_prices;

/* Where the runs of a stream lie. */
typedef enum qy_dram_place {
  QY_DRAM_STREAM, /* one behind the other */
  QY_DRAM_PITCH,  /* pitch_bytes apart, start to start */
  QY_DRAM_RANDOM  /* at random places that are multiples of the run */
} qy_dram_place;

/* Bytes that are read or written in runs of consecutive bytes.  A run moves whole bursts (qy_dram_burst_bytes). */
typedef struct qy_dram_stream {
  double bytes; /* at least 0 */
  bool write;
  qy_dram_place place;
  double run_bytes;   /* above 0; of QY_DRAM_STREAM: how much before another stream has its turn; 0: all */
  double pitch_bytes; /* of QY_DRAM_PITCH: at least run_bytes */
} qy_dram_stream;

/* While the memory waits rows stay open where the controller leaves them so.
 * Streams are served together: runs of one between runs of the others, in proportion to their bytes. */
typedef struct qy_dram_traffic {
  const qy_dram_stream *stream;
  size_t count;    /* at most QY_DRAM_STREAMS_MAX */
  double load;     /* share of the peak bandwidth at which requests come, (0..1]; 1: as fast as they are taken */
  double least_ns; /* run time that is bound by something else; 0: by the memory */
} qy_dram_traffic;

/* Counts are sums over the channels, times are of the slowest, which all equal. */
typedef struct qy_dram_events {
  double count[QY_DRAM_EVENT_COUNT];
  double bytes;        /* moved, whole bursts */
  double busy_ns;      /* until the last burst is done */
  double time_ns;      /* the longer of busy_ns and least_ns: refreshes and background are of this time */
  double busy_cycles;  /* of tCK */
  double row_hit_rate; /* 1 - activations / bursts, not below 0; activations for refreshes included */
} qy_dram_events;

/* ---- devices and controllers ---- */

/* Read a device: a file name, or the name of a device in <db_dir>/memory/dram/, capitals or not.  QY_BAD_INPUT: an
 * unknown name (with the nearest and the list); and at file:line:column what is wrong: a key that is missing or
 * unknown, a value out of range, low..high that does not hold the value, a geometry that does not fit the bus, an event
 * of negative energy, a refresh that takes longer than its interval. */
qy_status qy_dram_device_read(qy_dram_device **device, const char *db_dir, const char *name, qy_arena *arena,
                              qy_error *err);

/* Names of the devices in <db_dir>/memory/dram, sorted. */
qy_status qy_dram_device_names(const char *const **names, size_t *count, const char *db_dir, qy_arena *arena,
                               qy_error *err);

/* Read the controllers; *list[*count].  qy_dram_controller_find: by name, NULL when there is none. */
qy_status qy_dram_controllers_read(const qy_dram_controller **list, size_t *count, const char *db_dir, qy_arena *arena,
                                   qy_error *err);
const qy_dram_controller *qy_dram_controller_find(const qy_dram_controller *list, size_t count, const char *name);

const char *qy_dram_constant_key(qy_dram_constant constant); /* "idd0_ma": its key in a device file */
const char *qy_dram_mapping_name(qy_dram_mapping mapping);   /* "column" */

/* Bytes of a burst; of a row of the rank; bandwidth of all channels' buses. */
double qy_dram_burst_bytes(const qy_dram_device *device);
double qy_dram_row_bytes(const qy_dram_device *device);
double qy_dram_peak_gb_per_s(const qy_dram_system *system);

/* ---- prices ---- */

/* Energy of each event with the currents at standard normal z, all of them alike (data sheets give maxima of all
 * parts sold, so the currents of a part err together): 0 is the device as its file says, see qy_constant_at. */
void qy_dram_prices_at(qy_dram_prices *prices, const qy_dram_device *device, double z);

/* The same for given values of the constants: a linear function of the currents at fixed others. */
void qy_dram_prices_of(qy_dram_prices *prices, const qy_dram_device *device,
                       const double value[QY_DRAM_CONSTANT_COUNT]);

/* Energy in pJ of all events; count[i] pj[i] is that of one kind. */
double qy_dram_energy_pj(const qy_dram_events *events, const qy_dram_prices *prices);

/* ---- events ---- */

/* Events and time of some traffic.  What a caller guarantees is asserted: see the fields.  Nothing moved takes no time
 * (but least_ns).  For the same streams in the same proportions the counts and busy times are proportional to the
 * bytes.  Takes about a millisecond whatever the bytes: ask once a pattern. */
void qy_dram_events_of(qy_dram_events *events, const qy_dram_system *system, const qy_dram_traffic *traffic);

/* Add the events of phases that follow each other: counts, bytes and times add up, row_hit_rate follows. */
void qy_dram_events_add(qy_dram_events *sum, const qy_dram_events *more);

#endif
