/* What the kinds of published figures share: the lists they go to, one comparison, intervals, judgement. */
#ifndef QUARRY_VALIDATE_PUBLISHED_INT_H
#define QUARRY_VALIDATE_PUBLISHED_INT_H

#include "measure.h"

#include "quarry/progress.h"
#include "quarry/published.h"
#include "quarry/yaml.h"

/* Results in the order of evaluation. */
typedef struct figure_list {
  qy_figure_result *result;
  size_t count, capacity;
  qy_paper_result *paper;
  size_t paper_count, paper_capacity;
  qy_progress progress;
} figure_list;

/* QY_BAD_INPUT: a figure of that name stands in the section already. */
qy_status figure_add(figure_list *list, const qy_figure_result *result, qy_error *err);
qy_status figure_add_paper(figure_list *list, const qy_paper_result *paper, qy_error *err);
void figure_list_free(figure_list *list);

extern const char figure_section_published[], figure_section_used[];

/* An entry as read: all of its result that needs no model, and what is asked. */
enum { FIGURE_RATIO, FIGURE_DIFFERENCE, FIGURE_VALUE };
typedef struct figure_entry {
  qy_figure_result r;
  const qy_yaml *node;
  const char *quantity;
  int relation; /* of these */
  bool calibrated, prediction;
} figure_entry;

/* Keys of an entry but `technology` and `clock_mhz`; NULL-terminated. */
extern const char *const figure_keys[];

/* Read an entry whose keys are keys[] (NULL-terminated).  source: of the paper, NULL: the entry must say it. */
qy_status figure_read(figure_entry *e, const qy_yaml *entry, const char *const *keys, const char *source,
                      qy_arena *arena, qy_error *err);

/* Measure `of` and, but for a value, `to` (NULL then), relate and judge: all of e->r.  With at->central no interval. */
qy_status figure_measure(figure_entry *e, const qy_yaml *of, const qy_yaml *to, const measure_conditions *at,
                         qy_error *err);

/* Is the model within the tolerance? */
bool figure_within(const qy_figure_result *r);
/* Neither calibrated nor a prediction. */
bool figure_scored(const qy_figure_result *r);

/* Fill draws, missed, p05 and p95 from the model's value in each draw; NaN: the subject missed its clock.  Reorders. */
void figure_interval(qy_figure_result *r, double *value, size_t count);

/* Fill error_pct, verdict and inside from published, model, tolerance and interval. */
void figure_judge(qy_figure_result *r, bool calibrated, bool prediction);

/* An entry that stands alone. */
qy_status figure_alone(figure_list *out, const qy_yaml *entry, const measure_conditions *defaults, qy_error *err);

/* The figures of a paper, with their variants, and what is said of the paper. */
qy_status figures_of_paper(figure_list *out, const qy_yaml *paper, const measure_conditions *defaults, qy_error *err);

/* Texts and numbers of a mapping.  An optional text is "" where there is none, an optional number stays. */
qy_status figure_need_text(const char **out, const qy_yaml *map, const char *key, qy_error *err);
qy_status figure_optional_text(const char **out, const qy_yaml *map, const char *key, qy_error *err);
qy_status figure_optional_number(double *out, const qy_yaml *map, const char *key, double low, double high,
                                 qy_error *err);

/* The targets of a calibration, whose file has been read. */
qy_status figures_of_calibration(figure_list *out, const qy_yaml *root, const char *db_dir, qy_arena *arena,
                                 qy_error *err);

#endif
