/* The subjects that measure.h can measure, a function each, and what they share. */
#ifndef QUARRY_VALIDATE_MEASURE_SUBJECTS_H
#define QUARRY_VALIDATE_MEASURE_SUBJECTS_H

#include "measure.h"

#include "quarry/accelerator.h"
#include "quarry/pe.h"
#include "quarry/schedule.h"

/* A subject that was built, and what is asked of it. */
typedef struct measure_subject measure_subject;
struct measure_subject {
  const measure_library *library; /* NULL: exact, the same in every library */
  double exact;                   /* the figure then */
  /* The figure in a library.  QY_INFEASIBLE with *reason (static text, or text in scratch) when the subject misses its
   * clock there. */
  qy_status (*price)(double *value, const char **reason, const measure_subject *m, const qy_tech *tech, qy_error *err);
  const void *built; /* what was built */
  int quantity;      /* which figure of it */
  const double
      *drawn;        /* [QY_PUBLISHED_DRAWS] where no library has a part and still something is uncertain; else NULL */
  bool mapped;       /* no library has a part, but what a tool makes of it has: not exact, and without an interval */
  qy_arena *scratch; /* of the one figure that is priced */
  int64_t draw;      /* of library->draws that the library given is, for discrepancies; < 0: none, the library itself */
};

typedef qy_status measure_function(measure_subject *m, const qy_yaml *node, const char *quantity,
                                   const measure_conditions *at, qy_error *err);
measure_function measure_element, measure_operator, measure_component, measure_array, measure_accelerator,
    measure_format, measure_network, measure_schedule, measure_rows, measure_fpga, measure_mixed;

/* The entry's technology with its draws; an error at the node when the entry names none.  library: of cells alone. */
qy_status measure_technology_get(const measure_library **library, const qy_yaml *node, const measure_conditions *at,
                                 qy_error *err);
qy_status measure_library_get(const measure_library **library, const qy_yaml *node, const measure_conditions *at,
                              qy_error *err);

/* Index of the quantity in names[0..count), or an error at the node. */
qy_status measure_quantity(int *index, const qy_yaml *node, const char *quantity, const char *const *names, int count,
                           qy_error *err);

/* The mapping as text: keys and values in the file's order.  NULL: out of memory. */
const char *measure_text(const qy_yaml *map, qy_arena *arena);

/* An optional key: *out keeps its value where there is none. */
qy_status measure_integer(int *out, const qy_yaml *map, const char *key, int low, int high, qy_error *err);
qy_status measure_choice(int *out, const qy_yaml *map, const char *key, const char *const *names, size_t count,
                         qy_error *err);

/* An optional key with a count from 1 to high: *out keeps its value where there is none. */
qy_status measure_count(int64_t *out, const qy_yaml *map, const char *key, int64_t high, qy_error *err);

/* The graph of the network that the key names. */
qy_status measure_graph(qy_graph **graph, const qy_yaml *node, const char *key, const measure_conditions *at,
                        qy_error *err);

/* The element of a mapping with `pe`: keys other than own[] (NULL-terminated) are its parameters. */
qy_status measure_pe(qy_pe *pe, const qy_yaml *node, const char *const *own, qy_arena *arena, qy_error *err);

/* The network that a key names: one of db/networks, or a file beside the one that names it (measure_array.c). */
qy_status measure_network_read(qy_network **network, const qy_yaml *node, const char *key, const measure_conditions *at,
                               qy_error *err);

/* Layers that run on an accelerator: the keys network and type, or m, n and k, and depthwise (measure_array.c). */
typedef struct measure_layers {
  qy_layer *layer;
  size_t count;
} measure_layers;
qy_status measure_layers_read(measure_layers *layers, const qy_yaml *node, const measure_conditions *at, qy_error *err);

/* The element in the key `element` of an accelerator and what surrounds it, simulated once however many name it. */
typedef struct measure_element_cache measure_surrounded;
struct measure_element_cache {
  const char *text;         /* as the file describes it */
  const qy_accelerator *in; /* what it is in */
  qy_pe pe;
  qy_components *components;
  measure_surrounded *next;
};
qy_status measure_surrounded_get(const measure_surrounded **element, const qy_accelerator *in, const qy_yaml *node,
                                 const measure_conditions *at, qy_error *err);

/* Circuits of an element on a device (`circuits` as qy_fabric_new takes them), covered once however many entries ask.
 */
typedef struct measure_fabric_cache measure_fabric;
struct measure_fabric_cache {
  const qy_pe *pe;
  const qy_tech *tech;
  unsigned circuits;
  qy_fabric *fabric;
  measure_fabric *next;
};
qy_status measure_fabric_get(const qy_fabric **fabric, const measure_surrounded *element,
                             const measure_library *library, unsigned circuits, const measure_conditions *at,
                             qy_error *err);

/* The table of SRAM macros, read once per run. */
qy_status measure_sram_get(const qy_sram_table **sram, const measure_conditions *at, qy_error *err);

/* Its key `stimulus`: uniform (default), or trained: Laplacian weights, activations after a ReLU, half of them zero. */
qy_status measure_stimulus(qy_pe_stimulus *words, const qy_yaml *node, qy_error *err);

#endif
