/* The fit of a calibration: see calibrate.h.
 *
 * Residuals: first the fitted targets, then one per parameter for the prior; all have unit variance, so the inverse of
 * J^T J at the minimum is the covariance of the logarithms (Gauss-Newton, Laplace approximation).  Parameters are the
 * constants and, last, the structure factor where there is one; the library gets the constants' block of the
 * covariance, that is with the factor integrated out.
 */
#include "calibrate_int.h"

#include <assert.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <string.h>

/* Half the width of a 90 % interval in standard deviations. */
static const double interval_sd = 1.6448536269514722;

typedef struct problem {
  qy_calibration *c;
  calibrate_target *target;
  size_t *entry;     /* [constant_count]: index in tech->entry */
  double *start;     /* ln of the base values; [constant_count]: of the structure factor */
  double *prior_sd;  /* of the logarithms */
  size_t parameters; /* constant_count, and one for the structure factor */
  double structure;
  qy_error *err;
  qy_status status; /* of a failed evaluation */
} problem;

static void set_constants(problem *p, const gsl_vector *x)
{
  for (size_t j = 0; j < p->c->constant_count; j++)
    p->c->tech->entry[p->entry[j]].constant.value = exp(gsl_vector_get(x, j));
  if (p->parameters > p->c->constant_count) p->structure = exp(gsl_vector_get(x, p->c->constant_count));
  qy_tech_resolve(p->c->tech);
}

static qy_status price(problem *p, size_t target, double *value)
{
  qy_status status = calibrate_price(value, &p->target[target], p->c->tech, p->c->target[target].name, p->err);
  if (p->c->target[target].structured) *value *= p->structure;
  return status;
}

static int residuals(const gsl_vector *x, void *params, gsl_vector *f)
{
  problem *p = params;
  size_t row = 0;
  set_constants(p, x);
  for (size_t i = 0; i < p->c->target_count; i++) {
    const qy_target_result *t = &p->c->target[i];
    double value;
    if (t->held_out) continue;
    if (p->status == QY_OK) p->status = price(p, i, &value);
    if (p->status != QY_OK) return GSL_EFAILED;
    gsl_vector_set(f, row++, log(value / t->measured) / t->sigma);
  }
  for (size_t j = 0; j < p->parameters; j++)
    gsl_vector_set(f, row++, (gsl_vector_get(x, j) - p->start[j]) / p->prior_sd[j]);
  return GSL_SUCCESS;
}

static double sum_of_squares(const gsl_vector *f, size_t from, size_t count)
{
  double sum = 0;
  for (size_t i = from; i < from + count; i++)
    sum += gsl_vector_get(f, i) * gsl_vector_get(f, i);
  return sum;
}

/* Largest component of J^T f. */
static double steepness(const gsl_multifit_nlinear_workspace *w)
{
  const gsl_matrix *jacobian = gsl_multifit_nlinear_jac(w);
  const gsl_vector *f = gsl_multifit_nlinear_residual(w);
  double most = 0;
  for (size_t j = 0; j < jacobian->size2; j++) {
    const gsl_vector_const_view column = gsl_matrix_const_column(jacobian, j);
    double dot = 0;
    gsl_blas_ddot(&column.vector, f, &dot);
    most = fmax(most, fabs(dot));
  }
  return most;
}

static qy_status fit(problem *p, gsl_vector *x, gsl_matrix *covariance)
{
  enum { ROUNDS_MAX = 200 };
  static const double tolerance = 1e-9;
  qy_calibration *c = p->c;
  size_t n = c->fitted_count + p->parameters;
  gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
  gsl_multifit_nlinear_fdf fdf = {.f = residuals, .n = n, .p = p->parameters, .params = p};
  gsl_multifit_nlinear_workspace *w = gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &how, n, p->parameters);
  qy_status status = QY_OK;
  int info = 0;
  if (!w) return qy_fail(p->err, QY_NO_MEMORY, "out of memory");
  int code = gsl_multifit_nlinear_init(x, &fdf, w);
  if (code == GSL_SUCCESS) {
    c->chi2_before = sum_of_squares(gsl_multifit_nlinear_residual(w), 0, c->fitted_count);
    /* GSL's driver finds no step out of a minimum and counts that as a failure: a start there is the answer */
    if (steepness(w) > tolerance)
      code = gsl_multifit_nlinear_driver(ROUNDS_MAX, tolerance, tolerance, 0, NULL, NULL, &info, w);
  }
  c->iterations = gsl_multifit_nlinear_niter(w);
  /* no further progress from a minimum found exactly counts as an end, too */
  if (p->status != QY_OK)
    status = p->status;
  else if (code != GSL_SUCCESS && code != GSL_ENOPROG)
    status = qy_fail(p->err, QY_INFEASIBLE, "calibration \"%s\" did not converge: %s", c->name, gsl_strerror(code));
  if (status == QY_OK) {
    const gsl_vector *f = gsl_multifit_nlinear_residual(w);
    gsl_vector_memcpy(x, gsl_multifit_nlinear_position(w));
    c->chi2_targets = sum_of_squares(f, 0, c->fitted_count);
    c->chi2_prior = sum_of_squares(f, c->fitted_count, p->parameters);
    if (gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0, covariance) != GSL_SUCCESS)
      status = qy_fail(p->err, QY_INTERNAL, "covariance of calibration \"%s\" failed", c->name);
  }
  gsl_multifit_nlinear_free(w);
  return status;
}

/* Model values with the interval that the covariance gives: sd^2 of the logarithm = g^T C g, g its gradient. */
static qy_status predict(problem *p, const gsl_vector *x, const gsl_matrix *covariance, gsl_vector *moved)
{
  static const double step = 1e-4;
  qy_calibration *c = p->c;
  size_t k = p->parameters;
  qy_status status = QY_OK;
  gsl_vector *gradient = gsl_vector_alloc(k), *product = gsl_vector_alloc(k);
  if (!gradient || !product) status = qy_fail(p->err, QY_NO_MEMORY, "out of memory");
  for (size_t i = 0; i < c->target_count && status == QY_OK; i++) {
    qy_target_result *t = &c->target[i];
    double variance = 0;
    set_constants(p, x);
    status = price(p, i, &t->after);
    for (size_t j = 0; j < k && status == QY_OK; j++) {
      double up = 0, down = 0;
      gsl_vector_memcpy(moved, x);
      gsl_vector_set(moved, j, gsl_vector_get(x, j) + step);
      set_constants(p, moved);
      status = price(p, i, &up);
      gsl_vector_set(moved, j, gsl_vector_get(x, j) - step);
      set_constants(p, moved);
      if (status == QY_OK) status = price(p, i, &down);
      if (status == QY_OK) gsl_vector_set(gradient, j, log(up / down) / (2 * step));
    }
    if (status != QY_OK) break;
    gsl_blas_dsymv(CblasUpper, 1, covariance, gradient, 0, product);
    gsl_blas_ddot(gradient, product, &variance);
    double sd = sqrt(fmax(variance, 0));
    t->low = t->after * exp(-interval_sd * sd);
    t->high = t->after * exp(interval_sd * sd);
    t->score = log(t->after / t->measured) / hypot(t->sigma, sd);
  }
  if (gradient) gsl_vector_free(gradient);
  if (product) gsl_vector_free(product);
  return status;
}

/* The new library: values, intervals, sources, covariance. */
static qy_status finish(problem *p, const gsl_vector *x, const gsl_matrix *covariance, const char *file,
                        const char *title, qy_arena *arena)
{
  qy_calibration *c = p->c;
  qy_tech *t = c->tech;
  size_t k = c->constant_count;
  struct qy_tech_covariance *v = &t->covariance;
  const char *slash = strrchr(file, '/');
  v->path = qy_arena_alloc(arena, k, sizeof *v->path);
  v->matrix = qy_arena_alloc(arena, k * k, sizeof *v->matrix);
  t->name = c->name;
  t->title = title ? title : qy_arena_format(arena, "%s, calibrated", c->base->title);
  if (!v->path || !v->matrix || !t->title) return qy_fail(p->err, QY_NO_MEMORY, "out of memory");
  v->count = k;
  set_constants(p, x);
  for (size_t j = 0; j < k; j++) {
    qy_constant *now = &t->entry[p->entry[j]].constant;
    double sd = sqrt(gsl_matrix_get(covariance, j, j));
    now->low = now->value * exp(-interval_sd * sd);
    now->high = now->value * exp(interval_sd * sd);
    now->status = QY_CALIBRATED;
    now->source = qy_arena_format(arena, "calibrated with %s; before: %.4g (%.4g .. %.4g), %s",
                                  slash ? slash + 1 : file, c->constant[j].before.value, c->constant[j].before.low,
                                  c->constant[j].before.high, c->constant[j].before.source);
    if (!now->source) return qy_fail(p->err, QY_NO_MEMORY, "out of memory");
    c->constant[j].after = *now;
    v->path[j] = c->constant[j].path;
    for (size_t i = 0; i < k; i++) /* one half for both, so that the matrix is symmetric to the last bit */
      v->matrix[j * k + i] = gsl_matrix_get(covariance, i < j ? i : j, i < j ? j : i) + 0.0; /* no -0 */
  }
  if (p->parameters > k) {
    const double sd = sqrt(gsl_matrix_get(covariance, k, k));
    c->structure_after = (qy_constant){p->structure, p->structure * exp(-interval_sd * sd),
                                       p->structure * exp(interval_sd * sd), QY_CALIBRATED, c->name};
  }
  return qy_tech_render(t, arena, p->err);
}

/* structure: {value: 1, low: 0.8, high: 1.25} */
static qy_status read_structure(problem *p, const qy_yaml *node)
{
  static const char *const keys[] = {"value", "low", "high", NULL};
  enum { NUMBERS = 3 };
  double number[NUMBERS] = {0};
  qy_calibration *c = p->c;
  if (node->kind != QY_YAML_MAP) return qy_yaml_expected(node, p->err, "a mapping {value, low, high}");
  qy_status status = qy_yaml_check_keys(node, keys, p->err);
  for (int i = 0; i < NUMBERS && status == QY_OK; i++) {
    const qy_yaml *child = qy_yaml_get(node, keys[i]);
    status = child ? qy_yaml_number(child, 1e-3, 1e3, &number[i], p->err)
                   : qy_yaml_expected(node, p->err, "a key `%s`", keys[i]);
  }
  if (status != QY_OK) return status;
  if (!(number[1] < number[0] && number[0] < number[2]))
    return qy_yaml_expected(node, p->err, "low below value below high");
  c->structure_before = c->structure_after = (qy_constant){number[0], number[1], number[2], QY_DERIVED, "prior"};
  p->structure = number[0];
  p->start[c->constant_count] = log(number[0]);
  p->prior_sd[c->constant_count] = log(number[2] / number[1]) / (2 * interval_sd);
  p->parameters = c->constant_count + 1;
  return QY_OK;
}

static qy_status read_constants(problem *p, const qy_yaml *list, qy_arena *arena)
{
  qy_calibration *c = p->c;
  if (list->kind != QY_YAML_LIST || list->count == 0)
    return qy_yaml_expected(list, p->err, "a list of at least one constant");
  size_t k = c->constant_count = list->count;
  c->constant = qy_arena_alloc(arena, k, sizeof *c->constant);
  p->entry = qy_arena_alloc(arena, k, sizeof *p->entry);
  p->start = qy_arena_alloc(arena, k + 1, sizeof *p->start);
  p->prior_sd = qy_arena_alloc(arena, k + 1, sizeof *p->prior_sd);
  p->parameters = k;
  if (!c->constant || !p->entry || !p->start || !p->prior_sd) return qy_fail(p->err, QY_NO_MEMORY, "out of memory");
  for (size_t j = 0; j < k; j++) {
    const char *path;
    size_t e = 0;
    qy_status status = qy_yaml_text(list->child[j], &path, p->err);
    if (status != QY_OK) return status;
    while (e < c->base->entry_count && strcmp(c->base->entry[e].path, path) != 0)
      e++;
    if (e == c->base->entry_count || c->base->entry[e].is_factor) /* those hold in all libraries */
      return qy_yaml_expected(list->child[j], p->err, "a constant of library %s such as nand2.area", c->base->name);
    for (size_t i = 0; i < j; i++) {
      if (p->entry[i] == e) return qy_yaml_expected(list->child[j], p->err, "each constant once");
    }
    const qy_constant *now = &c->base->entry[e].constant;
    if (!(now->low > 0 && now->low < now->high))
      return qy_yaml_expected(list->child[j], p->err, "a constant with an interval above zero (%g .. %g here)",
                              now->low, now->high);
    p->entry[j] = e;
    p->start[j] = log(now->value);
    p->prior_sd[j] = log(now->high / now->low) / (2 * interval_sd);
    c->constant[j] = (qy_constant_result){c->base->entry[e].path, c->base->entry[e].unit, *now, *now};
  }
  return QY_OK;
}

static qy_status read_spec(problem *p, const char **title, const char *db_dir, const char *file, qy_arena *arena)
{
  static const char *const keys[] = {"name", "title", "base", "constants", "structure", "targets", NULL};
  enum { NEEDED = 4 };
  static const char *const needed[NEEDED] = {"name", "base", "constants", "targets"};
  qy_calibration *c = p->c;
  qy_yaml *root;
  const qy_yaml *found[NEEDED];
  const char *base;
  qy_status status = qy_yaml_read_file(&root, file, arena, p->err);
  if (status == QY_OK && root->kind != QY_YAML_MAP) status = qy_yaml_expected(root, p->err, "a mapping");
  if (status == QY_OK) status = qy_yaml_check_keys(root, keys, p->err);
  for (int i = 0; i < NEEDED && status == QY_OK; i++) {
    found[i] = qy_yaml_get(root, needed[i]);
    if (!found[i]) status = qy_yaml_expected(root, p->err, "a key `%s`", needed[i]);
  }
  if (status != QY_OK) return status;
  const qy_yaml *text = qy_yaml_get(root, "title");
  if ((status = qy_yaml_text(found[0], &c->name, p->err)) || (status = qy_yaml_text(found[1], &base, p->err)) ||
      (text && (status = qy_yaml_text(text, title, p->err))) ||
      (status = qy_tech_read(&c->base, db_dir, base, arena, p->err)) || (status = read_constants(p, found[2], arena)) ||
      (status = calibrate_read_targets(&p->target, &c->target, &c->target_count, found[3], arena, p->err)))
    return status;
  const qy_yaml *structure = qy_yaml_get(root, "structure");
  if (structure && (status = read_structure(p, structure))) return status;
  for (size_t i = 0; i < c->target_count; i++) {
    c->fitted_count += !c->target[i].held_out;
    if (c->target[i].structured && !structure)
      return qy_yaml_expected(found[3]->child[i], p->err, "`structured` only beside a key `structure` of the file");
  }
  if (c->fitted_count == 0) return qy_yaml_expected(found[3], p->err, "at least one target that is not held out");
  return qy_tech_copy(&c->tech, c->base, arena, p->err);
}

qy_status qy_calibrate(qy_calibration **result, const char *db_dir, const char *file, qy_arena *arena, qy_error *err)
{
  assert(result && db_dir && file && arena);
  const char *title = NULL;
  gsl_vector *x = NULL, *moved = NULL;
  gsl_matrix *covariance = NULL;
  problem p = {.c = qy_arena_alloc(arena, 1, sizeof *p.c), .err = err, .structure = 1};
  *result = NULL;
  if (!p.c) return qy_fail(err, QY_NO_MEMORY, "out of memory");
  gsl_error_handler_t *handler = gsl_set_error_handler_off();
  qy_status status = read_spec(&p, &title, db_dir, file, arena);
  if (status != QY_OK) goto out;
  x = gsl_vector_alloc(p.parameters);
  moved = gsl_vector_alloc(p.parameters);
  covariance = gsl_matrix_alloc(p.parameters, p.parameters);
  if (!x || !moved || !covariance) {
    status = qy_fail(err, QY_NO_MEMORY, "out of memory");
    goto out;
  }
  for (size_t i = 0; i < p.c->target_count && status == QY_OK; i++)
    status = price(&p, i, &p.c->target[i].before);
  for (size_t j = 0; j < p.parameters; j++)
    gsl_vector_set(x, j, p.start[j]);
  if (status == QY_OK) status = fit(&p, x, covariance);
  if (status == QY_OK) status = predict(&p, x, covariance, moved);
  if (status == QY_OK) status = finish(&p, x, covariance, file, title, arena);
  if (status == QY_OK) *result = p.c;
out:
  if (x) gsl_vector_free(x);
  if (moved) gsl_vector_free(moved);
  if (covariance) gsl_matrix_free(covariance);
  gsl_set_error_handler(handler);
  return status;
}
