/* Voltage scaling against figures worked out by hand from the law, and against what the law must do at its ends. */
#include "quarry/tech.h"

#include "library.h"
#include "tap.h"

static qy_arena *arena;

/* Worked out apart from the code, from threshold, alpha and slope as the libraries state them:
 * delay V / V0 * ((V0 - Vt) / (V - Vt))^alpha, leakage V / V0 * exp((V - V0) / slope); deviations: the larger change of
 * the logarithm at an end of each constant's interval, over 1.644854, in quadrature. */
static const struct {
  const char *library;
  double voltage_v, delay, energy, leakage;
  double delay_sd, energy_sd, leakage_sd; /* of the logarithms */
} by_hand[] = {
    {"fdsoi28", 0.8, 1.2593510, 0.64, 0.6373628, 0.082687502, 0.081396988, 0.165806409},
    {"fdsoi28", 0.7, 1.5340329, 0.49, 0.4977865, 0.156674307, 0.130105781, 0.248709613},
    {"fdsoi28", 1.1, 0.9282880, 1.21, 1.2323791, 0.027889933, 0.034766685, 0.082903204},
    {"lp55", 1.0, 1.3981476, 0.6944444, 0.6639196, 0.082717963, 0.043229018, 0.165806409},
    {"lp55", 0.9, 1.8223374, 0.5625, 0.5333427, 0.169453006, 0.068210330, 0.248709613},
};

/* Half an interval and the law's deviation in quadrature; 1.644854 deviations are half of 90 %. */
static void widened(const qy_tech *v, const qy_tech *t, const char *path, double sd)
{
  const qy_constant *c = qy_tech_constant(v, path), *c0 = qy_tech_constant(t, path);
  const double q = 1.644853627, below = log(c0->value / c0->low), above = log(c0->high / c0->value);
  near_rel(log(c->value / c->low), sqrt(below * below + q * q * sd * sd), 1e-6, "lower half of the interval");
  near_rel(log(c->high / c->value), sqrt(above * above + q * q * sd * sd), 1e-6, "upper half of the interval");
}

static void hand(void)
{
  for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
    qy_error err = {0};
    qy_tech *t = load_library(by_hand[i].library, arena), *v = NULL;
    char what[100];
    qy_status status = qy_tech_at_voltage(&v, t, by_hand[i].voltage_v, arena, &err);
    snprintf(what, sizeof what, "%s at %g V", by_hand[i].library, by_hand[i].voltage_v);
    if (!ok(status == QY_OK && v && v->voltage_v == by_hand[i].voltage_v, "%s", what)) continue;
    near_rel(v->delay_ps[QY_FA] / t->delay_ps[QY_FA], by_hand[i].delay, 1e-5, "delay of a full adder");
    near_rel(v->dff_setup_ps / t->dff_setup_ps, by_hand[i].delay, 1e-5, "setup");
    near_rel(v->energy_fj[QY_XOR2] / t->energy_fj[QY_XOR2], by_hand[i].energy, 1e-6, "energy with its load");
    near_rel(v->internal_fj[QY_XOR2] / t->internal_fj[QY_XOR2], by_hand[i].energy, 1e-6, "energy inside");
    near_rel(v->dff_clock_fj / t->dff_clock_fj, by_hand[i].energy, 1e-6, "clock energy");
    near_rel(v->leakage_nw[QY_DFF] / t->leakage_nw[QY_DFF], by_hand[i].leakage, 1e-5, "leakage");
    ok(v->area_um2[QY_FA] == t->area_um2[QY_FA] && v->in_cap_ff[QY_FA] == t->in_cap_ff[QY_FA], "area and pins stay");
    widened(v, t, "nand2.delay", by_hand[i].delay_sd);
    widened(v, t, "nand2.energy", by_hand[i].energy_sd);
    widened(v, t, "nand2.leakage", by_hand[i].leakage_sd);
    widened(v, t, "nand2.area", 0);
    is_int(qy_tech_constant(v, "nand2.delay")->status, QY_DERIVED, "scaled constants are derived");
    qy_tech *back = NULL;
    ok(qy_tech_read_text(&back, "x.yaml", v->text, strlen(v->text), arena, &err) == QY_OK &&
           back->delay_ps[QY_FA] == v->delay_ps[QY_FA] && strcmp(back->sha256, v->sha256) == 0 &&
           strcmp(v->sha256, t->sha256) != 0,
       "its text is the scaled library");
  }
}

static void ends(void)
{
  qy_error err = {0};
  qy_tech *t = load_library("fdsoi28", arena), *osu = load_library("osu018", arena), *v = NULL;
  is_int(qy_tech_at_voltage(&v, t, 0.69, arena, &err), QY_BAD_INPUT, "below the range");
  is_text(err.diagnostic[0].text, "library \"fdsoi28\": expected a voltage from 0.7 to 1.1 V, found 0.69 V", "message");
  qy_error_clear(&err);
  is_int(qy_tech_at_voltage(&v, t, 1.11, arena, &err), QY_BAD_INPUT, "above the range");
  is_int(qy_tech_at_voltage(&v, t, (double)NAN, arena, &err), QY_BAD_INPUT, "not a number");
  qy_error_clear(&err);
  is_int(qy_tech_at_voltage(&v, osu, 1.7, arena, &err), QY_BAD_INPUT, "a library without a range");
  is_text(err.diagnostic[0].text, "library \"osu018\" states no voltage range: expected its own 1.8 V, found 1.7 V",
          "message");
  is_int(qy_tech_at_voltage(&v, osu, 1.8, arena, &err), QY_OK, "its own voltage is fine");
  ok(v && memcmp(v->energy_fj, osu->energy_fj, sizeof v->energy_fj) == 0 && strcmp(v->name, osu->name) == 0,
     "and changes nothing");
}

/* What was calibrated is still calibrated at another supply, and its covariance takes up what the law does not know. */
static void calibrated(void)
{
  qy_error err = {0};
  qy_tech *t = load_library("fdsoi28", arena), *v = NULL;
  const char *paths[] = {"nand2.area", "nand2.energy"};
  double matrix[] = {0.01, 0.002, 0.002, 0.04};
  for (size_t i = 0; i < t->entry_count; i++)
    if (strcmp(t->entry[i].path, "nand2.energy") == 0) t->entry[i].constant.status = QY_CALIBRATED;
  t->covariance = (struct qy_tech_covariance){2, paths, matrix};
  if (!ok(qy_tech_at_voltage(&v, t, 0.8, arena, &err) == QY_OK, "a calibrated library at 0.8 V")) return;
  is_int(qy_tech_constant(v, "nand2.energy")->status, QY_CALIBRATED, "its constants stay calibrated");
  ok(v->covariance.matrix[0] == 0.01 && v->covariance.matrix[1] == 0.002, "what the law does not touch stays");
  near_rel(v->covariance.matrix[3], 0.04 + 0.081396988 * 0.081396988, 1e-6, "the energy's variance grows");
  ok(matrix[3] == 0.04, "that of the library itself does not");
  paths[0] = "nand2.energy", paths[1] = "nand2.area";
  if (!ok(qy_tech_at_voltage(&v, t, 0.8, arena, &err) == QY_OK, "in the other order")) return;
  near_rel(v->covariance.matrix[0], 0.01 + 0.081396988 * 0.081396988, 1e-6, "the energy's variance grows, too");
}

/* Without an exponent of its own a library has C V^2. */
static void no_exponent(void)
{
  qy_error err = {0};
  qy_tech *t = load_library("fdsoi28", arena), *back = NULL, *v = NULL;
  char *text = qy_arena_text(arena, t->text, strlen(t->text)), *line = strstr(text, "  energy_exponent:");
  if (!ok(line != NULL, "the exponent's line")) return;
  for (char *c = line; *c && *c != '\n'; c++)
    *c = ' ';
  if (!ok(qy_tech_read_text(&back, "x.yaml", text, strlen(text), arena, &err) == QY_OK, "may be left out")) return;
  ok(qy_tech_at_voltage(&v, back, 0.8, arena, &err) == QY_OK, "scaled");
  if (!v) return;
  near_rel(v->internal_fj[QY_FA] / t->internal_fj[QY_FA], 0.64, 1e-12, "C V^2");
  widened(v, back, "nand2.energy", 0);
}

/* The name of a scaled library is that of its base, "@", the voltage and "V". */
static void names(void)
{
  static const struct {
    const char *name;
    size_t length;
  } row[] = {{"lp55", 4},        {"lp55@1V", 4}, {"lp55@0.95V", 4}, {"lp55@1e-1V", 4}, {"lp55@1", 6},  {"lp55@1.2v", 9},
             {"lp55@1.2 V", 10}, {"lp55@xV", 7}, {"@1V", 3},        {"a@b@1V", 3},     {"a@1V@1V", 4}, {"lp55@1V2", 8},
             {"lp55V", 5},       {"", 0}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    is_int((int64_t)qy_tech_base_length(row[i].name), (int64_t)row[i].length, row[i].name);
  ok(qy_tech_is_base("lp55@1V", "lp55") && qy_tech_is_base("lp55", "lp55"), "a library and itself scaled");
  ok(!qy_tech_is_base("lp55@1V", "lp5") && !qy_tech_is_base("lp55@1V", "lp555") && !qy_tech_is_base("lp55@1V", "lp65"),
     "others are not");
}

static void sram(void)
{
  qy_error err = {0};
  qy_tech *t = load_library("lp55", arena), *bare = load_library("osu018", arena), *v = NULL;
  if (!t || !bare) return;
  is_int(qy_tech_sram_at(&v, t, 0.9, arena, &err), QY_OK, "a supply of its own for the SRAM");
  if (v) near_abs(v->sram_voltage_v, 0.9, 0, "is kept");
  ok(v && v->voltage_v == t->voltage_v && t->sram_voltage_v == 0 && strcmp(v->sha256, t->sha256) != 0,
     "the logic's stays, and the library is another one");
  static const double bad[] = {0, -0.1, INFINITY, -INFINITY, NAN};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    ok(qy_tech_sram_at(&v, t, bad[i], arena, &err) == QY_BAD_INPUT && !v, "%g V are refused", bad[i]);
  ok(qy_tech_sram_at(&v, bare, 0.9, arena, &err) == QY_BAD_INPUT && !v, "so is a library without SRAM");
}

int main(void)
{
  arena = qy_arena_new();
  hand();
  calibrated();
  no_exponent();
  ends();
  names();
  sram();
  qy_arena_free(arena);
  return done();
}
