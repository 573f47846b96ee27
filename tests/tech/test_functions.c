/* Logic functions of Liberty pins, and which cell a function is: all orders of inputs, each polarity, by brute force
 * over truth tables written out here. */
#include "../../src/tech/liberty_int.h"
#include "quarry/alloc.h"
#include "random.h"
#include "tap.h"

static qy_piece piece(const char *text)
{
  return (qy_piece){text, strlen(text)};
}

static const char *const letters[] = {"A", "B", "C", "D", "E", "F"};

/* The table of a function of the first `count` letters; ~0 where it is not understood and must not be. */
static uint64_t table_of(const char *text, int count, bool *good)
{
  qy_piece input[LIB_INPUTS_MAX];
  uint64_t table = 0;
  for (int i = 0; i < count && i < LIB_INPUTS_MAX; i++)
    input[i] = piece(letters[i]);
  *good = lib_function(&table, piece(text), input, count, (qy_piece){0});
  return table;
}

static void functions(void)
{
  static const struct {
    const char *text;
    int count;
    uint64_t table; /* bit i: of A = bit 0 of i, B = bit 1, ... */
  } row[] = {
      {"A", 1, 0x2},
      {"!A", 1, 0x1},
      {"A'", 1, 0x1},
      {"A''", 1, 0x2},
      {"!!A", 1, 0x2},
      {"!A'", 1, 0x2},
      {"0", 1, 0x0},
      {"1", 1, 0x3},
      {"A B", 2, 0x8},
      {"A*B", 2, 0x8},
      {"A & B", 2, 0x8},
      {"A+B", 2, 0xE},
      {"A | B", 2, 0xE},
      {"A^B", 2, 0x6},
      {"!(A^B)", 2, 0x9},
      {"(A B)'", 2, 0x7},
      {"A B + C", 3, 0xF8},
      {"A + B C", 3, 0xEA},
      {"(A + B) C", 3, 0xE0},
      {"A ^ B C", 3, 0x60},
      {"A ^ B ^ C", 3, 0x96},
      {"A B' + C", 3, 0xF2},
      {"A !B", 2, 0x2},
      {"!A !B", 2, 0x1},
      {"A(B+C)", 3, 0xA8},
      {"(A)(B)", 2, 0x8},
      {"A\tB\n\\\n+C", 3, 0xF8},
      {"A B C D E F", 6, UINT64_C(1) << 63},
      {"F", 6, 0xFFFFFFFF00000000},
      {"E", 6, 0xFFFF0000FFFF0000},
      {"D", 4, 0xFF00},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    bool good;
    const uint64_t table = table_of(row[i].text, row[i].count, &good);
    ok(good && table == row[i].table, "function %zu: table %llx", i, (unsigned long long)table);
  }
  static const char *const bad[] = {"", "A +", "+ A", "(A", "A)", "G", "A B)", "A ^", "()", "A @ B", "2", "!"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    bool good;
    table_of(bad[i], 3, &good);
    ok(!good, "not a function: '%s'", bad[i]);
  }
  bool good;
  table_of("A", 0, &good);
  ok(!good, "no inputs");
  table_of("A", 7, &good);
  ok(!good, "seven inputs");
  char nested[120];
  for (int depth = 50; depth <= 51; depth++) {
    memset(nested, '(', (size_t)depth);
    nested[depth] = 'A';
    memset(nested + depth + 1, ')', (size_t)depth);
    nested[2 * depth + 1] = '\0';
    const uint64_t table = table_of(nested, 1, &good);
    ok(good == (depth == 50) && (!good || table == 0x2), "%d brackets", depth);
  }
  uint64_t table = 0;
  const qy_piece state = piece("IQ");
  ok(lib_function(&table, piece("IQN"), &state, 1, piece("IQN")) && table == 0x1, "the inverse of a state");
  ok(lib_function(&table, piece("IQN'"), &state, 1, piece("IQN")) && table == 0x2, "and its complement");
}

/* Function with A, B, C in the roles; output: true table or its complement. */
typedef struct known {
  qy_cell kind;
  const char *function, *second; /* of inputs 1, 2, 3 written as digits 4, 5, 6 */
  int inputs;
  bool has_lone;
} known;

static const known cells[] = {
    {QY_INV, "!4", NULL, 1, false},          {QY_BUF, "4", NULL, 1, false},
    {QY_NAND2, "!(4 5)", NULL, 2, false},    {QY_NOR2, "!(4+5)", NULL, 2, false},
    {QY_AND2, "4 5", NULL, 2, false},        {QY_OR2, "4+5", NULL, 2, false},
    {QY_XOR2, "4^5", NULL, 2, false},        {QY_XNOR2, "!(4^5)", NULL, 2, false},
    {QY_NAND3, "!(4 5 6)", NULL, 3, false},  {QY_AOI21, "!((4 5)+6)", NULL, 3, true},
    {QY_OAI21, "!((4+5) 6)", NULL, 3, true}, {QY_MUX2, "(4 !6)+(5 6)", NULL, 3, true},
    {QY_HA, "4^5", "4 5", 2, false},         {QY_FA, "4^5^6", "(4 5)+(4 6)+(5 6)", 3, false},
};
enum { CELLS = sizeof cells / sizeof *cells };

/* Role digits become the names of the pins that play them. */
static void spell(char *out, const char *function, const int *order, bool inverted)
{
  char *end = out;
  if (inverted) end += sprintf(end, "!(");
  for (const char *c = function; *c; c++)
    *end++ = *c >= '4' && *c <= '6' ? letters[order[*c - '4']][0] : *c;
  if (inverted) *end++ = ')';
  *end = '\0';
}

static void match_all(void)
{
  static const int order[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  int wrong = 0, asked = 0, lone = 0, inverters = 0;
  for (int c = 0; c < CELLS; c++)
    for (int o = 0; o < 6; o++)
      for (int inverted = 0; inverted < (cells[c].second ? 4 : 2); inverted++)
        for (int swapped = 0; swapped < (cells[c].second ? 2 : 1); swapped++) {
          const known *k = &cells[c];
          if ((k->inputs == 1 && o > 0) || (k->inputs == 2 && o > 1)) continue;
          char text[2][80] = {"", ""};
          spell(text[swapped], k->function, order[o], inverted & 1);
          if (k->second) spell(text[!swapped], k->second, order[o], inverted >> 1);
          lib_pin pin[5] = {{0}};
          int count = 0;
          for (int i = 0; i < k->inputs; i++)
            pin[count++] = (lib_pin){.name = piece(letters[i]), .direction = LIB_INPUT};
          pin[count++] = (lib_pin){.name = piece("Y"), .direction = LIB_OUTPUT, .function = piece(text[0])};
          if (k->second)
            pin[count++] = (lib_pin){.name = piece("Z"), .direction = LIB_OUTPUT, .function = piece(text[1])};
          for (int i = 0; i + 1 < count; i++)
            pin[i].next = &pin[i + 1];
          const lib_cell cell = {.name = piece("x"), .pin = pin};
          for (int as = 0; as < CELLS; as++) {
            lib_match match;
            const char *why;
            const bool is = lib_matches(&match, &cell, cells[as].kind, &why);
            /* A complement is another cell of the list, but for a multiplexer and adders. */
            const bool expected = as == c && (!inverted || k->second || k->kind == QY_MUX2);
            const bool other = inverted && !k->second && k->kind != QY_MUX2 && as != c && k->inputs < 3;
            asked++;
            if (!other) wrong += is != expected || why != NULL;
            if (!is || as != c) continue;
            lone += k->has_lone && match.lone != &pin[order[o][2]];
            inverters += k->second ? match.inverters != (inverted & 1) + (inverted >> 1) || !match.note != !inverted
                                   : match.inverters != 0 || match.inverted != (inverted != 0);
          }
        }
  ok(wrong == 0 && asked > 1000, "cells are known by their functions in every order of inputs and outputs, %d asked",
     asked);
  is_int(lone, 0, "the input outside the pair, the select");
  is_int(inverters, 0, "outputs that are complements");
}

/* Pieces of a file's text. */
static void pieces(void)
{
  static const struct {
    const char *text;
    double value; /* NaN: no number */
  } number[] = {{"1", 1},     {"  \t2.5", 2.5}, {"3 \t ", 3}, {" -4e2 ", -400}, {"", NAN},
                {"  ", NAN},  {"\t", NAN},      {"1 2", NAN}, {"1x", NAN},      {"nan", NAN},
                {"inf", NAN}, {"1e999", NAN},   {"x", NAN}};
  for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
    double value = 0;
    const bool is = piece_number(piece(number[i].text), &value);
    ok(is == !isnan(number[i].value) && (!is || value == number[i].value), "number %zu", i);
  }
  char digits[70];
  double value = 0;
  memset(digits, '0', sizeof digits);
  digits[62] = '7';
  ok(piece_number((qy_piece){digits, 63}, &value) && value == 7, "63 characters are a number");
  ok(!piece_number((qy_piece){digits, 64}, &value), "64 are not");
  static const struct {
    const char *text, *trimmed;
  } around[] = {{" \t\r\n\"\\a b\"\n\r\t \\", "a b"}, {"a", "a"}, {"", ""}, {"\" \"", ""}, {"a\"b", "a\"b"}};
  for (size_t i = 0; i < sizeof around / sizeof *around; i++)
    ok(piece_is(piece_trimmed(piece(around[i].text)), around[i].trimmed), "trimmed text %zu", i);
  ok(piece_is(piece("ab"), "ab") && !piece_is(piece("ab"), "a") && !piece_is(piece("a"), "ab") &&
         !piece_is(piece("ab"), "ac") && piece_is(piece(""), ""),
     "a piece is a text");
  ok(piece_same(piece("ab"), piece("ab")) && !piece_same(piece("ab"), piece("ac")) &&
         !piece_same(piece("ab"), piece("a")) && piece_same((qy_piece){0}, piece("")),
     "pieces are the same");
  qy_arena *arena = qy_arena_new();
  char longer[90];
  memset(longer, 'x', sizeof longer);
  is_int((int64_t)strlen(piece_text((qy_piece){longer, 80}, arena)), 80, "80 characters are shown");
  is_int((int64_t)strlen(piece_text((qy_piece){longer, 81}, arena)), 80, "81 are cut");
  is_text(piece_text(piece("a\x1f \x7e\x7f\xc3"), arena), "a? ~??", "what cannot be printed");
  is_text(piece_text((qy_piece){0}, arena), "", "nothing");
  qy_arena_free(arena);
}

/* What a library without this statement, or with it, has of its units: ps, fF, nW, V. */
static void units(void)
{
  static const struct {
    const char *statement;
    double time_ps, cap_ff, leakage_nw, volt_v; /* time_ps 0: refused */
  } row[] = {
      {"", 1000, 0, 0, 1},
      {"time_unit : \"1ns\";", 1000, 0, 0, 1},
      {"time_unit : \"100ps\";", 100, 0, 0, 1},
      {"time_unit : \"10fs\";", 0.01, 0, 0, 1},
      {"time_unit : \"1us\";", 1e6, 0, 0, 1},
      {"time_unit : \"1n\";", 0, 0, 0, 0},
      {"time_unit : \"1nF\";", 0, 0, 0, 0},
      {"time_unit : \"0ns\";", 0, 0, 0, 0},
      {"time_unit : \"-1ns\";", 0, 0, 0, 0},
      {"capacitive_load_unit (1, pf);", 1000, 1000, 0, 1},
      {"capacitive_load_unit (1.5, ff);", 1000, 1.5, 0, 1},
      {"capacitive_load_unit (1, F);", 1000, 1e15, 0, 1},
      {"capacitive_load_unit (1, ps);", 0, 0, 0, 0},
      {"leakage_power_unit : \"1nW\";", 1000, 0, 1, 1},
      {"leakage_power_unit : \"1uW\";", 1000, 0, 1000, 1},
      {"leakage_power_unit : \"10pW\";", 1000, 0, 0.01, 1},
      {"leakage_power_unit : \"1mW\";", 1000, 0, 1e6, 1},
      {"leakage_power_unit : \"1nA\";", 0, 0, 0, 0},
      {"voltage_unit : \"1V\";", 1000, 0, 0, 1},
      {"voltage_unit : \"100mV\";", 1000, 0, 0, 0.1},
      {"voltage_unit : \"1mW\";", 0, 0, 0, 0},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char text[200];
    qy_error err = {0};
    qy_arena *arena = qy_arena_new();
    snprintf(text, sizeof text, "library (x) {\n  %s\n  cell (a) { area : 1; }\n}\n", row[i].statement);
    const qy_liberty_source source = {"x.lib", text, strlen(text)};
    lib_model m = {.arena = arena, .err = &err};
    const qy_status status = lib_read(&m, &source);
    const lib_library *l = m.first;
    if (row[i].time_ps == 0)
      ok(status == QY_BAD_INPUT && err.diagnostic[0].line == 2, "refused: %s", row[i].statement);
    else
      ok(status == QY_OK && l && fabs(l->time_ps - row[i].time_ps) <= 1e-12 * row[i].time_ps &&
             fabs(l->cap_ff - row[i].cap_ff) <= 1e-12 * row[i].cap_ff &&
             fabs(l->leakage_nw - row[i].leakage_nw) <= 1e-12 * row[i].leakage_nw &&
             fabs(l->volt_v - row[i].volt_v) <= 1e-15 && l->cells == 1 && piece_is(l->name, "x") && m.cell_count == 1 &&
             piece_is(m.cell->name, "a"),
         "units: %s", row[i].statement);
    qy_arena_free(arena);
  }
}

/* A rail of which nothing tells what it is matters only where tables name another beside it; those without a rail are
 * no other. */
static void rails(void)
{
  static const struct {
    const char *rail[4], *untyped;
  } row[] = {{{"VDD", "VDD"}, ""},    {{"VDD", ""}, ""},           {{"", "VDD", ""}, ""}, {{"VDD", "", "VDD"}, ""},
             {{"VDD", "VPP"}, "VPP"}, {{"VDD", "", "VPP"}, "VPP"}, {{"", ""}, ""},        {{"VDD", "GND"}, ""},
             {{"VON", "VDD"}, "VDD"}, {{"VON", "VON"}, ""},        {{"GND", "GND"}, ""},  {{"VDD", "VON"}, "VDD"}};
  lib_rail_voltage ground = {.name = piece("GND"), .voltage_v = 0}, supply = {&ground, piece("VON"), 1.1};
  const lib_library library = {.rail = &supply};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++)
    for (int arcs = 0; arcs < 2; arcs++) {
      lib_state_power state[4] = {{0}};
      lib_arc arc[4] = {{0}};
      lib_pin pin = {.arc = arc};
      for (int k = 0; k < 4; k++) {
        const qy_piece rail = piece(row[i].rail[k] ? row[i].rail[k] : "");
        state[k].supply = arc[k].supply = rail;
        arc[k].power = true;
        if (k < 3) state[k].next = &state[k + 1], arc[k].next = &arc[k + 1];
      }
      const lib_cell cell = {.library = &library, .state_power = arcs ? NULL : state, .pin = arcs ? &pin : NULL};
      ok(piece_is(lib_untyped_rail(&cell), row[i].untyped), "rails %zu of %s", i, arcs ? "arcs" : "states");
      for (int k = 0; k < 4 && row[i].rail[k]; k++)
        if (lib_is_ground(&cell, piece(row[i].rail[k])) != (strcmp(row[i].rail[k], "GND") == 0))
          ok(0, "%s is a ground or not", row[i].rail[k]);
    }
}

/* Names in a list: what strtok finds between blanks, commas, quotes and the ends of lines. */
static void lists(void)
{
  static const char letters_of_lists[] = "AB ,\"\n\\", between[] = " ,\t\r\n\"\\";
  enum { LISTS = 4000, MOST = 9 };
  uint64_t state = 5;
  int named = 0, wrong = 0;
  for (int i = 0; i < LISTS; i++) {
    char list[MOST + 1] = "", copy[MOST + 1], name[3] = "", *rest = NULL;
    const size_t length = 1 + random_below(&state, MOST), letters_in = 1 + random_below(&state, 2);
    for (size_t k = 0; k < length; k++)
      list[k] = letters_of_lists[random_below(&state, sizeof letters_of_lists - 1)];
    for (size_t k = 0; k < letters_in; k++)
      name[k] = letters_of_lists[random_below(&state, 2)];
    memcpy(copy, list, sizeof copy);
    bool found = false;
    for (char *word = strtok_r(copy, between, &rest); word; word = strtok_r(NULL, between, &rest))
      found |= strcmp(word, name) == 0;
    char exact[2 * MOST]; /* of the file's text: what stands behind a list is none of it */
    snprintf(exact, sizeof exact, "%s%s", list, "B");
    wrong += lib_names_pin((qy_piece){exact, length}, piece(name)) != found;
    named += found;
  }
  ok(wrong == 0 && named > LISTS / 10 && named < LISTS / 2, "%d lists, %d of them with the name: %d wrong", LISTS,
     named, wrong);
  ok(lib_names_pin(piece(""), piece("A")), "an empty list names every pin");
}

int main(void)
{
  lists();
  pieces();
  rails();
  units();
  functions();
  match_all();
  return done();
}
