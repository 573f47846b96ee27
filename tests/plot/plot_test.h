/* Shared by the tests of plots: a scratch folder, files as text, a check that XML is well formed. */
#ifndef QUARRY_PLOT_TEST_H
#define QUARRY_PLOT_TEST_H

#include "quarry/plot.h"
#include "tap.h"

#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

/* A new folder for this program's files; remove_folder() at the end. */
static void make_folder(void)
{
  snprintf(folder, sizeof folder, "/tmp/quarry-plot-XXXXXX");
  if (!mkdtemp(folder)) printf("# cannot make %s\n", folder);
}

__attribute__((unused)) static int count_files(void)
{
  int count = 0;
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));)
    count += e->d_name[0] != '.';
  if (d) closedir(d);
  return count;
}

static void empty_folder(void)
{
  DIR *d = opendir(folder);
  for (struct dirent *e; d && (e = readdir(d));) {
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) unlinkat(dirfd(d), e->d_name, 0);
  }
  if (d) closedir(d);
}

static void remove_folder(void)
{
  empty_folder();
  rmdir(folder);
}

__attribute__((unused)) static const char *in_folder(const char *name)
{
  static char path[4][256];
  static int next;
  char *p = path[next++ % 4];
  snprintf(p, sizeof path[0], "%s/%s", folder, name);
  return p;
}

/* A page of so many inches, of the sizes of type that a screen has. */
__attribute__((unused)) static qy_plot_look page_of(double width_in, double height_in)
{
  return (qy_plot_look){.width_in = width_in,
                        .height_in = height_in,
                        .sized = true,
                        .font = "X",
                        .font_pt = 11,
                        .small_pt = 9,
                        .title_pt = 14,
                        .dpi = 96};
}

/* The whole file with a closing NUL (caller frees), or NULL. */
__attribute__((unused)) static char *slurp(const char *file, size_t *length)
{
  FILE *f = fopen(file, "rb");
  if (!f) return NULL;
  fseek(f, 0, SEEK_END);
  long size = ftell(f);
  rewind(f);
  char *text = calloc((size_t)size + 1, 1);
  size_t got = text ? fread(text, 1, (size_t)size, f) : 0;
  fclose(f);
  if (length) *length = got;
  return text;
}

__attribute__((unused)) static bool exists(const char *file)
{
  struct stat info;
  return stat(file, &info) == 0;
}

__attribute__((unused)) static int count_text(const char *text, const char *what)
{
  int count = 0;
  for (const char *p = text; p && (p = strstr(p, what)); p += strlen(what))
    count++;
  return count;
}

/* First diagnostic, formatted. */
__attribute__((unused)) static const char *said(const qy_error *err)
{
  static char text[1024];
  return qy_diagnostic_format(err, 0, text, sizeof text);
}

/* Draws with this "gnuplot" only keep the script: the functions of plots return QY_SYSTEM. */
#define NO_GNUPLOT "/bin/false"

/* The next block of data named outside quotes at *p or behind it, "$band_1_2": its length, 0: none; *p: behind it. */
static size_t next_block(const char **p, const char **name, bool *defined)
{
  for (const char *c = *p; *c; c++) {
    if (*c == '\'') {
      if (!(c = strchr(c + 1, '\''))) return 0;
      continue;
    }
    if (*c != '$' || !isalpha((unsigned char)c[1])) continue;
    const size_t length = 1 + strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
    *name = c;
    *p = c + length;
    *defined = strncmp(*p, " << END\n", 8) == 0;
    if (*defined && (c = strstr(*p, "\nEND\n"))) *p = c + 5;
    return length;
  }
  return 0;
}

/* Blocks of data that are drawn from but not there. */
static int missing_blocks(const char *script)
{
  int missing = 0;
  bool defined, there;
  const char *p = script, *name, *other;
  for (size_t length; (length = next_block(&p, &name, &defined)) > 0;) {
    const char *q = script;
    bool found = defined;
    for (size_t n; !found && (n = next_block(&q, &other, &there)) > 0;)
      found = there && n == length && memcmp(other, name, n) == 0;
    if (!found) printf("# %.*s is not there\n", (int)length, name);
    missing += !found;
  }
  return missing;
}

/* The script of the picture NAME in the folder (caller frees), or NULL. */
__attribute__((unused)) static char *script_of(const char *name)
{
  char file[80];
  snprintf(file, sizeof file, "%s.gp", name);
  char *script = slurp(in_folder(file), NULL);
  if (script) is_int(missing_blocks(script), 0, "all blocks of data that are drawn from are there");
  return script;
}

/* Does the script hold this?  Says it where it does not. */
__attribute__((unused)) static void holds(const char *script, const char *what)
{
  ok(script && strstr(script, what), "the script has \"%.60s\"", what);
}

__attribute__((unused)) static void holds_not(const char *script, const char *what)
{
  ok(script && !strstr(script, what), "the script has no \"%.60s\"", what);
}

/* The margins of a panel (0, 1, ...) in pixels of a page of this size: left, right, bottom, top. */
__attribute__((unused)) static bool margins_of(const char *script, int panel, double width, double height,
                                               double out[4])
{
  const char *p = script;
  for (int i = 0; p && (p = strstr(p, "set lmargin at screen ")) && i < panel; i++)
    p++;
  if (!p || sscanf(p,
                   "set lmargin at screen %lf set rmargin at screen %lf set bmargin at screen %lf set tmargin at "
                   "screen %lf",
                   &out[0], &out[1], &out[2], &out[3]) != 4)
    return false;
  out[0] *= width, out[1] *= width, out[2] *= height, out[3] *= height;
  return true;
}

__attribute__((unused)) static void margins_are(const char *script, int panel, double width, double height,
                                                const double expected[4])
{
  double got[4] = {NAN, NAN, NAN, NAN};
  bool same = margins_of(script, panel, width, height, got);
  for (int i = 0; i < 4; i++)
    same = same && fabs(got[i] - expected[i]) < 0.12;
  ok(same, "panel %d: %.1f to %.1f by %.1f to %.1f, expected %.1f to %.1f by %.1f to %.1f", panel, got[0], got[1],
     got[2], got[3], expected[0], expected[1], expected[2], expected[3]);
}

/* A small check of XML: tags nest, attributes are quoted, < and & are escaped, no control characters. */
__attribute__((unused)) static bool well_formed(const char *p)
{
  char open[64][32];
  int depth = 0, roots = 0;
  while (*p) {
    if ((unsigned char)*p < 0x20 && !strchr("\t\r\n", *p)) return false;
    if (*p == '&') {
      size_t n = 1 + strspn(p + 1, "abcdefghijklmnopqrstuvwxyzABCDEFx#0123456789");
      if (n < 3 || p[n] != ';') return false;
      p += n + 1;
    } else if (*p != '<') {
      if (depth == 0 && !strchr(" \t\r\n", *p)) return false;
      p++;
    } else if (strncmp(p, "<!--", 4) == 0 || strncmp(p, "<![CDATA[", 9) == 0 || p[1] == '?' || p[1] == '!') {
      const char *ending = p[1] == '?' ? "?>" : p[2] == '-' ? "-->" : p[2] == '[' ? "]]>" : ">";
      p = strstr(p + 2, ending);
      if (!p) return false;
      p += strlen(ending);
    } else if (p[1] == '/') {
      size_t n = strcspn(p + 2, " >");
      if (depth == 0 || strlen(open[depth - 1]) != n || strncmp(open[depth - 1], p + 2, n) != 0) return false;
      depth--;
      p = strchr(p, '>');
      if (!p) return false;
      p++;
    } else {
      size_t n = strcspn(p + 1, " \t\r\n/>");
      if (n == 0 || n >= sizeof open[0] || depth >= 64) return false;
      snprintf(open[depth], sizeof open[0], "%.*s", (int)n, p + 1);
      p += 1 + n;
      while (*p && *p != '>' && *p != '/') {
        if (*p == '\'' || *p == '"') {
          const char *end = strchr(p + 1, *p);
          const char *less = strchr(p, '<');
          if (!end || (less && less < end)) return false;
          p = end;
        }
        p++;
      }
      if (!*p) return false;
      if (depth == 0) roots++;
      if (*p == '/')
        p++;
      else
        depth++;
      if (*p != '>') return false;
      p++;
    }
  }
  return depth == 0 && roots == 1;
}

#endif
