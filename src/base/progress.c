/* A progress line: see progress.h. */
#include "quarry/progress.h"

#include "quarry/decimal.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LINE = 256, COLUMNS = 80 };

static const double least_gap_s = 0.1;     /* ten lines a second at most */
static const double least_elapsed_s = 0.5; /* a rate before that is noise */
static const char clear_line[] = "\r\033[K";
static const char colour_on[] = "\033[36m", colour_off[] = "\033[0m";

double qy_seconds_now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* A count in three digits: 999, 1.26 M. */
static void count_text(double count, char *out, size_t size)
{
  static const char *const suffix[] = {"", " k", " M", " G", " T"};
  size_t i = 0;
  while (count >= 999.5 && i + 1 < sizeof suffix / sizeof suffix[0]) {
    count /= 1000;
    i++;
  }
  qy_print(out, size, "%.3g%s", count, suffix[i]);
}

static void time_text(double seconds, char *out, size_t size)
{
  if (seconds < 99.5) {
    qy_print(out, size, "%.0f s", seconds);
  } else if (seconds < 3600) {
    snprintf(out, size, "%d min %02d s", (int)(seconds / 60), (int)seconds % 60);
  } else if (seconds < 360000) {
    snprintf(out, size, "%d h %02d min", (int)(seconds / 3600), (int)(seconds / 60) % 60);
  } else {
    snprintf(out, size, "days");
  }
}

char *qy_progress_format(const qy_progress *p, int64_t done, double elapsed_s, const char *extra, size_t width,
                         char *out, size_t size)
{
  assert(p && done >= 0 && out && size > 0);
  char line[LINE], part[LINE / 2] = "", count[32], total[32], rate[32], left[48];
  double speed = elapsed_s >= least_elapsed_s ? (double)(done - p->first) / elapsed_s : 0;
  count_text((double)done, count, sizeof count);
  if (speed > 0) {
    count_text(speed, rate, sizeof rate);
    snprintf(part, sizeof part, ", %s%s", rate, strchr(rate, ' ') ? "/s" : " /s");
    if (p->total > 0 && done < p->total) {
      time_text((double)(p->total - done) / speed, left, sizeof left);
      snprintf(part, sizeof part, ", %s%s, %s left", rate, strchr(rate, ' ') ? "/s" : " /s", left);
    }
  }
  const char *comma = extra && extra[0] ? ", " : "";
  if (p->total > 0) {
    int64_t shown = done < p->total ? done : p->total;
    count_text((double)p->total, total, sizeof total);
    snprintf(line, sizeof line, "%s %3d %%  %s of %s %s%s%s%s", p->label,
             (int)(100.0 * ((double)shown / (double)p->total)), count, total, p->unit, part, comma, extra ? extra : "");
  } else {
    snprintf(line, sizeof line, "%s  %s %s%s%s%s", p->label, count, p->unit, part, comma, extra ? extra : "");
  }
  if (strlen(line) > width) line[width < sizeof line ? width : sizeof line - 1] = '\0';
  snprintf(out, size, "%s", line);
  return out;
}

void qy_progress_start(qy_progress *p, int fd, bool quiet, const char *label, const char *unit, int64_t first,
                       int64_t total)
{
  assert(p && label && unit);
  const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");
  *p = (qy_progress){
      .label = label, .unit = unit, .total = total, .first = first, .fd = fd, .start_s = qy_seconds_now()};
  p->active = !quiet && isatty(fd) && term && term[0] && strcmp(term, "dumb") != 0;
  p->colour = p->active && !(plain && plain[0]);
}

/* A progress line is worth no error handling: on failure it is given up. */
static void put(qy_progress *p, const char *text)
{
  size_t left = strlen(text);
  while (left > 0 && p->active) {
    ssize_t wrote = write(p->fd, text, left);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      p->active = false;
      break;
    }
    text += wrote;
    left -= (size_t)wrote;
  }
}

void qy_progress_update(qy_progress *p, int64_t done, const char *extra)
{
  assert(p);
  if (!p->active) return;
  double now = qy_seconds_now();
  if (p->drawn && now - p->drawn_s < least_gap_s) return;
  struct winsize window;
  size_t width = ioctl(p->fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 1 ? window.ws_col - 1u : COLUMNS - 1;
  char line[LINE], text[LINE + 32];
  qy_progress_format(p, done, now - p->start_s, extra, width, line, sizeof line);
  snprintf(text, sizeof text, "%s%s%s%s", clear_line, p->colour ? colour_on : "", line, p->colour ? colour_off : "");
  put(p, text);
  p->drawn = true;
  p->drawn_s = now;
}

void qy_progress_finish(qy_progress *p)
{
  assert(p);
  if (p->active && p->drawn) put(p, clear_line);
  p->active = false;
}
