/* Quality of what elements compute, against closed forms and sums over all pairs written here. */
#include "quarry/quality.h"
#include "tap.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;

static qy_pe make(qy_pe_params params)
{
  qy_error err = {0};
  qy_pe pe;
  if (qy_pe_build(&pe, &params, arena, &err)) ok(0, "builds: %s", err.diagnostic[0].text);
  return pe;
}

static double error_of(const qy_pe *pe, int mode, const qy_signal *weights)
{
  qy_error err = {0};
  double ratio = NAN;
  if (qy_pe_product_error(&ratio, pe, mode, weights, NULL, &err)) return NAN;
  return ratio;
}

/* On exact activations. */
static double db_of(const qy_pe *pe, int precision_bits, qy_signal_kind kind)
{
  qy_error err = {0};
  qy_signal signal;
  double db = NAN;
  qy_signal_make(&signal, kind, QY_ELEMENT_SHAPE, &err);
  return qy_pe_sqnr_db(&db, pe, precision_bits, &signal, NULL, NULL, &err) ? NAN : db;
}

static qy_signal signal_of(qy_signal_kind kind)
{
  qy_error err = {0};
  qy_signal signal;
  qy_signal_make(&signal, kind, QY_ELEMENT_SHAPE, &err);
  return signal;
}

/* ---- exact elements */

static void exact(const char *what, qy_pe_params params)
{
  const qy_pe pe = make(params);
  double worst = 0;
  for (int mode = 0; mode < pe.mode_count; mode++) {
    worst = fmax(worst, error_of(&pe, mode, NULL));
    /* Not believed: as an element that claims nothing, so that all pairs or 16,384 samples are simulated. */
    qy_pe doubted = pe;
    if (!qy_pe_row_of(params.kind)->apart && !qy_pe_row_of(params.kind)->product) doubted.params.kind = QY_PE_MITCHELL;
    worst = fmax(worst, error_of(&doubted, mode, NULL));
  }
  ok(worst == 0, "%s: no error in %d mode%s", what, pe.mode_count, pe.mode_count == 1 ? "" : "s");
}

static void exact_elements(void)
{
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++) {
    const qy_pe_row *row = qy_pe_row_of((qy_pe_kind)kind);
    qy_pe_params params = qy_pe_default((qy_pe_kind)kind);
    if (!row->multiplies || !row->exact) continue;
    params.bits = 4;
    exact(row->name, params);
    params.bits = 16;
    exact(row->name, params);
    params.bits = 8;
    params.input_registers = true;
    params.accumulator_bits = row->accumulates == QY_PE_SUMS_NEVER ? 0 : QY_PE_ACCUMULATOR_NEEDED;
    exact(row->name, params);
  }
  exact("mul 32 x 32", (qy_pe_params){.kind = QY_PE_MUL, .bits = 32});
  exact("mac 16 x 5", (qy_pe_params){.kind = QY_PE_MAC, .bits = 16, .weight_bits = 5});
  exact("serial 5 x 11", (qy_pe_params){.kind = QY_PE_SERIAL, .bits = 5, .weight_bits = 11});
  exact("shared multiples", (qy_pe_params){.kind = QY_PE_SHIFT_ADD, .bits = 8, .m_bits = 4, .shared = true});
  exact("brslog, 8 splits", (qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 8, .splits = 8});
  exact("composed, inputs shared", (qy_pe_params){.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_INPUTS});
  exact("composed, weights shared", (qy_pe_params){.kind = QY_PE_COMPOSED, .bits = 8, .sharing = QY_PE_SHARE_HYBRID});
  exact("composed, six lanes", (qy_pe_params){.kind = QY_PE_COMPOSED, .bits = 8, .group = 2, .units = 3});
  exact("composed, unsigned", (qy_pe_params){.kind = QY_PE_COMPOSED, .bits = 16, .unsigned_operands = true});
  exact("composed, apart",
        (qy_pe_params){.kind = QY_PE_COMPOSED, .bits = 8, .subword = true, .sharing = QY_PE_SHARE_INPUTS});
  /* That sub-words are paired and compared at all: the wrong pairing shows. */
  qy_pe apart = make((qy_pe_params){.kind = QY_PE_MAC_SA, .bits = 8});
  apart.params.kind = QY_PE_MAC_ST;
  ok(error_of(&apart, 0, NULL) == 0 && error_of(&apart, 1, NULL) > 0.1, "products apart are no sum of products");
}

/* ---- Mitchell's multiplier: his formula, all pairs */

static int highest(int n)
{
  int k = 0;
  while (n >> (k + 1))
    k++;
  return k;
}

static int mitchell(int a, int b)
{
  const int m = a < 0 ? -a : a, n = b < 0 ? -b : b;
  if (m == 0 || n == 0) return 0;
  const int k = highest(m), l = highest(n), one = 1 << (k + l);
  const int fractions = (m - (1 << k)) * (1 << l) + (n - (1 << l)) * (1 << k);
  const int product = fractions < one ? one + fractions : 2 * fractions;
  return (a < 0) == (b < 0) ? product : -product;
}

/* Activations even over all words, weights w with probability share[w + 2^(bits-1)]. */
static double mitchell_error(int bits, const double *share)
{
  const int high = 1 << (bits - 1);
  double noise = 0, power = 0;
  for (int a = -high; a < high; a++)
    for (int b = -high; b < high; b++) {
      const double error = mitchell(a, b) - a * b, product = a * b;
      noise += share[b + high] * error * error;
      power += share[b + high] * product * product;
    }
  return noise / power;
}

/* Shares of integers -(2^(bits-1) - 1) .. 2^(bits-1) - 1 in a Gaussian at its best scale. */
static void gaussian_share(double *share, int bits)
{
  qy_error err = {0};
  qy_best best;
  const qy_signal gauss = signal_of(QY_SIGNAL_GAUSSIAN);
  const qy_number number = qy_number_default(QY_NUMBER_UNIFORM, bits);
  ok(qy_best_format(&best, &number, &gauss, &err) == QY_OK, "best scale");
  const int high = 1 << (bits - 1), top = high - 1;
  const double step = best.scale / top;
  share[0] = 0;
  for (int w = -top; w <= top; w++) {
    const double from = w == -top ? -INFINITY : (w - 0.5) * step, to = w == top ? INFINITY : (w + 0.5) * step;
    share[w + high] = 0.5 * (erf(to / sqrt(2)) - erf(from / sqrt(2)));
  }
}

static void approximate_elements(void)
{
  static double share[256];
  qy_pe pe = make((qy_pe_params){.kind = QY_PE_MITCHELL, .bits = 8});
  const qy_signal gauss = signal_of(QY_SIGNAL_GAUSSIAN);
  for (int i = 0; i < 256; i++)
    share[i] = 1;
  near_rel(error_of(&pe, 0, NULL), mitchell_error(8, share), 1e-12, "mitchell, 8 bits, all words alike");
  near_rel(error_of(&pe, 1, NULL), mitchell_error(4, share), 1e-12, "its narrow mode, 4 bits");
  gaussian_share(share, 8);
  const double at_8 = mitchell_error(8, share);
  near_rel(error_of(&pe, 0, &gauss), at_8, 1e-9, "on Gaussian weights");
  const double db = db_of(&pe, 8, QY_SIGNAL_GAUSSIAN);
  near_abs(db, -10 * log10(pow(10, -4.0539998) + at_8), 1e-4, "both noises: weights and products");
  ok(db < 28, "far below the 40.5 dB of its weights: %.2f dB", db);
  gaussian_share(share, 6);
  const qy_pe mac = make((qy_pe_params){.kind = QY_PE_MAC, .bits = 6});
  near_abs(db_of(&pe, 6, QY_SIGNAL_GAUSSIAN),
           -10 * log10(pow(10, -db_of(&mac, 6, QY_SIGNAL_GAUSSIAN) / 10) + mitchell_error(6, share)), 1e-9,
           "operands of the precision, not of the mode");
  /* One that claims to be exact and is not is found out. */
  const double measured = error_of(&pe, 0, NULL);
  pe.params.kind = QY_PE_MUL;
  near_rel(error_of(&pe, 0, NULL), measured, 1e-12, "a false claim does not help");
  /* 2^32 pairs: samples, near what 8 bits give because the error is relative. */
  const qy_pe wide = make((qy_pe_params){.kind = QY_PE_MITCHELL, .bits = 16});
  for (int i = 0; i < 256; i++)
    share[i] = 1;
  near_rel(error_of(&wide, 0, NULL), mitchell_error(8, share), 0.03, "16 bits by samples");
  const qy_pe summed = make((qy_pe_params){
      .kind = QY_PE_MITCHELL, .bits = 8, .input_registers = true, .accumulator_bits = QY_PE_ACCUMULATOR_NEEDED});
  near_rel(error_of(&summed, 0, NULL), mitchell_error(8, share), 1e-12, "each product on its own, accumulated or not");
}

/* ---- code elements that drop fraction bits */

/* pot, 4-bit codes: |w| = 2^-c, c = 0 .. 6, or 0; x of 8 bits times that, cut to `keep` fraction bits towards zero of
 * the magnitude path: sign * floor(x / 2^(c - keep)). */
static double pot_error(int keep)
{
  double noise = 0, power = 0;
  for (int x = -128; x < 128; x++)
    for (int c = 0; c <= 7; c++) {
      const double w = c < 7 ? ldexp(1, -c) : 0, want = x * w, got = ldexp(floor(ldexp(want, keep)), -keep);
      noise += 2 * (got - want) * (got - want);
      power += 2 * want * want;
    }
  return noise / power;
}

static void cut_products(void)
{
  for (int keep = 0; keep <= 5; keep++) {
    const qy_pe pe = make((qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4, .output_bits = 9 + keep});
    char what[64];
    snprintf(what, sizeof what, "pot, %d of 6 fraction bits", keep);
    near_rel(error_of(&pe, 0, NULL), pot_error(keep), 1e-12, what);
  }
  const qy_pe lossless = make((qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4});
  ok(error_of(&lossless, 0, NULL) == 0, "all 6: exact");
  const qy_pe fine = make((qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 8});
  const qy_pe coarse = make((qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 8, .output_bits = 9});
  const double whole = db_of(&fine, 8, QY_SIGNAL_GAUSSIAN), cut = db_of(&coarse, 8, QY_SIGNAL_GAUSSIAN);
  ok(cut < whole && cut > whole - 6, "brslog, all fraction bits cut: %.2f dB, not %.2f", cut, whole);
}

/* ---- the weights' part */

static void weights(void)
{
  static const struct {
    qy_pe_params params;
    int precision;
    double gaussian_db;
    const char *what;
  } row[] = {
      {{.kind = QY_PE_MAC, .bits = 16}, 4, 18.8977, "mac of 16 bits at 4: 4-bit integers"},
      {{.kind = QY_PE_MAC, .bits = 8}, 8, 40.54, "mac of 8 bits at 8"},
      {{.kind = QY_PE_MAC_ST, .bits = 16}, 4, 18.8977, "mac_st in its 4-bit mode"},
      {{.kind = QY_PE_MAC, .bits = 16, .weight_bits = 4}, 8, 18.8977, "weights narrower than the precision"},
      {{.kind = QY_PE_SERIAL, .bits = 8}, 4, 18.8977, "serial, four cycles"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const qy_pe pe = make(row[i].params);
    near_abs(db_of(&pe, row[i].precision, QY_SIGNAL_GAUSSIAN), row[i].gaussian_db, 5e-5, row[i].what);
  }
  /* b bits on a uniform density, 2^b - 1 levels: 20 log10(2^b - 1) dB. */
  qy_error err = {0};
  double db = NAN, other = NAN;
  const qy_pe mac = make((qy_pe_params){.kind = QY_PE_MAC, .bits = 8});
  const qy_signal uniform = signal_of(QY_SIGNAL_UNIFORM), gauss = signal_of(QY_SIGNAL_GAUSSIAN);
  near_abs(db_of(&mac, 5, QY_SIGNAL_UNIFORM), 20 * log10(31), 1e-3, "closed form of a uniform density");
  ok(qy_pe_sqnr_db(&db, &mac, 5, &uniform, NULL, &uniform, &err) == QY_OK, "activations count on request");
  near_abs(db, 20 * log10(31) - 10 * log10(2), 1e-3, "twice the noise");
  const qy_pe exact_16 = make((qy_pe_params){.kind = QY_PE_MAC, .bits = 16});
  near_abs(db_of(&exact_16, 16, QY_SIGNAL_UNIFORM), 20 * log10(65535), 1e-6, "the same with 16 bits");
  /* Codes are the same at every precision. */
  const qy_pe pot = make((qy_pe_params){.kind = QY_PE_POT, .bits = 8});
  db = db_of(&pot, 3, QY_SIGNAL_GAUSSIAN);
  ok(db == db_of(&pot, 8, QY_SIGNAL_GAUSSIAN), "codes at every precision: %.3f dB", db);
  ok(qy_pe_weight_format(&pot, 2).kind == QY_NUMBER_POT && qy_pe_weight_format(&mac, 5).bits == 5 &&
         qy_pe_weight_format(&mac, 12).bits == 8 && qy_pe_weight_format(&mac, 1).bits == 2,
     "weight formats");
  /* One fit for several elements. */
  qy_pe_fit fit;
  const qy_pe narrow = make((qy_pe_params){.kind = QY_PE_MUL, .bits = 5}),
              st = make((qy_pe_params){.kind = QY_PE_MAC_ST, .bits = 16});
  ok(qy_pe_fit_shared(&narrow, 5, &st, 5) && !qy_pe_fit_shared(&narrow, 5, &st, 6) &&
         !qy_pe_fit_shared(&pot, 4, &mac, 4),
     "formats shared by elements");
  ok(qy_pe_fit_weights(&fit, &st, 5, &gauss, NULL, &err) == QY_OK &&
         qy_pe_sqnr_db(&other, &narrow, 5, &gauss, &fit, NULL, &err) == QY_OK &&
         other == db_of(&narrow, 5, QY_SIGNAL_GAUSSIAN),
     "and their fit");
  ok(qy_pe_sqnr_db(&db, &mac, 9, &gauss, NULL, NULL, &err) == QY_INFEASIBLE, "wider than the element");
  const qy_pe multiples = make((qy_pe_params){.kind = QY_PE_MULTIPLES, .bits = 8});
  ok(qy_pe_sqnr_db(&db, &multiples, 8, &gauss, NULL, NULL, &err) == QY_INFEASIBLE, "an element without products");
  const qy_pe wide = make((qy_pe_params){.kind = QY_PE_MUL, .bits = 20});
  ok(qy_pe_weight_format(&wide, 20).bits == 16, "wide weights are judged with 16 bits");
}

static bool same_fit(const qy_pe_fit *a, const qy_pe_fit *b)
{
  return a->split == b->split && a->best.scale == b->best.scale && a->best.sqnr_db == b->best.sqnr_db &&
         memcmp(&a->best.number, &b->best.number, sizeof a->best.number) == 0;
}

/* What is kept of fits is what is found without: each of its own element, precision and distribution. */
static void kept_fits(void)
{
  static char folder[] = "/tmp/quarry-fits-XXXXXX";
  char command[80];
  const qy_pe of[] = {make((qy_pe_params){.kind = QY_PE_MAC, .bits = 16}),
                      make((qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 4, .splits = 2}),
                      make((qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 4, .splits = 4}),
                      make((qy_pe_params){.kind = QY_PE_POT, .bits = 4})};
  enum { ELEMENTS = sizeof of / sizeof *of, SIGNALS = 2 };
  static const int precision[] = {3, 6};
  int wrong = 0, files = 0;
  if (!mkdtemp(folder)) exit(1);
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < ELEMENTS * SIGNALS * 2; i++) {
      qy_signal signal;
      qy_pe_fit with, without;
      const qy_pe *pe = &of[i % ELEMENTS];
      const int bits = precision[i / ELEMENTS % 2];
      if (qy_signal_make(&signal, i / ELEMENTS / 2 ? QY_SIGNAL_GAUSSIAN : QY_SIGNAL_LAPLACIAN, 0, NULL)) exit(1);
      qy_activities *known = qy_activities_new(folder);
      wrong += qy_pe_fit_weights(&with, pe, bits, &signal, known, NULL) ||
               qy_pe_fit_weights(&without, pe, bits, &signal, NULL, NULL) || !same_fit(&with, &without);
      qy_activities_free(known);
    }
  is_int(wrong, 0, "fits that are kept are those that are found");
  /* Those of given weights follow from all of them, and are not kept. */
  for (int i = 0; i < 2; i++) {
    static const double x[2][6] = {{1, -1, 1, -1, 1, -1}, {0.5, -0.5, M_SQRT2, -M_SQRT2, 0.75, -0.75}};
    double scaled[6], power = 0;
    qy_signal signal;
    qy_pe_fit with, without;
    qy_activities *known = qy_activities_new(folder);
    for (int k = 0; k < 6; k++)
      power += x[i][k] * x[i][k] / 6;
    for (int k = 0; k < 6; k++)
      scaled[k] = x[i][k] / sqrt(power); /* of one power */
    wrong += qy_signal_from_array(&signal, scaled, 6, arena, NULL) ||
             qy_pe_fit_weights(&with, &of[0], 3, &signal, known, NULL) ||
             qy_pe_fit_weights(&without, &of[0], 3, &signal, NULL, NULL) || !same_fit(&with, &without);
    qy_activities_free(known);
  }
  is_int(wrong, 0, "nor are those of given weights another's");
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));)
    files += e->d_name[0] != '.';
  if (d) closedir(d);
  /* Two precisions of integers; codes have one each, and two splits to choose from are another search than four. */
  is_int(files, SIGNALS * (2 + 3), "each is kept once");
  snprintf(command, sizeof command, "rm -rf %s", folder);
  ok(system(command) == 0, "the folder may be deleted");
}

/* Given weights are shares of words like any distribution: many drawn evenly are the uniform density. */
static void given(void)
{
  enum { COUNT = 4001 };
  static double x[COUNT];
  qy_error err = {0};
  qy_signal even;
  const qy_signal uniform = signal_of(QY_SIGNAL_UNIFORM);
  double of_samples = NAN, of_density = NAN;
  const qy_pe pe = make((qy_pe_params){.kind = QY_PE_MITCHELL, .bits = 6});
  for (int i = 0; i < COUNT; i++)
    x[i] = sqrt(3) * (2.0 * i / (COUNT - 1) - 1);
  qy_signal_from_array(&even, x, COUNT, arena, &err);
  ok(qy_pe_product_error(&of_samples, &pe, 0, &even, &even, &err) == QY_OK &&
         qy_pe_product_error(&of_density, &pe, 0, &uniform, &uniform, &err) == QY_OK,
     "weights and activations given");
  near_rel(of_samples, of_density, 5e-3, "as the density they are drawn from");
}

/* brslog: of the splits it can select, the best. */
static void splits(void)
{
  qy_error err = {0};
  double best = -INFINITY;
  const qy_signal gauss = signal_of(QY_SIGNAL_GAUSSIAN);
  const qy_pe pe = make((qy_pe_params){.kind = QY_PE_BRSLOG, .bits = 8, .weight_bits = 5, .splits = 2, .root = 2});
  for (int split = 8; split <= 16; split += 8) {
    qy_number number = qy_number_default(QY_NUMBER_SEGLOG, 5);
    number.split = split;
    number.root = QY_ROOT_2;
    qy_best found;
    qy_best_format(&found, &number, &gauss, &err);
    best = fmax(best, found.sqnr_db);
  }
  near_abs(db_of(&pe, 8, QY_SIGNAL_GAUSSIAN), best, 1e-9, "brslog: seglog with the better of R = 8 and 16");
}

/* ---- weights and activations apart */

static qy_pe_noise noise_at(const qy_pe *pe, int weights, int activations)
{
  qy_error err = {0};
  qy_pe_noise noise = {.weights = NAN};
  const qy_signal signal = signal_of(QY_SIGNAL_GAUSSIAN);
  qy_pe_noise_at(&noise, pe, (qy_precision){weights, activations}, &signal, NULL, &err);
  return noise;
}

static void pairs(void)
{
  const qy_pe mac = make((qy_pe_params){.kind = QY_PE_MAC, .bits = 8, .multiplier = QY_MULTIPLIER_BOOTH});
  const qy_pe log = make((qy_pe_params){.kind = QY_PE_POT, .bits = 8, .weight_bits = 4});
  const qy_pe rough = make((qy_pe_params){.kind = QY_PE_MITCHELL, .bits = 8});
  const qy_pe_noise narrow = noise_at(&mac, 4, 8), same = noise_at(&mac, 4, 4);
  near_abs(-10 * log10(narrow.weights), 18.8977, 1e-3, "4-bit weights beside 8-bit activations: those of 4 bits");
  ok(narrow.weights == same.weights && narrow.activations == qy_activation_noise(8) &&
         same.activations == qy_activation_noise(4) && narrow.products == 0 && narrow.weight_format.bits == 4,
     "activations at their own width, products exact");
  near_abs(-10 * log10(same.weights), db_of(&mac, 4, QY_SIGNAL_GAUSSIAN), 1e-9, "weights at equal widths as before");
  ok(noise_at(&log, 4, 8).weights == noise_at(&log, 8, 8).weights, "codes keep their width whatever is asked for");
  const qy_pe_noise wide = noise_at(&rough, 8, 8), less = noise_at(&rough, 4, 8);
  near_abs(-10 * log10(wide.weights + wide.products), db_of(&rough, 8, QY_SIGNAL_GAUSSIAN), 1e-9,
           "an approximate element at equal widths: the parts add up");
  ok(less.products > 0 && less.products != wide.products, "its products are those of operands at their own widths");
  qy_error err = {0};
  qy_pe_noise none;
  const qy_signal signal = signal_of(QY_SIGNAL_GAUSSIAN);
  ok(qy_pe_noise_at(&none, &mac, (qy_precision){4, 16}, &signal, NULL, &err) == QY_INFEASIBLE,
     "no mode is wide enough");
}

int main(void)
{
  arena = qy_arena_new();
  exact_elements();
  approximate_elements();
  cut_products();
  weights();
  given();
  splits();
  pairs();
  kept_fits();
  qy_arena_free(arena);
  return done();
}
