/* Tables of cells in each format, by hand. */
#include "quarry/table.h"

#include "tap.h"

#include <stdlib.h>

static const char *const names[] = {"name", "µm²", "n"};

static void fill(qy_table *t)
{
  qy_table_text(t, "a, \"b\"");
  qy_table_number(t, 1.0 / 3);
  qy_table_integer(t, -7);
  qy_table_text(t, NULL);
  qy_table_number(t, NAN);
  qy_table_digits(t, "9007199254740993");
}

static void renders(qy_table_format format, const char *expected, int rows)
{
  qy_error err = {0};
  qy_text text = {0};
  qy_table *t = qy_table_new(3, names);
  for (int i = 0; i < rows; i++)
    fill(t);
  is_int((int64_t)qy_table_rows(t), 2 * rows, "rows are counted");
  qy_table_text(t, "left over");
  is_int(qy_table_render(t, format, &text, &err), QY_OK, qy_table_format_names[format]);
  is_text(text.data, expected, "as expected, without the row that is not complete");
  qy_text_free(&text);
  qy_table_free(t);
}

/* To a stream that takes everything and to one that takes nothing. */
static void prints(void)
{
  qy_error err = {0};
  qy_table *t = qy_table_new(3, names);
  char *data = NULL;
  size_t length = 0;
  fill(t);
  FILE *out = open_memstream(&data, &length);
  is_int(qy_table_print(t, QY_TABLE_CSV, out, &err), QY_OK, "printed to a stream");
  fclose(out);
  ok(length > 0 && strncmp(data, "name,", 5) == 0, "which has it");
  free(data);
  FILE *full = fopen("/dev/full", "w");
  if (full) {
    setvbuf(full, NULL, _IONBF, 0);
    is_int(qy_table_print(t, QY_TABLE_CSV, full, &err), QY_SYSTEM, "a full disk is reported");
    ok(err.count == 1 && strstr(err.diagnostic[0].text, "No space"), "with the system's words");
    fclose(full);
  }
  qy_table_free(t);
}

int main(void)
{
  renders(QY_TABLE_ALIGNED,
          "name         µm²                 n\n"
          "a, \"b\"  0.333333                -7\n"
          "-              -  9007199254740993\n",
          1);
  renders(QY_TABLE_CSV,
          "name,µm²,n\n"
          "\"a, \"\"b\"\"\",0.33333333333333331,-7\n"
          ",,9007199254740993\n",
          1);
  renders(QY_TABLE_JSON,
          "[\n {\"name\": \"a, \\\"b\\\"\", \"µm²\": 0.33333333333333331, \"n\": -7},"
          "\n {\"name\": null, \"µm²\": null, \"n\": 9007199254740993}\n]\n",
          1);
  renders(QY_TABLE_ALIGNED, "name  µm²  n\n", 0);
  renders(QY_TABLE_CSV, "name,µm²,n\n", 0);
  renders(QY_TABLE_JSON, "[]\n", 0);
  ok(!qy_table_format_names[QY_TABLE_FORMATS], "the list of formats ends");
  prints();
  return done();
}
