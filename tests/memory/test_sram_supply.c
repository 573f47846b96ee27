/* Supply of the SRAM: factors worked out by hand from the laws, one place that applies them, tables that are wrong. */
#include "quarry/sram_supply.h"

#include "files.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static qy_arena *arena;
static qy_sram_table *table;

/* Worked out apart from the code: energy (V/V0)^2; delay V/V0 ((V0 - Vt)/(V - Vt))^alpha; leakage V/V0 e^((V - V0)/s);
 * deviations: the larger change of the logarithm at an end of each constant's interval, over 1.644854, in quadrature.
 */
static const struct {
  int node;
  qy_sram_flavour flavour;
  double voltage_v, energy, delay, leakage, energy_sd, delay_sd, leakage_sd;
} by_hand[] = {
    {28, QY_SRAM_LSTP, 0.8, 0.756143667, 1.239945405, 0.758717646, 0.059478459, 0.116336305, 0.160279528},
    {28, QY_SRAM_LSTP, 1.0, 1.181474480, 0.901203761, 1.190401565, 0.035484693, 0.044623719, 0.106853019},
    {28, QY_SRAM_HP, 0.8, 0.865332612, 1.026062593, 0.868921510, 0.030777488, 0.038997887, 0.080139764},
    {55, QY_SRAM_LSTP, 1.2, 1.088846881, 0.949427430, 1.104483490, 0.012937204, 0.023668612, 0.066783137},
    {55, QY_SRAM_LSTP, 0.95, 0.682419660, 1.323117029, 0.658146345, 0.058076668, 0.163952737, 0.267132547},
    {55, QY_SRAM_HP, 1.2, 1.306122449, 0.965684005, 1.355249999, 0.040590661, 0.038766006, 0.200349411},
};

static void hand(void)
{
  for (size_t i = 0; i < sizeof by_hand / sizeof *by_hand; i++) {
    const double v = by_hand[i].voltage_v;
    const qy_sram_law *law = qy_sram_supply_law(table, by_hand[i].node, by_hand[i].flavour);
    qy_sram_scale s;
    qy_sram own, at;
    qy_sram_query q = {by_hand[i].node, by_hand[i].flavour, 5000, 48, 1, 0};
    if (!ok(law != NULL, "%d nm %s at %g V", q.node_nm, qy_sram_flavour_name(q.flavour), v)) continue;
    qy_sram_supply_scale(&s, law, v);
    near_rel(s.energy, by_hand[i].energy, 1e-8, "energy");
    near_rel(s.delay, by_hand[i].delay, 1e-8, "delay");
    near_rel(s.leakage, by_hand[i].leakage, 1e-8, "leakage");
    near_rel(s.energy_sd, by_hand[i].energy_sd, 1e-6, "deviation of the energy");
    near_rel(s.delay_sd, by_hand[i].delay_sd, 1e-6, "deviation of the delay");
    near_rel(s.leakage_sd, by_hand[i].leakage_sd, 1e-6, "deviation of the leakage");
    ok(qy_sram_lookup(&own, table, &q, NULL) == QY_OK, "the macro at the table's supply");
    q.voltage_v = v;
    ok(qy_sram_lookup(&at, table, &q, NULL) == QY_OK, "and at this one");
    near_rel(at.read_pj / own.read_pj, by_hand[i].energy, 1e-8, "its read energy");
    near_rel(at.write_pj / own.write_pj, by_hand[i].energy, 1e-8, "its write energy");
    near_rel(at.access_ns / own.access_ns, by_hand[i].delay, 1e-8, "its access time");
    near_rel(at.cycle_ns / own.cycle_ns, by_hand[i].delay, 1e-8, "its cycle time");
    near_rel(at.leakage_mw / own.leakage_mw, by_hand[i].leakage, 1e-8, "its leakage");
    ok(at.area_mm2 == own.area_mm2, "its area stays");
    double bytes;
    qy_sram fitted;
    q.capacity_bytes = 4097;
    ok(qy_sram_built(&fitted, &bytes, table, &q, true, NULL) == QY_OK, "the smallest that fits");
    q.capacity_bytes = bytes;
    ok(qy_sram_lookup(&at, table, &q, NULL) == QY_OK && at.read_pj == fitted.read_pj && at.cycle_ns == fitted.cycle_ns,
       "is the same macro");
  }
}

/* At the table's own supply nothing changes and nothing widens; farther away it widens more. */
static void ends(void)
{
  qy_error err = {0};
  qy_sram own, at;
  qy_sram_scale s, farther;
  const qy_sram_law *law = qy_sram_supply_law(table, 28, QY_SRAM_LSTP);
  qy_sram_query q = {28, QY_SRAM_LSTP, 4096, 32, 1, 0};
  const qy_constant *const constant[] = {&law->energy_exponent, &law->threshold_v, &law->alpha, &law->leakage_slope_v};
  int sourced = 0;
  for (size_t i = 0; i < sizeof constant / sizeof *constant; i++)
    sourced += constant[i]->source && *constant[i]->source;
  is_int(sourced, 4, "each constant of a law says where it is from");
  near_rel(law->voltage_v, 0.6 * 1.0 + 0.4 * 0.8, 1e-12, "28 nm LSTP: CACTI's mixture of 32 and 22 nm");
  near_rel(qy_sram_supply_law(table, 28, QY_SRAM_HP)->voltage_v, 0.6 * 0.9 + 0.4 * 0.8, 1e-12, "28 nm HP");
  near_rel(qy_sram_supply_law(table, 55, QY_SRAM_LSTP)->voltage_v, (1.2 + 1.1) / 2, 1e-12, "55 nm LSTP");
  near_rel(qy_sram_supply_law(table, 55, QY_SRAM_HP)->voltage_v, (1.1 + 1.0) / 2, 1e-12, "55 nm HP");
  qy_sram_lookup(&own, table, &q, NULL);
  q.voltage_v = law->voltage_v;
  ok(qy_sram_lookup(&at, table, &q, NULL) == QY_OK && memcmp(&own, &at, sizeof own) == 0,
     "the table's own supply, said aloud, changes nothing");
  qy_sram_supply_scale(&s, law, law->voltage_v);
  ok(s.energy_sd == 0 && s.delay_sd == 0 && s.leakage_sd == 0, "nothing to widen there");
  qy_sram_supply_scale(&s, law, 0.85);
  qy_sram_supply_scale(&farther, law, 0.76);
  ok(s.energy_sd > 0 && s.delay_sd > 0 && s.leakage_sd > 0 && farther.energy_sd > s.energy_sd &&
         farther.delay_sd > s.delay_sd && farther.leakage_sd > s.leakage_sd,
     "wider the farther away");
  q.voltage_v = 0.74;
  ok(qy_sram_lookup(&at, table, &q, &err) == QY_BAD_INPUT, "below the range");
  is_text(err.diagnostic[0].text, "SRAM supply at 28 nm lstp: expected 0.75 to 1.1 V, found 0.74 V", "message");
  q.voltage_v = 1.2;
  ok(qy_sram_lookup(&at, table, &q, NULL) == QY_BAD_INPUT, "above the range");
  q.voltage_v = (double)NAN;
  ok(qy_sram_lookup(&at, table, &q, NULL) == QY_BAD_INPUT, "not a number");
}

static void libraries(void)
{
  qy_error err = {0};
  qy_tech *t, *v, *back;
  double p95[QY_SRAM_QUANTITY_COUNT] = {0.182, 0.077, 0.072, 0.102}, before[QY_SRAM_QUANTITY_COUNT];
  memcpy(before, p95, sizeof p95);
  if (!ok(qy_tech_read(&t, "db", "fdsoi28", arena, &err) == QY_OK, "fdsoi28")) return;
  ok(qy_sram_supply_check(table, t, &err) == QY_OK && t->sram_voltage_v == 0, "its SRAM is at the table's supply");
  qy_sram_supply_widen(p95, table, t);
  ok(memcmp(p95, before, sizeof p95) == 0, "whose errors are the table's");
  ok(qy_tech_sram_at(&v, t, 0.8, arena, &err) == QY_OK && v->sram_voltage_v == 0.8 && t->sram_voltage_v == 0,
     "a copy at 0.8 V");
  ok(strcmp(v->sha256, t->sha256) != 0 &&
         qy_tech_read_text(&back, "x.yaml", v->text, strlen(v->text), arena, &err) == QY_OK &&
         back->sram_voltage_v == 0.8 && strcmp(back->sram_node, "28") == 0,
     "its text says so");
  ok(qy_sram_supply_check(table, v, &err) == QY_OK, "is fine");
  qy_sram_supply_widen(p95, table, v);
  /* e^sqrt(ln(1.182)^2 + (1.959964 x 0.0594785)^2) - 1 and so on: by hand; the LSTP law is the less sure of the two */
  near_rel(p95[QY_SRAM_READ], 0.226094810, 1e-6, "read energy: table and law in quadrature");
  near_rel(p95[QY_SRAM_LEAKAGE], 0.379531427, 1e-6, "leakage");
  ok(p95[QY_SRAM_AREA] == before[QY_SRAM_AREA], "area stays");
  ok(qy_tech_sram_at(&v, t, 0.6, arena, &err) == QY_OK && qy_sram_supply_check(table, v, &err) == QY_BAD_INPUT,
     "0.6 V is too little for the cells");
  is_text(err.diagnostic[0].text,
          "library fdsoi28: expected an SRAM supply from 0.75 to 1.1 V (28 nm lstp), found 0.6 V; at its own 0.92 V: "
          "sram_voltage: nominal",
          "message");
  ok(qy_tech_sram_at(&v, t, 0, arena, &err) == QY_BAD_INPUT && qy_tech_sram_at(&v, t, -1, arena, &err) == QY_BAD_INPUT,
     "no supply of 0 V or less");
  qy_error_clear(&err);
  if (!ok(qy_tech_read(&t, "db", "osu018", arena, &err) == QY_OK, "osu018")) return;
  ok(qy_sram_supply_check(table, t, &err) == QY_BAD_INPUT, "has no SRAM");
  ok(strstr(err.diagnostic[0].text,
            "expected an SRAM node for the buffers (sram: {node: \"28\"} in its file, say), found none") != NULL,
     "and is told so");
  ok(qy_tech_sram_at(&v, t, 1.8, arena, &err) == QY_BAD_INPUT, "nor a supply for it");
  qy_error_clear(&err);
  qy_sram_table *bare = NULL;
  t->sram_node = "55";
  t->sram_voltage_v = 1;
  ok(qy_sram_table_read(&bare, "db/memory/sram.csv", arena, &err) == QY_OK &&
         qy_sram_supply_check(bare, t, &err) == QY_BAD_INPUT && qy_sram_supply_check(table, t, NULL) == QY_OK,
     "a table without laws");
  is_text(err.diagnostic[0].text, "library osu018: expected a supply law for SRAM at 55 nm lstp, found none",
          "message");
  memcpy(before, p95, sizeof p95);
  qy_sram_supply_widen(p95, bare, t);
  ok(memcmp(p95, before, sizeof p95) == 0, "has errors of its own");
  qy_error_clear(&err);
  t->sram_node = "45";
  ok(qy_sram_supply_check(table, t, &err) == QY_BAD_INPUT, "45 nm is not in the table");
  is_text(err.diagnostic[0].text, "library osu018: expected an SRAM node of the table (28, 55 nm), found \"45\"",
          "message");
}

static qy_status read_text(const char *text, qy_error *err)
{
  char file[] = "/tmp/quarry-sram-supply-XXXXXX";
  qy_sram_table *t;
  if (qy_sram_table_read(&t, "db/memory/sram.csv", arena, NULL)) return QY_SYSTEM;
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  qy_error_clear(err);
  qy_status status = qy_sram_supply_read(t, file, arena, err);
  unlink(file);
  return status;
}

static void mistakes(void)
{
#define HEAD "node_nm,flavour,constant,unit,value,low,high,status,source\n"
  static const struct {
    const char *text, *message;
  } rows[] = {
      {"node_nm,flavour\n", "expected a column"},
      {HEAD, "expected a row for voltage at 28 nm lstp, found none"},
      {HEAD "45,lstp,voltage,V,1,1,1,read,s\n", "node_nm: expected a node of the SRAM table, found '45'"},
      {HEAD "28,lop,voltage,V,1,1,1,read,s\n", "flavour: expected one of lstp, hp"},
      {HEAD "28,lstp,voltag,V,1,1,1,read,s\n", "constant: expected one of voltage, voltage_low"},
      {HEAD "28,lstp,voltage,mV,1,1,1,read,s\n", "unit: expected the unit V, found 'mV'"},
      {HEAD "28,lstp,voltage,V,1,1.1,1.2,read,s\n", "low: expected at most the value 1, found '1.1'"},
      {HEAD "28,lstp,voltage,V,1,0.9,0.95,read,s\n", "high: expected at least the value 1, found '0.95'"},
      {HEAD "28,lstp,voltage,V,nan,0.9,0.95,read,s\n", "value: expected"},
      {HEAD "28,lstp,voltage,V,1,1,1,guessed,s\n", "status: expected one of read"},
      {HEAD "28,lstp,voltage,V,1,1,1,read,s\n28,lstp,voltage,V,1,1,1,read,s\n", "each constant once"},
      {HEAD "28,lstp,voltage,V,1.2,1.2,1.2,read,s\n28,lstp,voltage_low,V,0.7,0.7,0.7,read,s\n"
            "28,lstp,voltage_high,V,1,1,1,read,s\n28,lstp,energy_exponent,ratio,2,2,2,read,s\n"
            "28,lstp,threshold,V,0.4,0.4,0.4,read,s\n28,lstp,alpha,ratio,1,1,1,read,s\n"
            "28,lstp,leakage_slope,V,1,1,1,read,s\n",
       "expected the table's supply between voltage_low 0.7 and voltage_high 1 V, found 1.2 V"},
      {HEAD "28,lstp,voltage,V,1,1,1,read,s\n28,lstp,voltage_low,V,0.7,0.7,0.7,read,s\n"
            "28,lstp,voltage_high,V,1,1,1,read,s\n28,lstp,energy_exponent,ratio,2,2,2,read,s\n"
            "28,lstp,threshold,V,0.4,0.4,0.7,read,s\n28,lstp,alpha,ratio,1,1,1,read,s\n"
            "28,lstp,leakage_slope,V,1,1,1,read,s\n",
       "expected voltage_low above the threshold's high end 0.7 V, found 0.7 V"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_error err = {0};
    qy_status status = read_text(rows[i].text, &err);
    int found = 0;
    for (int k = 0; k < err.count; k++)
      found |= strstr(err.diagnostic[k].text, rows[i].message) != NULL;
    static const char *const of_file[] = {"expected a row", "expected the table's supply", "expected voltage_low"};
    for (size_t k = 0; k < sizeof of_file / sizeof *of_file; k++) /* no line of it is at fault */
      if (strncmp(rows[i].message, of_file[k], strlen(of_file[k])) == 0 && err.count == 1)
        found &= err.diagnostic[0].line == 0 && err.diagnostic[0].column == 0;
    ok(status == QY_BAD_INPUT && found, "refused: %s", rows[i].message);
    if (!found && err.count) printf("# said: %s\n", err.diagnostic[0].text);
  }
}

static void no_file(void)
{
  qy_sram_table *t;
  qy_error err = {0};
  ok(qy_sram_table_read(&t, "db/memory/sram.csv", arena, NULL) == QY_OK &&
         qy_sram_supply_read(t, "/nowhere/supply.csv", arena, &err) == QY_BAD_INPUT && err.count == 1,
     "no file, said once");
  is_text(err.diagnostic[0].file, "/nowhere/supply.csv", "with its name");
}

/* Each constant's range at both ends: inside, the file's only fault is that rows are missing. */
static void ranges(void)
{
  static const struct {
    const char *name, *unit;
    double low, high;
  } row[] = {{"voltage", "V", 0.1, 10},       {"voltage_low", "V", 0.1, 10},
             {"voltage_high", "V", 0.1, 10},  {"energy_exponent", "ratio", 0.5, 3},
             {"threshold", "V", 0.01, 5},     {"alpha", "ratio", 0.5, 3},
             {"leakage_slope", "V", 0.01, 10}};
  static const char *const cells[] = {"value", "low", "high"};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const double value[] = {row[i].low, row[i].high, row[i].low * 0.999, row[i].high * 1.001};
    int wrong = 0;
    for (int k = 0; k < 4; k++)
      for (int cell = 0; cell < 3; cell++) {
        qy_error err = {0};
        char text[300], refusal[60];
        double v[3] = {row[i].low, row[i].low, row[i].high};
        if (cell == 0) v[1] = fmin(v[1], value[k]), v[2] = fmax(v[2], value[k]);
        v[cell] = value[k];
        if (cell == 1) v[0] = fmin(fmax(v[0], v[1]), row[i].high);
        snprintf(text, sizeof text, HEAD "28,lstp,%s,%s,%.10g,%.10g,%.10g,read,s\n", row[i].name, row[i].unit, v[0],
                 v[1], v[2]);
        snprintf(refusal, sizeof refusal, "%s: expected %g to %g", cells[cell], row[i].low, row[i].high);
        read_text(text, &err);
        const bool refused = strstr(err.diagnostic[0].text, refusal) != NULL,
                   missing = strstr(err.diagnostic[0].text, "expected a row for") != NULL,
                   order = strstr(err.diagnostic[0].text, "the value") != NULL;
        wrong += k < 2 ? !missing && !order : !refused;
        if (k < 2 && cell == 0) wrong += !missing;
      }
    ok(wrong == 0, "%s: from %g to %g %s", row[i].name, row[i].low, row[i].high, row[i].unit);
  }
  qy_sram macro;
  for (int at_high = 0; at_high < 2; at_high++) {
    const qy_sram_law *law = qy_sram_supply_law(table, 28, QY_SRAM_LSTP);
    const double edge = at_high ? law->voltage_high_v : law->voltage_low_v, beyond = at_high ? 1e-9 : -1e-9;
    qy_sram_query q = {28, QY_SRAM_LSTP, 4096, 32, 1, edge};
    ok(qy_sram_lookup(&macro, table, &q, NULL) == QY_OK, "the end of the law's range is inside");
    q.voltage_v = edge + beyond;
    ok(qy_sram_lookup(&macro, table, &q, NULL) == QY_BAD_INPUT, "a nanovolt beyond is not");
    qy_error err = {0};
    qy_tech *t, *v;
    qy_tech_read(&t, "db", "fdsoi28", arena, &err);
    /* Both flavours have to hold: the narrower range counts. */
    const qy_sram_law *hp = qy_sram_supply_law(table, 28, QY_SRAM_HP);
    const double both =
        at_high ? fmin(law->voltage_high_v, hp->voltage_high_v) : fmax(law->voltage_low_v, hp->voltage_low_v);
    ok(qy_tech_sram_at(&v, t, both, arena, &err) == QY_OK && qy_sram_supply_check(table, v, &err) == QY_OK &&
           qy_tech_sram_at(&v, t, both + beyond, arena, &err) == QY_OK &&
           qy_sram_supply_check(table, v, &err) == QY_BAD_INPUT,
       "so for a library, %g V", both);
  }
  ok(qy_sram_supply_law(table, 28, QY_SRAM_FLAVOUR_COUNT) == NULL &&
         qy_sram_supply_law(table, 28, (qy_sram_flavour)-1) == NULL &&
         qy_sram_supply_law(table, 27, QY_SRAM_HP) == NULL,
     "no law of what is not in the table");
}

int main(void)
{
  qy_error err = {0};
  arena = qy_arena_new();
  if (!ok(qy_sram_table_read(&table, "db/memory/sram.csv", arena, &err) == QY_OK, "the table")) return done();
  qy_sram_query q = {28, QY_SRAM_LSTP, 4096, 32, 1, 1.0};
  qy_sram macro;
  ok(qy_sram_supply_law(table, 28, QY_SRAM_LSTP) == NULL && qy_sram_lookup(&macro, table, &q, &err) == QY_BAD_INPUT,
     "a table without laws has its own supply only");
  qy_error_clear(&err);
  if (!ok(qy_sram_supply_read(table, "db/memory/sram_supply.csv", arena, &err) == QY_OK, "the laws")) {
    printf("# %s\n", err.count ? err.diagnostic[0].text : "");
    return done();
  }
  hand();
  ends();
  libraries();
  mistakes();
  no_file();
  ranges();
  qy_arena_free(arena);
  return done();
}
