/* Memory that runs out while a small model is read and worked on: see no_memory.h. */
#ifndef QUARRY_TESTS_ONNX_MEMORY_H
#define QUARRY_TESTS_ONNX_MEMORY_H

#include "no_memory.h"
#include "onnx_text.h"

/* What is done with a model that was read: *answer tells one result from another. */
typedef qy_status (*onnx_memory_work)(const void *row, const qy_onnx *onnx, double *answer, qy_arena *arena,
                                      qy_error *err);

typedef struct onnx_memory_job {
  const char *file;
  const uint8_t *bytes;
  size_t length, pad; /* the pad moves the places where the caller's arena is full */
  onnx_memory_work work;
  const void *row;
} onnx_memory_job;

static qy_status onnx_memory_done(void *ctx, double *answer, qy_error *err)
{
  static const qy_onnx_options options = {.batch = 1};
  const onnx_memory_job *job = ctx;
  qy_onnx *onnx = NULL;
  qy_arena *a = memory_arena(job->pad);
  *answer = 0;
  qy_status status = a ? QY_OK : qy_no_memory(err);
  if (!status) status = qy_onnx_bytes(&onnx, job->file, job->bytes, job->length, &options, err);
  if (!status) status = job->work(job->row, onnx, answer, a, err);
  qy_onnx_free(onnx);
  qy_arena_free(a);
  return status;
}

/* A model that `work` takes, with several pads, and names of its file of several lengths: those move the places where
 * the model's own arena is full. */
static void onnx_memory_try(memory_tally *t, const char *file, const char *model, onnx_memory_work work,
                            const void *row)
{
  enum { MOST = 4096, STEP = 509, LONGER = 8 };
  qy_arena *a = qy_arena_new();
  onnx_memory_job job = {.file = file, .work = work, .row = row};
  assert(a);
  job.bytes = onnx_text_bytes(&job.length, model, a);
  for (job.pad = 1 + job.length % STEP; job.pad < MOST; job.pad += STEP) {
    const char *name = strrchr(file, '/');
    size_t used = name ? (size_t)(name + 1 - file) : 0;
    char path[MOST];
    memcpy(path, file, used);
    for (size_t length = job.pad / LONGER; length > 0; length--, used += 2)
      memcpy(path + used, "./", 2);
    snprintf(path + used, sizeof path - used, "%s", name ? name + 1 : file);
    job.file = path;
    memory_try(t, onnx_memory_done, &job, 1, 1);
  }
  qy_arena_free(a);
}

/* Sums of values that tell where they are. */
__attribute__((unused)) static double onnx_memory_sum(double sum, const double *value, size_t count)
{
  for (size_t i = 0; value && i < count; i++)
    sum = sum / 2 + value[i];
  return sum;
}

#endif
