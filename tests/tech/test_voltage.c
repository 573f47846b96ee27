/* Voltage scaling against figures worked out by hand from the law, and against what the law must do at its ends. */
#include "quarry/tech.h"

#include "tap.h"

static qy_arena *arena;

static qy_tech *load(const char *name)
{
  qy_error err = {0};
  qy_tech *t = NULL;
  if (qy_tech_read(&t, "db", name, arena, &err)) printf("# %s\n", err.diagnostic[0].text);
  return t;
}

/* Worked out apart from the code, from threshold, alpha and slope as the libraries state them:
 * delay V / V0 * ((V0 - Vt) / (V - Vt))^alpha, leakage V / V0 * exp((V - V0) / slope). */
static const struct {
  const char *library;
  double voltage_v, delay, energy, leakage;
} by_hand[] = {
    {"fdsoi28", 0.8, 1.2593510, 0.64, 0.6373628}, {"fdsoi28", 0.7, 1.5340329, 0.49, 0.4977865},
    {"fdsoi28", 1.1, 0.9282880, 1.21, 1.2323791}, {"lp55", 1.0, 1.3981476, 0.6944444, 0.6639196},
    {"lp55", 0.9, 1.8223374, 0.5625, 0.5333427},
};

static void hand(void)
{
  for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
    qy_error err = {0};
    qy_tech *t = load(by_hand[i].library), *v = NULL;
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
    const qy_constant *c = qy_tech_constant(v, "nand2.delay"), *c0 = qy_tech_constant(t, "nand2.delay");
    near_rel(c->high / c->low, c0->high / c0->low, 1e-12, "the interval keeps its ratio");
    is_int(c->status, QY_DERIVED, "scaled constants are derived");
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
  qy_tech *t = load("fdsoi28"), *osu = load("osu018"), *v = NULL;
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

int main(void)
{
  arena = qy_arena_new();
  hand();
  ends();
  qy_arena_free(arena);
  return done();
}
