/* quarry import scalesim. */
#ifndef QUARRY_IMPORT_SCALESIM_H
#define QUARRY_IMPORT_SCALESIM_H

#include "quarry/alloc.h"
#include "quarry/status.h"

#include <stdbool.h>

typedef struct scalesim_request {
  const char *config, *topology; /* files */
  const char *stem;              /* STEM.csv and STEM.yaml are written */
  const char *db_dir;
  bool ideal; /* buffers never make tiles */
} scalesim_request;

/* Write both files: only an experiment that runs (its point is built first).  Buffers outside of what runs are moved to
 * the nearest size that does.  Layers whose cycles differ from SCALE-Sim's are said on standard error. */
qy_status import_scalesim(const scalesim_request *request, qy_arena *arena, qy_error *err);

#endif
