/* Parameters of number formats at both ends of their ranges, one on another, and products at the ends of what they
 * take; expected figures follow from the layouts of the words. */
#include "quarry/number.h"
#include "quarry/row_mix.h"
#include "quarry/sqnr.h"
#include "tap.h"

#include <math.h>

typedef struct range_row {
  const char *name;
  qy_number_kind kind;
  int low, high, standard; /* standard: of a format of 4 bits (codebook: 8) */
} range_row;

static void ranges(void)
{
  static const range_row row[] = {
      {"bits", QY_NUMBER_UNIFORM, 2, 16, 4},
      {"midrise", QY_NUMBER_UNIFORM, 0, 1, 0},
      {"bias", QY_NUMBER_UNIFORM, 0, 1, 0},
      {"bits", QY_NUMBER_AFFINE, 2, 16, 4},
      {"full_range", QY_NUMBER_AFFINE, 0, 1, 0},
      {"zero_point", QY_NUMBER_AFFINE, -7, 7, 0},
      {"bias", QY_NUMBER_AFFINE, 0, 1, 0},
      {"bits", QY_NUMBER_POT, 2, 6, 4},
      {"log_rounding", QY_NUMBER_POT, 0, 1, 0},
      {"bits", QY_NUMBER_DEEPSHIFT, 2, 6, 4},
      {"log_rounding", QY_NUMBER_DEEPSHIFT, 0, 1, 1},
      {"bits", QY_NUMBER_INQ, 3, 7, 4},
      {"bits", QY_NUMBER_SEGLOG, 3, 6, 4},
      {"root", QY_NUMBER_SEGLOG, 0, 4, 0},
      {"log_rounding", QY_NUMBER_SEGLOG, 0, 1, 0},
      {"bits", QY_NUMBER_BRSLOG, 3, 6, 4},
      {"root", QY_NUMBER_BRSLOG, 0, 4, 0},
      {"terms", QY_NUMBER_LIGHTPE, 1, 2, 2},
      {"bits", QY_NUMBER_SP2, 3, 9, 4},
      {"bits", QY_NUMBER_APOT, 3, 7, 4},
      {"bits", QY_NUMBER_CODEBOOK, 4, 12, 8},
      {"m_bits", QY_NUMBER_CODEBOOK, 2, 4, 3},
      {"m_odd", QY_NUMBER_CODEBOOK, 0, 1, 0},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const int asked[] = {row[i].low, row[i].high, row[i].low - 1, row[i].high + 1};
    qy_status set[4], checked[4];
    qy_number number = qy_number_default(row[i].kind, row[i].kind == QY_NUMBER_CODEBOOK ? 8 : 4);
    size_t count;
    const qy_number_parameter *p = qy_number_table(&count)[row[i].kind].parameter;
    while (strcmp(p->name, row[i].name))
      p++;
    const int standard = *(const int *)(const void *)((const char *)&number + p->offset);
    for (int k = 0; k < 4; k++) {
      qy_error err = {0};
      number = qy_number_default(row[i].kind, row[i].kind == QY_NUMBER_CODEBOOK ? 8 : 4);
      set[k] = qy_number_set(&number, row[i].name, asked[k], &err);
      *(int *)(void *)((char *)&number + p->offset) = asked[k];
      checked[k] = qy_number_check(&number, &err);
    }
    /* Zero points are bounded by the width when all is known. */
    const bool by_width =
        strcmp(row[i].name, "zero_point") == 0 || (p->low < row[i].low && p->offset == offsetof(qy_number, bits));
    ok(set[0] == QY_OK && set[1] == QY_OK && (by_width || (set[2] == QY_BAD_INPUT && set[3] == QY_BAD_INPUT)) &&
           checked[0] == QY_OK && checked[1] == QY_OK && checked[2] == QY_BAD_INPUT && checked[3] == QY_BAD_INPUT &&
           standard == row[i].standard,
       "%s: %s from %d to %d, by itself %d", qy_number_table(&count)[row[i].kind].name, row[i].name, row[i].low,
       row[i].high, row[i].standard);
  }
}

/* Widths of each format with all else as it is by itself: both ends are formats, what is beyond is refused when it is
 * set. */
static void widths(void)
{
  static const struct {
    qy_number_kind kind;
    int low, high;
  } row[] = {{QY_NUMBER_UNIFORM, 2, 16},  {QY_NUMBER_AFFINE, 2, 16},  {QY_NUMBER_POT, 2, 6},
             {QY_NUMBER_DEEPSHIFT, 2, 6}, {QY_NUMBER_INQ, 3, 7},      {QY_NUMBER_SEGLOG, 2, 6},
             {QY_NUMBER_BRSLOG, 2, 6},    {QY_NUMBER_LIGHTPE, 4, 10}, {QY_NUMBER_SP2, 3, 9},
             {QY_NUMBER_APOT, 3, 7},      {QY_NUMBER_CODEBOOK, 4, 12}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    int wrong = 0;
    for (int bits = 1; bits <= 17; bits++) {
      qy_error err = {0};
      qy_number number = qy_number_default(row[i].kind, bits);
      const bool good = bits >= row[i].low && bits <= row[i].high,
                 even = row[i].kind != QY_NUMBER_LIGHTPE || bits % 2 == 0;
      const bool settable = good || (row[i].kind == QY_NUMBER_LIGHTPE && (bits == 2 || bits == 3)); /* of one term */
      wrong += qy_number_check(&number, &err) != (good && even ? QY_OK : QY_BAD_INPUT);
      wrong += qy_number_set(&number, "bits", bits, &err) != (settable ? QY_OK : QY_BAD_INPUT);
    }
    is_int(wrong, 0, qy_number_table(NULL)[row[i].kind].name);
  }
}

static qy_status check(qy_number number)
{
  qy_error err = {0};
  return qy_number_check(&number, &err);
}

static void together(void)
{
  int split = 0, terms = 0, zero = 0, foreign = 0;
  for (int bits = 2; bits <= 6; bits++)
    for (int r = -1; r <= 33; r++) {
      const bool good = r >= 0 && r % 2 == 0 && r <= 1 << (bits - 1);
      split += check((qy_number){.kind = QY_NUMBER_SEGLOG, .bits = bits, .split = r}) != (good ? QY_OK : QY_BAD_INPUT);
    }
  ok(split == 0, "splits are even and at most half of the words");
  for (int bits = 2; bits <= 10; bits++)
    for (int n = 1; n <= 2; n++) {
      const bool good = bits % n == 0 && bits / n >= 2 && bits / n <= 5;
      terms += check((qy_number){.kind = QY_NUMBER_LIGHTPE, .bits = bits, .terms = n}) != (good ? QY_OK : QY_BAD_INPUT);
    }
  ok(terms == 0, "terms of two to five bits each");
  for (int bits = 2; bits <= 16; bits++)
    for (int sign = -1; sign <= 1; sign += 2)
      for (int beyond = 0; beyond < 2; beyond++) {
        const int z = sign * ((1 << (bits - 1)) - 1 + beyond);
        zero += check((qy_number){.kind = QY_NUMBER_AFFINE, .bits = bits, .zero_point = z}) !=
                (beyond ? QY_BAD_INPUT : QY_OK);
      }
  ok(zero == 0, "zero points within the symmetric codes");
  for (int bits = 2; bits <= 16; bits += 7) {
    qy_error err = {0};
    char said[100];
    const int most = (1 << (bits - 1)) - 1;
    qy_number_check(&(qy_number){.kind = QY_NUMBER_AFFINE, .bits = bits, .zero_point = most + 1}, &err);
    snprintf(said, sizeof said, "affine: expected zero_point in [%d, %d] for %d bits, found %d", -most, most, bits,
             most + 1);
    is_text(err.count ? err.diagnostic[0].text : NULL,
            bits < 16 ? said
                      : "affine: expected zero_point in [-32767, "
                        "32767], found 32768",
            "which is said");
  }
  const qy_number_parameter *p = qy_number_table(NULL)[QY_NUMBER_AFFINE].parameter;
  while (strcmp(p->name, "zero_point"))
    p++;
  ok(p->low == -INT16_MAX && p->high == INT16_MAX, "which at most are those of words of 16 bits");
  foreign += check((qy_number){.kind = QY_NUMBER_POT, .bits = 4, .terms = 1}) != QY_BAD_INPUT;
  foreign += check((qy_number){.kind = QY_NUMBER_UNIFORM, .bits = 4, .zero_point = 1}) != QY_BAD_INPUT;
  foreign += check((qy_number){.kind = QY_NUMBER_UNIFORM, .bits = 4, .midrise = 1, .bias = 1}) != QY_BAD_INPUT;
  foreign += check((qy_number){.kind = QY_NUMBER_UNIFORM, .bits = 4, .midrise = 1}) != QY_OK;
  foreign += check((qy_number){.kind = (qy_number_kind)QY_NUMBER_KIND_COUNT, .bits = 4}) != QY_BAD_INPUT;
  foreign += check((qy_number){.kind = (qy_number_kind)-1, .bits = 4}) != QY_BAD_INPUT;
  ok(foreign == 0, "parameters of other formats, kinds that are none");
  for (int bits = 2; bits <= 6; bits++)
    is_int(qy_number_default(QY_NUMBER_SEGLOG, bits).split, bits < 3 ? 0 : 1 << (bits - 2), "a half is the split");
  is_int(qy_number_find("nothing"), -1, "no such format");
  size_t count;
  const qy_number_info *table = qy_number_table(&count);
  int lost = 0;
  for (size_t i = 0; i < count; i++)
    lost += qy_number_find(table[i].name) != (int)i || (size_t)table[i].kind != i;
  is_int(lost, 0, "formats are found by their names");
  near_rel(qy_number_compression(&(qy_number){.kind = QY_NUMBER_POT, .bits = 4}), 8, 1e-15, "4 bits of 32");
}

/* Products of pot, whose weights are 2^-c: x 2^(6 - c) of 4 bits. */
static void products(void)
{
  const qy_number pot = qy_number_default(QY_NUMBER_POT, 4), exact = qy_number_default(QY_NUMBER_SEGLOG, 4);
  const int64_t largest = (INT64_C(1) << 24) - 1;
  static const struct {
    int64_t x;
    uint32_t code;
    int keep;
    qy_drop drop;
    int64_t want;
  } row[] = {
      {5, 2, 6, QY_DROP_FLOOR, 80},  {5, 2, 1, QY_DROP_FLOOR, 2},        {5, 2, 1, QY_DROP_ROUND, 3},
      {-5, 2, 1, QY_DROP_FLOOR, -3}, {-5, 2, 1, QY_DROP_ROUND, -3},      {5, 10, 1, QY_DROP_FLOOR, -2},
      {-5, 10, 1, QY_DROP_FLOOR, 3}, {7, 3, 0, QY_DROP_FLOOR, 0},        {7, 3, 0, QY_DROP_ROUND, 1},
      {4, 3, 0, QY_DROP_ROUND, 1},   {3, 3, 0, QY_DROP_ROUND, 0},        {-4, 3, 0, QY_DROP_ROUND, -1},
      {-8, 3, 0, QY_DROP_FLOOR, -1}, {-7, 3, 0, QY_DROP_FLOOR, -1},      {5, 7, 6, QY_DROP_FLOOR, 0},
      {1, 0, 8, QY_DROP_FLOOR, 256}, {1, 0, 30, QY_DROP_FLOOR, 1 << 30},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    qy_error err = {0};
    int64_t product = -99;
    ok(qy_number_product(&product, &pot, row[i].x, row[i].code, row[i].keep, row[i].drop, &err) == QY_OK &&
           product == row[i].want,
       "%lld times word %u, %d bits kept: %lld", (long long)row[i].x, row[i].code, row[i].keep, (long long)row[i].want);
  }
  qy_error err = {0};
  int64_t product;
  ok(qy_number_product(&product, &pot, largest, 0, 0, QY_DROP_FLOOR, &err) == QY_OK && product == largest &&
         qy_number_product(&product, &pot, -largest, 0, 0, QY_DROP_FLOOR, &err) == QY_OK && product == -largest &&
         qy_number_product(&product, &pot, largest + 1, 0, 0, QY_DROP_FLOOR, &err) == QY_BAD_INPUT &&
         qy_number_product(&product, &pot, -largest - 1, 0, 0, QY_DROP_FLOOR, &err) == QY_BAD_INPUT,
     "operands below 2^24");
  ok(qy_number_product(&product, &pot, 1, 0, -1, QY_DROP_FLOOR, &err) == QY_BAD_INPUT &&
         qy_number_product(&product, &pot, 1, 0, 31, QY_DROP_FLOOR, &err) == QY_BAD_INPUT,
     "0 to 30 bits are kept");
  ok(qy_number_product(&product, &exact, 1, 0, 6, QY_DROP_FLOOR, &err) == QY_BAD_INPUT ||
         qy_number_product(&product, &exact, 1, 1, 6, QY_DROP_FLOOR, &err) == QY_BAD_INPUT,
     "no integer product with an exact square root of 2");
}

/* A word without a value has no product either, which says so. */
static void unused_words(void)
{
  size_t count;
  const qy_number_info *table = qy_number_table(&count);
  int unused = 0, wrong = 0;
  for (size_t i = 0; i < count; i++) {
    const qy_number number = qy_number_default(table[i].kind, 4);
    const uint32_t words = UINT32_C(1) << qy_number_code_bits(&number);
    for (uint32_t code = 0; code < words; code++) {
      qy_error err = {0};
      int64_t product = -99;
      char said[100];
      const double value = qy_number_value(&number, code);
      const qy_status status = qy_number_product(&product, &number, 1, code, 30, QY_DROP_FLOOR, &err);
      if (!isnan(value)) {
        wrong += status == QY_OK && (product != 0) != (value != 0); /* roots are refused */
        continue;
      }
      snprintf(said, sizeof said, "product: expected a used word of %s, found %u", table[i].name, code);
      wrong += status != QY_BAD_INPUT || err.count != 1 || strcmp(err.diagnostic[0].text, said) || product != 0;
      unused++;
    }
  }
  ok(wrong == 0 && unused > 0, "%d words of all formats have no value, and no product", unused);
}

/* Weights have no more fraction bits than one of them needs, at each width. */
static void fractions(void)
{
  size_t count;
  const qy_number_info *table = qy_number_table(&count);
  for (size_t i = 0; i < count; i++) {
    const qy_number_parameter *bits = &table[i].parameter[0];
    int even = 0;
    for (int b = bits->low; b <= bits->high && b <= 10; b++) {
      const qy_number number = qy_number_default(table[i].kind, b);
      bool odd = false;
      if (check(number)) continue;
      for (uint32_t code = 0; code < UINT32_C(1) << qy_number_code_bits(&number); code++) {
        int64_t w;
        bool root2;
        if (table[i].weight(&number, code, &w, &root2)) odd |= w & 1;
      }
      even += !odd;
    }
    is_int(even, 0, table[i].name);
  }
}

/* What a check refuses, all that is asked for such a format refuse, in the same words, and give nothing. */
static void refused(void)
{
  const qy_number row[] = {{.kind = QY_NUMBER_UNIFORM, .bits = 17},
                           {.kind = QY_NUMBER_POT, .bits = 1},
                           {.kind = QY_NUMBER_AFFINE, .bits = 4, .zero_point = 8},
                           {.kind = QY_NUMBER_SEGLOG, .bits = 4, .split = 3},
                           {.kind = QY_NUMBER_LIGHTPE, .bits = 7, .terms = 2}};
  qy_arena *arena = qy_arena_new();
  qy_signal signal;
  int good = qy_signal_make(&signal, QY_SIGNAL_GAUSSIAN, NAN, NULL) == QY_OK;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    enum { ASKED = 4 };
    qy_error why = {0}, err[ASKED] = {{0}};
    qy_levels *levels = NULL;
    qy_best best;
    qy_quantize_report report;
    qy_format_noise noise;
    const qy_status status[ASKED] = {qy_levels_build(&levels, &row[i], arena, &err[0]),
                                     qy_best_format(&best, &row[i], &signal, &err[1]),
                                     qy_quantize_describe(&report, &row[i], &signal, 1, arena, &err[2]),
                                     qy_format_noise_make(&noise, &row[i], &signal, arena, &err[3])};
    good = good && qy_number_check(&row[i], &why) == QY_BAD_INPUT && !levels;
    for (int k = 0; good && k < ASKED; k++)
      good = status[k] == QY_BAD_INPUT && err[k].count == 1 &&
             strcmp(err[k].diagnostic[0].text, why.diagnostic[0].text) == 0;
    ok(good, "format %zu is refused by all: %s", i, why.diagnostic[0].text);
  }
  qy_arena_free(arena);
}

int main(void)
{
  ranges();
  refused();
  widths();
  together();
  products();
  unused_words();
  fractions();
  return done();
}
