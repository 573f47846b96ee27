/* Weights from files: NumPy arrays written byte by byte, decimal commas, other formats. */
#include "quarry/alloc.h"
#include "quarry/sqnr.h"

#include "files.h"
#include "tap.h"

#include <unistd.h>

static char dir[] = "/tmp/quarry-weights-XXXXXX";
static qy_arena *arena;

/* What the file holds, or QY_BAD_INPUT with `part` in the message. */
static int reads(const char *bytes, size_t length, const double *expected, size_t expected_count, const char *what)
{
  double *x = NULL;
  size_t count = 0;
  qy_error err = {0};
  write_bytes("w", bytes, length);
  int good = qy_weights_read(&x, &count, "w", arena, &err) == QY_OK && count == expected_count;
  for (size_t i = 0; good && i < count; i++)
    good &= x[i] == expected[i];
  if (!good) printf("# %zu values; %s\n", count, err.count ? err.diagnostic[0].text : "");
  return ok(good, "%s", what);
}

static int refused(const char *bytes, size_t length, const char *part, const char *what)
{
  double *x = NULL;
  size_t count = 0;
  qy_error err = {0};
  write_bytes("w", bytes, length);
  const int good = qy_weights_read(&x, &count, "w", arena, &err) == QY_BAD_INPUT &&
                   strstr(err.diagnostic[0].text, part) && err.count == 1 && err.diagnostic[0].line == 0 &&
                   err.diagnostic[0].column == 0; /* of no place: these are no texts */
  if (!good) printf("# %s\n", err.count ? err.diagnostic[0].text : "read");
  return ok(good, "%s", what);
}

/* An .npy file as numpy.save writes it: the header padded with blanks to a multiple of 64 bytes. */
static size_t npy(char out[512], int version, const char *descr, const char *order, const char *shape, const void *data,
                  size_t bytes)
{
  char header[200];
  const size_t before = version == 1 ? 10 : 12;
  size_t used = (size_t)snprintf(header, sizeof header, "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }", descr,
                                 order, shape);
  while ((before + used + 1) % 64)
    header[used++] = ' ';
  header[used++] = '\n';
  memcpy(out, "\x93NUMPY", 6);
  out[6] = (char)version;
  out[7] = 0;
  memset(out + 8, 0, 4);
  out[8] = (char)used;
  memcpy(out + before, header, used);
  memcpy(out + before + used, data, bytes);
  return before + used + bytes;
}

static void arrays(void)
{
  char file[512];
  const float f4[] = {0.5F, -0.25F, 3};
  reads(file, npy(file, 1, "<f4", "False", "(3,)", f4, sizeof f4), (double[]){0.5, -0.25, 3}, 3, "float32");
  const double f8[] = {0.1, -2};
  reads(file, npy(file, 2, "<f8", "False", "(1, 2)", f8, sizeof f8), f8, 2, "float64 of two dimensions, version 2");
  /* binary16: 1.5 = 0x3e00, -2 = 0xc000, the smallest 2^-24 = 0x0001, the largest 65504 = 0x7bff */
  const unsigned char f2[] = {0x00, 0x3e, 0x00, 0xc0, 0x01, 0x00, 0xff, 0x7b};
  reads(file, npy(file, 1, "<f2", "False", "(4,)", f2, sizeof f2), (double[]){1.5, -2, 0x1p-24, 65504}, 4, "float16");
  const unsigned char i2[] = {0xff, 0xfe, 0x01, 0x00};
  reads(file, npy(file, 1, ">i2", "False", "(2,)", i2, sizeof i2), (double[]){-2, 256}, 2, "int16, highest byte first");
  reads(file, npy(file, 1, "|i1", "False", "(2,)", "\x80\x7f", 2), (double[]){-128, 127}, 2, "int8");
  reads(file, npy(file, 1, "|u1", "True", "(2,)", "\x80\x7f", 2), (double[]){128, 127}, 2,
        "one dimension has no order");
  reads(file, npy(file, 1, "<f4", "False", "()", f4, 4), (double[]){0.5}, 1, "a scalar");
  const unsigned char twelve[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  double to_eleven[12];
  for (int i = 0; i < 12; i++)
    to_eleven[i] = i;
  reads(file, npy(file, 1, "|u1", "False", "(12,)", twelve, 12), to_eleven, 12, "a dozen");
  reads(file, npy(file, 1, "|u1", "False", "(1, 10)", twelve, 10), to_eleven, 10, "ten");
  const float more[] = {0.5F, -0.25F, NAN};
  reads(file, npy(file, 1, "<f4", "False", "(2,)", more, sizeof more), (double[]){0.5, -0.25}, 2,
        "what stands behind the array is not looked at");
  refused(file, npy(file, 1, "<f4", "False", "(0,)", f4, 0), "at least one number", "an array of none");
  refused(file, npy(file, 1, "<f4", "True", "(3, 1)", f4, sizeof f4), "Fortran", "columns first");
  refused(file, npy(file, 1, "<c8", "False", "(1,)", f4, 8), "tofile", "complex numbers: told how to convert");
  refused(file, npy(file, 1, "|O", "False", "(1,)", f4, 8), "integers or floats", "objects");
  refused(file, npy(file, 1, "<f4", "False", "(4,)", f4, sizeof f4), "fewer values", "a file cut short");
  static const char within[] = "\x93NUMPY\1\0\t\0descr': '", after[] = "\x93NUMPY\1\0\n\0descr': '<";
  memcpy(file, within, sizeof within - 1);
  refused(file, sizeof within - 1, "integers or floats", "a header that ends within its type");
  memcpy(file, after, sizeof after - 1);
  refused(file, sizeof after - 1, "integers or floats", "or behind the order of bytes");
  refused(file, npy(file, 1, "<f4", "False", "(99999999999, 99999999999)", f4, sizeof f4), "order and shape",
          "a huge shape");
  refused(file, npy(file, 1, "<f4", "False", "(a,)", f4, sizeof f4), "order and shape", "a shape of no numbers");
  const float nan[] = {1, NAN};
  refused(file, npy(file, 1, "<f4", "False", "(2,)", nan, sizeof nan), "index 1", "a value that is not finite");
  const size_t length = npy(file, 1, "<f4", "False", "(3,)", f4, sizeof f4);
  int crashed = 0;
  for (size_t cut = 0; cut < length; cut++) {
    double *x = NULL;
    size_t count;
    write_bytes("w", file, cut);
    crashed += qy_weights_read(&x, &count, "w", arena, NULL) == QY_OK;
  }
  is_int(crashed, 0, "every beginning of a file is refused");
}

/* Every kind and width, 1 and 2 written byte by byte in either order; other widths are none. */
static void types(void)
{
  static const char kinds[] = {'b', 'u', 'i', 'f'};
  char file[512], type[4], what[80];
  for (size_t k = 0; k < sizeof kinds; k++)
    for (int width = 1; width <= 9; width++)
      for (int big = 0; big < 2; big++) {
        unsigned char bytes[18] = {0};
        const bool whole = kinds[k] != 'f';
        const bool known = whole ? width == 1 || (kinds[k] != 'b' && (width == 2 || width == 4 || width == 8))
                                 : width == 2 || width == 4 || width == 8;
        for (int v = 0; v < 2; v++) {
          /* binary16, 32 and 64: 1 is 0x3c00, 0x3f80..., 0x3ff0...; 2 is 0x4000... */
          unsigned char *at = bytes + v * width;
          const unsigned char high = whole ? 0 : v ? 0x40 : width == 2 ? 0x3c : 0x3f;
          const unsigned char next = whole || v || width == 2 ? 0 : width == 4 ? 0x80 : 0xf0;
          if (whole) at[big ? width - 1 : 0] = (unsigned char)(v + 1);
          if (!whole) at[big ? 0 : width - 1] = high;
          if (!whole && width > 1) at[big ? 1 : width - 2] = next;
        }
        if (kinds[k] == 'b') bytes[width] = 1; /* true and true */
        snprintf(type, sizeof type, "%c%c%d", big ? '>' : '<', kinds[k], width);
        snprintf(what, sizeof what, "%s is %s", type, known ? "read" : "refused");
        const size_t length = npy(file, 1, type, "False", "(2,)", bytes, (size_t)(2 * width));
        if (known)
          reads(file, length, (double[]){1, kinds[k] == 'b' ? 1 : 2}, 2, what);
        else
          refused(file, length, "integers or floats", what);
      }
}

/* Headers may be quoted either way, and say their keys in any order. */
static void quotes(void)
{
  static const char *const header[] = {
      "{\"descr\": \"<i2\", \"fortran_order\": False, \"shape\": (2,)}",
      "{\"shape\": (2,), \"fortran_order\":False, \"descr\":\"<i2\"}",
      "{'shape':(2L,),'descr':'<i2','fortran_order':True}",
  };
  char file[128];
  for (size_t i = 0; i < sizeof header / sizeof *header; i++) {
    const size_t used = strlen(header[i]);
    memcpy(file, "\x93NUMPY\1", 8);
    file[8] = (char)used, file[9] = 0;
    memcpy(file + 10, header[i], used);
    memcpy(file + 10 + used, (const char[]){3, 0, -4, -1}, 4);
    reads(file, 10 + used + 4, (double[]){3, -4}, 2, header[i]);
  }
}

/* Headers of up to 65,536 bytes, padded with blanks; no longer ones, and none that ends before it says. */
static void long_headers(void)
{
  enum { LONGEST = 65536, BEFORE = 12 };
  static char file[BEFORE + LONGEST + 8];
  static const char text[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}";
  for (size_t size = LONGEST - 1; size <= LONGEST + 1; size++) {
    memset(file, ' ', sizeof file);
    memcpy(file, "\x93NUMPY\2", 8);
    for (int i = 0; i < 4; i++)
      file[8 + i] = (char)(size >> (8 * i) & 0xff);
    memcpy(file + BEFORE, text, sizeof text - 1);
    memcpy(file + BEFORE + size, "\7\11", 2);
    if (size <= LONGEST)
      reads(file, BEFORE + size + 2, (double[]){7, 9}, 2, "a long header");
    else
      refused(file, BEFORE + size + 2, "ends in its header", "one that is too long");
    refused(file, BEFORE + size - 1, "ends in its header", "a file that ends in it");
  }
}

/* A file's numbers as a signal; zeros alone are none, and are said of the file, at no place of it. */
static void signals(void)
{
  qy_signal signal;
  qy_error err = {0};
  write_file("w", "3 0 -4\n");
  ok(qy_signal_read(&signal, "w", arena, &err) == QY_OK && signal.kind == QY_SIGNAL_SAMPLES &&
         signal.samples->count == 3 && signal.samples->x[0] == -4 && fabs(signal.rms - 5 / sqrt(3)) < 1e-15,
     "three weights");
  write_file("w", "0 0\n0\n");
  is_int(qy_signal_read(&signal, "w", arena, &err), QY_BAD_INPUT, "weights of zero are refused");
  ok(err.count == 1 && strcmp(err.diagnostic[0].file, "w") == 0 && err.diagnostic[0].line == 0 &&
         err.diagnostic[0].column == 0 && strstr(err.diagnostic[0].text, "mean square above 0"),
     "with the file: %s", err.diagnostic[0].text);
  qy_error_clear(&err);
  unlink("w");
  is_int(qy_signal_read(&signal, "w", arena, &err), QY_BAD_INPUT, "a file that is not there");
  is_int(err.count, 1, "is said once");
}

/* Types that are none, whatever their parts are. */
static void no_types(void)
{
  static const char *const type[] = {"<f44", "<f4x", "<i44", "<x4", "f4<", "?f4",
                                     "<f0",  "<f",   "<u3",  ">b2", "<f/", "<f:"};
  char file[512];
  const double values[4] = {1, 2, 3, 4};
  for (size_t i = 0; i < sizeof type / sizeof *type; i++)
    refused(file, npy(file, 1, type[i], "False", "(1,)", values, sizeof values), "integers or floats", type[i]);
}

/* Files of other kinds are told by their first bytes, all of them and no others. */
static void other_formats(void)
{
  static const struct {
    const char *magic, *said;
  } format[] = {{"PK\x03\x04", "zip"},  {"\x89HDF", "HDF5"},    {"\x80\x02", "pickle"},
                {"\x80\x03", "pickle"}, {"\x80\x04", "pickle"}, {"\x80\x05", "pickle"},
                {"\x1f\x8b", "gunzip"}, {"\xff\xfe", "UTF-16"}, {"\xfe\xff", "UTF-16"}};
  int wrong = 0;
  for (size_t i = 0; i < sizeof format / sizeof *format; i++) {
    const size_t length = strlen(format[i].magic);
    refused(format[i].magic, length, format[i].said, format[i].said);
    for (size_t k = 0; k < length; k++) {
      char bytes[8] = {0};
      double *x = NULL;
      size_t count;
      qy_error err = {0};
      memcpy(bytes, format[i].magic, length);
      bytes[k] = 'x';
      write_bytes("w", bytes, length);
      wrong += qy_weights_read(&x, &count, "w", arena, &err) != QY_BAD_INPUT ||
               strstr(err.diagnostic[0].text, format[i].said) != NULL;
      qy_error_clear(&err);
    }
  }
  is_int(wrong, 0, "with one of these bytes another they are something else");
}

static void texts(void)
{
  static const struct {
    const char *text;
    bool good;
  } row[] = {{"0,5;-0,25;0,125", false},
             {"0,5;-0,25\n", false},
             {"0,5 -0,25 0,125\n", false},
             {"0,5\n0,25\n0,1\n", false},
             {"12,5\n-0,25\n", false},
             {"1,05\n2,25\n", false},
             {"1,5\n-2,5\n3,7\n-4,2\n5,5\n6,1\n-7,3\n8,8\n", false},
             {"0,5\n-1,25\n2,75\n", false},
             {"1,5\n2,5\n", false},
             {"12,5\n7,25\n", false},
             {"1,5e-3\n2,5E2\n", false},
             {"1,5e+3\n2,5E+2\n", false},
             {"1,5e3\n2,5e2\n", false},
             {"+1,5\n2,5\n", false},
             {"1,05\n", false}, /* alone: a zero tells */
             {"-1,05\n", false},
             {"0,5\n", false},
             {"-0,5\n", false},
             {"1,05 # x, y\n", false},
             {"1,5\n", true},
             {"1,50\n", true},
             {"1,0\n", true},
             {"10,5\n", true},
             {"00,5\n", true},
             {"1,5\n3\n-2,25\n", false},
             {"1,5 2,5\n", false},
             {"1,5\n2e-3\n", false},
             {"1,5\r\n2,5\r\n", false},
             {"1,2\n3,4\n", false}, /* two columns of integers look the same */
             {"1, 2\n3, 4\n", true},
             {"1,2,3\n4,5,6\n", true},
             {"1,2,3\n4,5\n", true},
             {"1,2\n", true},
             {"1,2,3,4\n", true},
             {"1.5,2\n3,4\n", true},
             {"1,-2\n3,4\n", true},
             {"0,5,3\n", true},
             {"0,5\n-1,-2\n", true},
             {"0.5,0.25;1\n", true},
             {"# a, b; c\n1, 2\n", true},
             {"1;2;3\n", true},
             {"\xEF\xBB\xBF"
              "1 2\n",
              true}};
  int right = 0;
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    double *x = NULL;
    size_t count = 0;
    qy_error err = {0};
    write_file("w", row[i].text);
    const qy_status status = qy_weights_read(&x, &count, "w", arena, &err);
    const int fits =
        row[i].good ? status == QY_OK : status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "tr ',;'");
    if (!fits) printf("# '%s': %s\n", row[i].text, err.count ? err.diagnostic[0].text : "read");
    right += fits;
  }
  is_int(right, sizeof row / sizeof *row, "decimal commas are told from commas between numbers");
  refused("PK\x03\x04 and more", 13, "numpy.load", ".npz: told how to convert");
  refused("\x89HDF\r\n", 6, "h5py", "HDF5");
  refused("\x80\x04\x95", 3, "pickle", "a pickle");
  refused("\xff\xfe"
          "1\0 \0",
          6, "iconv", "UTF-16");
}

static void message_at(const char *text, int line, int column)
{
  double *x = NULL;
  size_t count = 0;
  qy_error err = {0};
  write_file("w", text);
  const bool bad = qy_weights_read(&x, &count, "w", arena, &err) == QY_BAD_INPUT && err.count == 1;
  ok(bad && err.diagnostic[0].line == line && err.diagnostic[0].column == column, "said at line %d, column %d: %d, %d",
     line, column, bad ? err.diagnostic[0].line : 0, bad ? err.diagnostic[0].column : 0);
}

static void places(void)
{
  message_at("1 2\n# c, d\n 3,5\n4,5\n", 3, 3);
  message_at("0,5\n0,25\n", 1, 2);
  message_at("1 2\n3 x 4\n", 2, 3);
  message_at("1\n\n\t\n 0x1\n", 4, 2);
  message_at("inf\n", 1, 1);
  message_at("1;2\n3 1e999\n", 2, 3);
}

/* Raw float32: told by the end of the name. */
static void raw(void)
{
  static const unsigned char bytes[] = {0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 0, 0, 0x80, 0x7f}; /* 1, -2.5, infinity */
  static const char *const names[] = {"a.f32", "b.bin", "c.raw", "long_name.f32"};
  double *x;
  size_t count;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    write_bytes(names[i], (const char *)bytes, 8);
    ok(qy_weights_read(&x, &count, names[i], arena, NULL) == QY_OK && count == 2 && x[0] == 1 && x[1] == -2.5, "%s",
       names[i]);
    for (size_t length = 9; length <= 12; length++) {
      qy_error err = {0};
      write_bytes(names[i], (const char *)bytes, length);
      const char *said = length == 12 ? "found inf at index 2" : "bytes after value 2";
      ok(qy_weights_read(&x, &count, names[i], arena, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, said),
         "%zu bytes are refused", length);
      qy_error_clear(&err);
    }
    write_bytes(names[i], "", 0);
    ok(qy_weights_read(&x, &count, names[i], arena, NULL) == QY_BAD_INPUT, "no number");
    unlink(names[i]);
  }
  static const char *const texts[] = {".f32", "f32", "a.f3", "a.f32x"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    write_file(texts[i], "7 8\n");
    ok(qy_weights_read(&x, &count, texts[i], arena, NULL) == QY_OK && count == 2 && x[0] == 7, "%s is text", texts[i]);
    unlink(texts[i]);
  }
}

int main(void)
{
  arena = qy_arena_new();
  if (!arena || !mkdtemp(dir) || chdir(dir)) return 1;
  arrays();
  types();
  no_types();
  quotes();
  long_headers();
  signals();
  other_formats();
  texts();
  places();
  raw();
  unlink("w");
  rmdir(dir);
  qy_arena_free(arena);
  return done();
}
