/* Designs that give rows of weights different widths: what their layers' weights take, and how noisy they are, from the
 * rows' noise as the point has it. */
#include "evaluate_test.h"

#include "quarry/sqnr.h"

/* 512 and 256 weights in rows of 16 and 32, 64 pixels. */
static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,out_c\n"
                                   "one,pwconv,-,8,8,16,32\n"
                                   "two,pwconv,one,,,,8\n";
static char network_file[] = "/tmp/quarry-shares-XXXXXX.csv";

typedef struct layers {
  int count;
  double noise[4], bytes[4], operations[4];
} layers;

static qy_status see_layer(void *ctx, const qy_model_layer *l, qy_error *e)
{
  layers *s = ctx;
  (void)e;
  if (s->count == 4) return QY_OK;
  s->noise[s->count] = l->metric[QY_NOISE];
  s->bytes[s->count] = l->metric[QY_WEIGHT_BYTES];
  s->operations[s->count++] = l->metric[QY_BIT_OPERATIONS];
  return QY_OK;
}

/* All rows at 8 bits, or all at 4: the noise of the rows is that of the format on the signal that the design says. */
static void signals(qy_arena *arena)
{
  static const struct {
    const char *said;
    qy_signal_kind kind;
  } signal[] = {{"gaussian", QY_SIGNAL_GAUSSIAN}, {"laplacian", QY_SIGNAL_LAPLACIAN}, {"uniform", QY_SIGNAL_UNIFORM}};
  for (size_t s = 0; s < sizeof signal / sizeof *signal; s++)
    for (int high = 0; high < 2; high++) {
      char text[1024];
      const int64_t point = 0;
      qy_model *model = NULL;
      qy_point p;
      qy_signal of;
      qy_best best = {.sqnr_db = NAN};
      const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, high ? 8 : 4);
      snprintf(text, sizeof text,
               "name: r\ntechnology: xc7z020\nnetwork: %s\ndesigns:\n"
               "  - {name: D, accelerator: gemm, bat: 1, blk_in: 8, pe: {kind: sp2, bits: 5, weight_bits: 4}, arrays: "
               "dsp, high_share: %d, signal: %s}\n"
               "precision: 5\nclock_mhz: 100\nobjectives: {minimize: [noise]}\n",
               network_file, high, signal[s].said);
      qy_plan *plan = plan_of(text, arena);
      qy_status status = plan ? qy_model_new(&model, plan, &point, 1, &err) : QY_BAD_INPUT;
      if (!status) status = qy_model_point(&p, model, 0, &err);
      if (!status) status = qy_signal_make(&of, signal[s].kind, 0, &err);
      if (!status) status = qy_best_format(&best, &number, &of, &err);
      if (ok(!status && !p.reason, "%s: %s", signal[s].said,
             status && err.count ? err.diagnostic[0].text
             : status            ? "no plan"
             : p.reason          ? p.reason
                                 : "a point"))
        near_rel(p.metric[QY_SQNR_DB], best.sqnr_db, 1e-9, "the noise of the rows is that of their format");
      qy_model_free(model);
      qy_error_clear(&err);
    }
}

int main(void)
{
  /* Of 5 % of the rows at 8 bits whole rows of the array are: 2 of 32 filters, 1 of 8, a mean of 3 in 32. */
  static const struct {
    const char *design;
    double bits;
  } row[] = {{"pe: {kind: mul, bits: 5, weight_bits: 4}, arrays: dsp", 4},
             {"pe: {kind: sp2, bits: 5, weight_bits: 4}, arrays: both", 4},
             {"pe: {kind: sp2, bits: 5, weight_bits: 4}, arrays: both, high_share: 0.05", 4 + 4 * 3 / 32.0}};
  const double weights = 512 + 256, products = 64 * weights;
  const int fd = mkstemps(network_file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  qy_arena *arena = qy_arena_new();
  ok(out && fputs(network_text, out) >= 0 && fclose(out) == 0, "a network");
  double db[3] = {NAN, NAN, NAN};
  for (int i = 0; i < 3; i++) {
    char text[1024];
    snprintf(text, sizeof text,
             "name: r\ntechnology: xc7z020\nnetwork: %s\ndesigns:\n"
             "  - {name: D, accelerator: gemm, bat: 1, blk_in: 8, %s}\n"
             "precision: [5, {default: 5, label: m}]\nclock_mhz: 100\nobjectives: {minimize: [noise]}\n",
             network_file, row[i].design);
    const int64_t points[] = {0, 1};
    qy_plan *plan = plan_of(text, arena);
    qy_model *model = NULL;
    if (!plan || qy_model_new(&model, plan, points, 2, &err)) {
      ok(0, "%s: %s", row[i].design, err.count ? err.diagnostic[0].text : "no plan");
      continue;
    }
    for (int p = 0; p < 2; p++) {
      qy_point point;
      layers l = {.count = 0};
      qy_status status = qy_model_point(&point, model, p, &err);
      if (!status) status = qy_model_layers(model, p, see_layer, &l, &err);
      if (!ok(!status && !point.reason && l.count == 2, "a point of two layers")) continue;
      const double *m = point.metric, noise = pow(10, -m[QY_SQNR_DB] / 10) + qy_activation_noise(5);
      db[i] = m[QY_SQNR_DB];
      if (p == 0) is_int(point.weight_bits, i == 2 ? 8 : 4, "bits of the widest weights");
      near_rel(m[QY_WEIGHT_BYTES], weights * row[i].bits / 8, 1e-12, "bytes of the weights");
      near_rel(m[QY_BIT_OPERATIONS], products * row[i].bits * 5, 1e-12, "bit operations");
      near_rel(m[QY_NOISE], 2 * noise, 1e-9,
               "noise: of the rows' weights and of activations of 5 bits, in both layers");
      near_rel(l.noise[0] + l.noise[1], m[QY_NOISE], 1e-12, "that of the layers together");
      near_rel(l.noise[0], l.noise[1], 1e-12, "each has as much");
      near_rel(l.bytes[0], 512 * row[i].bits / 8, 1e-12, "bytes of the first layer");
      near_rel(l.operations[1], 64 * 256 * row[i].bits * 5, 1e-12, "operations of the second");
    }
    qy_model_free(model);
  }
  ok(db[2] > db[1] + 1 && fabs(db[0] - db[1]) < 0.1, "rows of 8 bits are better: %.2f, %.2f, %.2f dB", db[0], db[1],
     db[2]);
  signals(arena);
  unlink(network_file);
  qy_arena_free(arena);
  return done();
}
