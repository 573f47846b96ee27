/* The child process: text that tries to break out, a missing gnuplot, stand-ins for gnuplot that fail in many ways. */
#include "plot_test.h"

#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static qy_error err;

static const double one_x[] = {1, 2, 3}, one_y[] = {3, 2, 1};

static qy_status draw_with(const char *label, const char *stem, const char *gnuplot, qy_plot_format format)
{
  const char *const tips[] = {label, label, label};
  qy_plot_series series = {.label = label, .count = 3, .x = one_x, .y = one_y, .tip = tips};
  qy_plot_panel panel = {label, 1, &series};
  qy_plot plot = {
      .title = label, .caption = label, .x_label = label, .y_label = label, .panel_count = 1, .panel = &panel};
  qy_error_clear(&err);
  return qy_plot_draw(&plot, format, stem, gnuplot, NULL, &err);
}

/* Each text as title, caption, axis, panel, label and tip.  MARK is a file that must not come into being. */
static void nasty_text(void)
{
  static const char *const texts[] = {
      "`touch MARK`",
      "'`touch MARK`'",
      "'; system('touch MARK'); set title '",
      "' . system(\"touch MARK\") . '",
      "\"; !touch MARK\n!touch MARK\n",
      "\n!touch MARK\n",
      "\r!touch MARK\r",
      "$(touch MARK)",
      "@MARK ${MARK} $MARK",
      "ends with a backslash \\",
      "\\",
      "'",
      "''",
      "'''",
      "\x01''",
      "a''b'''c'",
      "' . `touch MARK` . '' . `touch MARK` . '",
      "\"",
      "It's O'Neill's \"best\" design",
      "END\nEND\n!touch MARK\n",
      "# comment { } [ ] ; \\\n!touch MARK",
      "_{sub} ^{sup} {/Symbol a} ~a{b} &{c} @x",
      "50 % %s %d %n %g %%",
      "<b>&amp; </text><script>alert(1)</script> ]]> <!-- -->",
      "µm² äöü 漢字 😀 \xE2\x80\xAE reversed",
      "broken \xFF\xFE \xC3( \xED\xA0\x80 \xF8\x88\x80\x80\x80 \xEF\xBF\xBE",
      "bell \a escape \x1b[31m delete \x7f c1 \xC2\x85 \xC2\x9B",
      "",
      " ",
      "a very long text a very long text a very long text a very long text a very long text a very long text a very "
      "long "
      "text a very long text a very long text a very long text a very long text a very long text a very long text",
  };
  char mark[128], text[1024];
  snprintf(mark, sizeof mark, "%s", in_folder("mark"));
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    text[0] = '\0';
    for (const char *p = texts[i]; *p;) {
      const char *m = strstr(p, "MARK");
      snprintf(text + strlen(text), sizeof text - strlen(text), "%.*s%s", m ? (int)(m - p) : (int)strlen(p), p,
               m ? mark : "");
      p = m ? m + 4 : p + strlen(p);
    }
    qy_status svg = draw_with(text, in_folder("nasty"), NULL, QY_PLOT_SVG);
    if (svg != QY_OK) printf("# %s\n", said(&err));
    qy_status png = draw_with(text, in_folder("nasty"), NULL, QY_PLOT_PNG);
    ok(svg == QY_OK && png == QY_OK, "text %zu is drawn", i);
    ok(!exists(mark), "text %zu runs nothing", i);
    char *picture = slurp(in_folder("nasty.svg"), NULL);
    ok(picture && well_formed(picture), "text %zu leaves the SVG well formed", i);
    ok(picture && !strstr(picture, "<script>"), "text %zu adds no script", i);
    free(picture);
    if (strncmp(text, "It's", 4) == 0) {
      picture = slurp(in_folder("nasty.svg"), NULL);
      ok(picture && strstr(picture, "<text>It's O'Neill's \"best\" design</text>"), "quotes come out as they went in");
      free(picture);
    }

    const char *const names[] = {text, text}, *const parts[] = {text, "b"};
    const double values[] = {1, 2, 3, 4};
    const qy_bars bars = {.title = text,
                          .caption = text,
                          .y_label = text,
                          .bar_count = 2,
                          .part_count = 2,
                          .bar = names,
                          .part = parts,
                          .values = values};
    qy_error_clear(&err);
    ok(qy_plot_bars(&bars, QY_PLOT_SVG, in_folder("bars"), NULL, NULL, &err) == QY_OK && !exists(mark),
       "text %zu on bars", i);
    if (err.count) printf("# %s\n", said(&err));
    picture = slurp(in_folder("bars.svg"), NULL);
    ok(picture && well_formed(picture), "text %zu leaves the bars well formed", i);
    free(picture);
  }
  empty_folder();
}

/* Random mixtures of the characters that mean something to gnuplot, a shell or XML: 40 labels a picture. */
static void random_text(void)
{
  static const char *const bits[] = {"'",
                                     "\"",
                                     "`touch MARK`",
                                     "\\",
                                     ".",
                                     ";",
                                     "!touch MARK",
                                     "\n",
                                     "#",
                                     "system('touch MARK')",
                                     "$",
                                     "(",
                                     ")",
                                     "@",
                                     "{",
                                     "}",
                                     "%",
                                     "<",
                                     "&",
                                     " ",
                                     "a",
                                     "\xC2\xB5",
                                     "\xFF",
                                     "\t",
                                     ","};
  enum { LABELS = 40, PICTURES = 10, BITS = sizeof bits / sizeof *bits };
  static char text[LABELS][1024];
  qy_plot_series series[LABELS];
  uint64_t state = 42;
  for (int round = 0; round < PICTURES; round++) {
    for (int i = 0; i < LABELS; i++) {
      text[i][0] = '\0';
      for (int k = 0; k < 12; k++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        strcat(text[i], bits[(state >> 33) % BITS]);
      }
      series[i] = (qy_plot_series){.label = text[i], .count = 3, .x = one_x, .y = one_y};
    }
    qy_plot_panel panel = {text[0], LABELS, series};
    qy_plot plot = {.title = text[1], .caption = text[2], .x_label = text[3], .panel_count = 1, .panel = &panel};
    qy_error_clear(&err);
    qy_status status = qy_plot_draw(&plot, QY_PLOT_SVG, in_folder("random"), NULL, NULL, &err);
    ok(status == QY_OK, "random texts %d are drawn", round);
    if (status != QY_OK) printf("# %s\n", said(&err));
    ok(!exists("MARK"), "and run nothing"); /* a command would run in the working directory */
    char *picture = slurp(in_folder("random.svg"), NULL);
    ok(picture && well_formed(picture), "and leave the SVG well formed");
    free(picture);
  }
  empty_folder();
}

static void names(void)
{
  static const struct {
    const char *stem, *message;
  } rows[] = {
      {"", "error: expected the name of a picture (without ending), found nothing"},
      {"|touch mark", "error: the name of a picture must not start with | or <, found \"|touch mark\""},
      {"<in", "error: the name of a picture must not start with | or <, found \"<in\""},
      {"plots/|x", "error: the name of a picture must not start with | or <, found \"plots/|x\""},
      {"plots/", "error: expected the name of a picture, found the folder \"plots/\""},
      {"a\nb", "error: the name of a picture must not hold control characters, found \"a?b\""},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    is_int(draw_with("a", rows[i].stem, NULL, QY_PLOT_PNG), QY_BAD_INPUT, "a bad name is refused");
    is_text(said(&err), rows[i].message, "with its reason");
  }
  is_int(draw_with("a", NULL, NULL, QY_PLOT_PNG), QY_BAD_INPUT, "no name is refused");
  static char long_name[PATH_MAX];
  memset(long_name, 'n', PATH_MAX - 1);
  long_name[PATH_MAX - 63] = '\0';
  is_int(draw_with("a", long_name, NULL, QY_PLOT_PNG), QY_BAD_INPUT, "a name without room for its ending");
  is_text(said(&err), "error: the name of a picture may have 4032 characters, found 4033", "and how long it may be");

  /* Odd but allowed. */
  static const char *const odd[] = {"it's", "a b", "`touch mark`", "$HOME", "a.b.c", "\xC3\xA4", "\xFF"};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    char picture[128];
    snprintf(picture, sizeof picture, "%s.png", odd[i]);
    qy_status status = draw_with("a", in_folder(odd[i]), NULL, QY_PLOT_PNG);
    ok(status == QY_OK && exists(in_folder(picture)) && !exists("mark"), "the name %s is used as it is", odd[i]);
    if (status != QY_OK) printf("# %s\n", said(&err));
    is_int(count_files(), 2, "for picture and script");
    empty_folder();
  }
  char home[256];
  is_int(draw_with("a", in_folder("none/x"), NULL, QY_PLOT_PNG), QY_BAD_INPUT, "a missing folder is reported");
  snprintf(home, sizeof home, "(there is no directory %s)", in_folder("none"));
  ok(strstr(said(&err), home) != NULL, "by name");
  is_int((int)err.count, 1, "and once");
}

/* A stand-in for gnuplot: a shell script with this body. */
static const char *stand_in(const char *body)
{
  const char *file = in_folder("fake");
  unlink(file);
  FILE *f = fopen(file, "w");
  if (f) {
    fprintf(f, "#!/bin/sh\n%s\n", body);
    fclose(f);
  }
  chmod(file, 0755);
  return file;
}

static void failures(void)
{
  is_int(draw_with("a", in_folder("x"), "/nonexistent/gnuplot", QY_PLOT_PNG), QY_SYSTEM,
         "a missing gnuplot is reported");
  is_text(said(&err),
          "error: gnuplot is missing (looked for \"/nonexistent/gnuplot\"): install the package gnuplot-nox",
          "with the package to install");
  ok(!exists(in_folder("x.png")), "and no picture");
  ok(exists(in_folder("x.gp")), "the script is kept");
  is_int(draw_with("a", in_folder("x"), "/etc/passwd", QY_PLOT_PNG), QY_SYSTEM, "one that cannot run is reported");
  is_text(said(&err), "error: cannot start gnuplot (\"/etc/passwd\"): Permission denied", "with the reason");
  empty_folder();

  static const struct {
    const char *what, *body, *message;
  } rows[] = {
      {"code 1 with a message", "cat >/dev/null; echo 'out of colours' >&2; exit 1",
       "ended with code 1: out of colours"},
      {"code 1 without one", "cat >/dev/null; exit 1", "ended with code 1 and no message"},
      {"code 0 without a picture", "cat >/dev/null; exit 0", "ended without finishing the picture"},
      {"the closing word without a picture", "cat >/dev/null; echo 'quarry: drawn'",
       "ended without finishing the picture"},
      {"input closed at once", "exec <&-; exit 0", "fake\") "},
      {"a message with a line", "cat >/dev/null; echo '\"/dev/stdin\" line 3: undefined variable: x' >&2; exit 1",
       "x.gp:3: error: gnuplot: undefined variable: x, in: if (!exists('format')) format = 'png'"},
      {"a message with the first line", "cat >/dev/null; echo 'line 1: undefined' >&2; exit 1",
       "x.gp:1: error: gnuplot: undefined, in: picture = '"},
      {"a warning before the message",
       "cat >/dev/null; echo '\"/dev/stdin\" line 2: warning: iconv failed' >&2; echo 'line 3: undefined' >&2; exit 1",
       "x.gp:3: error: gnuplot: undefined, in: if (!exists('format')) format = 'png'"},
      {"nothing but a warning", "cat >/dev/null; echo 'line 2: warning: iconv failed' >&2; exit 1",
       "ended with code 1: line 2: warning: iconv failed"},
      {"a pointer before the message", "cat >/dev/null; echo '  ^' >&2; echo 'out of colours' >&2; exit 1",
       "ended with code 1: out of colours"},
      {"a message of one letter", "cat >/dev/null; printf x >&2; exit 3", "ended with code 3: x"},
      {"a signal", "cat >/dev/null; kill -9 $$", "ended with code 137"},
      {"a picture, then failure",
       "p=$(head -n 1 | sed \"s/^picture = '//; s/'$//\"); printf '\\211PNG\\r\\n\\032\\n' >\"$p\"; exit 1",
       "ended with code 1"},
      {"something that is no picture",
       "p=$(head -n 1 | sed \"s/^picture = '//; s/'$//\"); echo text >\"$p\"; echo 'quarry: drawn'",
       "ended without finishing the picture"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    qy_status status = draw_with("a", in_folder("x"), stand_in(rows[i].body), QY_PLOT_PNG);
    is_int(status, QY_SYSTEM, rows[i].what);
    ok(strstr(said(&err), rows[i].message) != NULL, "is reported");
    if (!strstr(said(&err), rows[i].message)) printf("# %s\n", said(&err));
    char begin[128];
    snprintf(begin, sizeof begin, "%s: error: gnuplot (\"", in_folder("x.gp"));
    ok(strncmp(rows[i].message, "x.gp:", 5) == 0 || strncmp(said(&err), begin, strlen(begin)) == 0,
       "of the script, where no line is known");
    ok((err.diagnostic[0].line > 0) == (strncmp(rows[i].message, "x.gp:", 5) == 0) && err.diagnostic[0].column == 0,
       "a line where one is known");
    is_int(count_files(), 2, "and leaves the script only");
  }

  /* Pictures are whole where they begin and end as their format does; white space may follow. */
  static const struct {
    const char *text;
    qy_plot_format format;
    bool good;
  } ends[] = {{"<?xml x</svg>\\n \\r\\n", QY_PLOT_SVG, true},
              {"<?xml x</svg>x", QY_PLOT_SVG, false},
              {"<?xml </svg", QY_PLOT_SVG, false},
              {"<?xml         \\n\\n", QY_PLOT_SVG, false},
              {"<?xml</svg>", QY_PLOT_SVG, true},
              {"<?xm</svg>", QY_PLOT_SVG, false},
              {"%%PDF-x%%%%EOF\\n", QY_PLOT_PDF, true},
              {"%%PDF-%%EOF", QY_PLOT_PDF, false},
              {"%%!PSx%%%%EOF", QY_PLOT_EPS, true},
              {"%%!PS\\n\\n\\n\\n\\n\\n", QY_PLOT_EPS, false}};
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    char body[300];
    snprintf(body, sizeof body,
             "p=$(head -n 1 | sed \"s/^picture = '//; s/'$//\"); cat >/dev/null; printf '%s' >\"$p\"; echo 'quarry: "
             "drawn'",
             ends[i].text);
    is_int(draw_with("a", in_folder("x"), stand_in(body), ends[i].format), ends[i].good ? QY_OK : QY_SYSTEM,
           ends[i].text);
    empty_folder();
  }
  /* A failed run leaves an earlier picture alone. */
  draw_with("a", in_folder("x"), NULL, QY_PLOT_PNG);
  size_t before = 0, after = 0;
  free(slurp(in_folder("x.png"), &before));
  draw_with("b", in_folder("x"), stand_in("exit 1"), QY_PLOT_PNG);
  free(slurp(in_folder("x.png"), &after));
  ok(before > 0 && before == after, "an earlier picture stays");
  empty_folder();
}

/* Also where standard input, output or errors are closed, so that files would be opened in their places. */
static void closed_streams(void)
{
  char fake[256];
  snprintf(
      fake, sizeof fake, "%s",
      stand_in("p=$(head -n 1 | sed \"s/^picture = '//; s/'$//\"); cat >/dev/null; printf '<?xml x</svg>' >\"$p\"; "
               "echo 'quarry: drawn'"));
  fflush(NULL);
  for (int closed = 0; closed < 8; closed++) {
    const pid_t pid = fork();
    if (pid == 0) {
      for (int k = 0; k < 3; k++)
        if (closed >> k & 1) close(k);
      _exit(draw_with("a", in_folder("x"), fake, QY_PLOT_SVG) == QY_OK ? 0 : 1);
    }
    int state = -1;
    ok(pid > 0 && waitpid(pid, &state, 0) == pid && state == 0 && exists(in_folder("x.svg")), "drawn with closed: %d",
       closed);
    unlink(in_folder("x.svg"));
  }
  empty_folder();
}

/* Where a folder stands in the place of the kept script nothing is run, and it is said once; in that of the picture the
 * script is there. */
static void folders_in_the_way(void)
{
  static const char *const name[] = {"x.gp", "x.png"};
  char fake[256];
  snprintf(fake, sizeof fake, "%s", stand_in("touch \"$(dirname \"$0\")/ran\"; exec gnuplot \"$@\""));
  for (int i = 0; i < 2; i++) {
    mkdir(in_folder(name[i]), 0700);
    const qy_status status = draw_with("a", in_folder("x"), fake, QY_PLOT_PNG);
    ok(status != QY_OK && err.count == 1 && strstr(said(&err), name[i]), "%s", said(&err));
    is_int(exists(in_folder("ran")), i, "run or not");
    is_int(exists(in_folder("x.gp")), 1, "the script, or what is in its place");
    is_int(count_files(), i ? 4 : 2, "and nothing else is left"); /* the stand-in, "ran", both names */
    rmdir(in_folder(name[i]));
    unlink(in_folder("x.gp"));
    unlink(in_folder("ran"));
  }
  empty_folder();
}

/* Whoever writes without end, to either place, is ended. */
static void floods(void)
{
  static const char *const body[] = {"exec yes", "exec yes >&2"};
  for (int i = 0; i < 2; i++) {
    is_int(draw_with("a", in_folder("x"), stand_in(body[i]), QY_PLOT_PNG), QY_SYSTEM, body[i]);
    ok(strstr(said(&err), "printed more than 16 MiB and was ended") != NULL, "it printed too much");
  }
  empty_folder();
}

/* Where the script of a picture for a terminal stands: in TMPDIR, where that is a whole path, else in /tmp. */
static void temporary_files(void)
{
  const char *const asked[] = {folder, "t/", "x", "", NULL};
  const double x[] = {1}, y[] = {2};
  qy_plot_series series = {.label = "a", .count = 1, .x = x, .y = y};
  qy_plot_panel panel = {NULL, 1, &series};
  const qy_plot plot = {.panel_count = 1, .panel = &panel};
  char home[PATH_MAX], before[PATH_MAX] = "";
  const char *fake = stand_in("echo \"at $2\"\nexec sed -n \"s/^print '\\(.*\\)'$/\\1/p\" \"$2\"");
  const bool was_set = getenv("TMPDIR") != NULL;
  if (was_set) snprintf(before, sizeof before, "%s", getenv("TMPDIR"));
  if (!getcwd(home, sizeof home) || mkdir(in_folder("t"), 0700) || chdir(folder)) {
    ok(0, "a folder to work in");
    return;
  }
  for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
    char *text = NULL, wanted[PATH_MAX];
    if (asked[i])
      setenv("TMPDIR", asked[i], 1);
    else
      unsetenv("TMPDIR");
    snprintf(wanted, sizeof wanted, "at %s/quarry-", i == 0 ? folder : "/tmp");
    is_int(qy_plot_draw(&plot, QY_PLOT_DUMB, NULL, fake, &text, &err), QY_OK, "drawn as text");
    starts(text, wanted, asked[i] ? asked[i] : "nothing asked for");
    free(text);
  }
  char *none = NULL;
  qy_error_clear(&err);
  setenv("TMPDIR", "/nonexistent/folder", 1);
  is_int(qy_plot_draw(&plot, QY_PLOT_DUMB, NULL, fake, &none, &err), QY_SYSTEM, "no place for it");
  starts(said(&err), "error: cannot make the temporary file /nonexistent/folder/quarry-", "is said");
  ok(!none, "and nothing drawn");
  qy_error_clear(&err);
  if (was_set)
    setenv("TMPDIR", before, 1);
  else
    unsetenv("TMPDIR");
  if (chdir(home)) ok(0, "back to where it was");
  is_int(count_files(), 2, "and is gone then: the stand-in and the folder alone are left");
  rmdir(in_folder("t"));
  empty_folder();
}

static volatile sig_atomic_t pipes;

static void count_pipe(int number)
{
  (void)number;
  pipes++;
}

/* A script of several pipe buffers, to a child that does not read: no signal may reach this process. */
static void broken_pipe(void)
{
  enum { ROWS = 20000 };
  double *x = calloc(ROWS, sizeof *x);
  for (int i = 0; i < ROWS; i++)
    x[i] = i;
  qy_plot_series series = {.label = "a", .count = ROWS, .x = x, .y = x};
  qy_plot_panel panel = {NULL, 1, &series};
  qy_plot plot = {.panel_count = 1, .panel = &panel};
  struct sigaction action = {.sa_handler = count_pipe}, before, now;
  sigset_t mask, mask_after;
  sigaction(SIGPIPE, &action, &before);
  pthread_sigmask(SIG_SETMASK, NULL, &mask);
  qy_error_clear(&err);
  is_int(qy_plot_draw(&plot, QY_PLOT_PNG, in_folder("x"), stand_in("exec <&-; sleep 0.2; exit 0"), NULL, &err),
         QY_SYSTEM, "a child that closes its input early is reported");
  ok(strstr(said(&err), "ended without finishing the picture") != NULL, "as such");
  is_int(pipes, 0, "no SIGPIPE is delivered");
  sigset_t pending;
  sigpending(&pending);
  ok(!sigismember(&pending, SIGPIPE), "and none is pending");
  pthread_sigmask(SIG_SETMASK, NULL, &mask_after);
  is_int(sigismember(&mask_after, SIGPIPE), sigismember(&mask, SIGPIPE), "the signal mask is as before");
  sigaction(SIGPIPE, NULL, &now);
  ok(now.sa_handler == count_pipe, "and so is the handler");
  sigaction(SIGPIPE, &before, NULL);
  free(x);
  empty_folder();
}

/* A real mistake in a real script: gnuplot's line is the line of the kept file. */
static void line_numbers(void)
{
  /* The stand-in spoils line 30 of the script and hands the rest to gnuplot. */
  const char *fake = stand_in("sed 's/^set xlabel .*/set nonsense here/' | gnuplot --default-settings /dev/stdin");
  is_int(draw_with("a", in_folder("x"), fake, QY_PLOT_PNG), QY_SYSTEM, "a bad script is reported");
  char *script = slurp(in_folder("x.gp"), NULL), wanted[256];
  int line = 1;
  const char *at = script ? strstr(script, "\nset xlabel ") : NULL;
  for (const char *p = script; p && p <= at; p++)
    line += *p == '\n';
  snprintf(wanted, sizeof wanted, "x.gp:%d: error: gnuplot: ", line);
  ok(strstr(said(&err), wanted) != NULL, "with the line of the script");
  if (!strstr(said(&err), wanted)) printf("# %s, expected %s\n", said(&err), wanted);
  free(script);
  fake = stand_in("sed '/^END/,$d' | gnuplot --default-settings /dev/stdin");
  is_int(draw_with("a", in_folder("x"), fake, QY_PLOT_PNG), QY_SYSTEM, "an unfinished data block is noticed");
  ok(!exists(in_folder("x.png")), "and leaves no picture");
  empty_folder();
}

static void language(void)
{
  double x[] = {0.5, 1.5}, y[] = {2.25, 1.25};
  qy_plot_series series = {.label = "a", .count = 2, .x = x, .y = y};
  qy_plot_panel panel = {NULL, 1, &series};
  qy_plot plot = {.panel_count = 1, .panel = &panel};
  static const char *const with_comma[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "nl_NL.UTF-8"};
  bool found = false;
  for (size_t i = 0; i < 4 && !found; i++)
    found = setlocale(LC_ALL, with_comma[i]) != NULL;
  if (!found) printf("# no language with a decimal comma here: checked in the plain one only\n");
  is_int(qy_plot_draw(&plot, QY_PLOT_PNG, in_folder("x"), NULL, NULL, &err), QY_OK, "drawn in another language");
  char *script = slurp(in_folder("x.gp"), NULL);
  ok(script && strstr(script, "0.5 2.25"), "numbers have a point");
  free(script);
  setlocale(LC_ALL, "C");
  empty_folder();
}

static volatile sig_atomic_t taken;

static void take(int number)
{
  taken = number;
}

/* A signal that ends programs ends the drawing at once, and is delivered then; one that this program ignores, or that
 * ends none, does not. */
static void interrupted(void)
{
  static const struct {
    const char *name;
    int number;
    bool ignored, ends;
  } row[] = {{"INT", SIGINT, false, true},   {"TERM", SIGTERM, false, true}, {"HUP", SIGHUP, false, true},
             {"QUIT", SIGQUIT, false, true}, {"HUP", SIGHUP, true, false},   {"USR1", SIGUSR1, false, false}};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    const struct sigaction action = {.sa_handler = row[i].ignored ? SIG_IGN : take};
    struct sigaction before;
    char body[80];
    snprintf(body, sizeof body, "kill -%s $PPID; %s", row[i].name, row[i].ends ? "exec sleep 60" : "exit 3");
    taken = 0;
    sigaction(row[i].number, &action, &before);
    const qy_status status = draw_with("a", in_folder("x"), stand_in(body), QY_PLOT_PNG);
    sigaction(row[i].number, &before, NULL);
    is_int(status, row[i].ends ? QY_INTERRUPTED : QY_SYSTEM, row[i].name);
    is_int(taken, row[i].ignored ? 0 : row[i].number, "delivered");
    is_int(count_files(), 2, "the script and the stand-in alone are left");
  }
  empty_folder();
}

int main(void)
{
  make_folder();
  interrupted();
  nasty_text();
  random_text();
  names();
  failures();
  floods();
  folders_in_the_way();
  closed_streams();
  temporary_files();
  broken_pipe();
  line_numbers();
  language();
  remove_folder();
  return done();
}
