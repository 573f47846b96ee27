/* Runs of consecutive bytes in a box of a map, of every box of small maps in both layouts: found by marking the box's
 * bytes where they lie. */
#include "quarry/schedule_dram.h"
#include "tap.h"

#include <math.h>

enum { H = 3, W = 4, C = 3, ENTRIES = H * W * C };

/* The first run of marked places and how far behind its start the next begins; 0: there is no other. */
static void first_run(const bool *marked, int entries, int *run, int *pitch)
{
  int at = 0, start;
  *run = *pitch = 0;
  while (at < entries && !marked[at])
    at++;
  for (start = at; at < entries && marked[at]; at++)
    ++*run;
  while (at < entries && !marked[at])
    at++;
  if (at < entries) *pitch = at - start;
}

static int boxes(int h, int w, int c, qy_map_layout layout, bool flat)
{
  const qy_map map = {.h = h, .w = w, .c = c};
  int wrong = 0;
  for (int rows = 1; rows <= (flat ? 1 : h); rows++)
    for (int columns = 1; columns <= (flat ? h * w : w); columns++)
      for (int channels = 1; channels <= c; channels++) {
        bool marked[ENTRIES] = {false};
        int run, pitch;
        for (int r = 0; r < rows; r++)
          for (int x = 0; x < columns; x++)
            for (int k = 0; k < channels; k++) {
              const int pixel = r * w + x; /* of a flat box x goes on in the next row */
              marked[layout == QY_MAP_PIXELS ? pixel * c + k : k * h * w + pixel] = true;
            }
        first_run(marked, h * w * c, &run, &pitch);
        const qy_access access = {.bytes = rows * columns * channels,
                                  .bits = 8,
                                  .rows = rows,
                                  .columns = columns,
                                  .channels = channels,
                                  .flat = flat,
                                  .write = channels % 2};
        const qy_dram_stream s = qy_access_stream(&access, &map, layout);
        const bool same = s.bytes == access.bytes && s.write == access.write && s.run_bytes == run &&
                          (pitch == 0 || (s.place == QY_DRAM_PITCH && s.pitch_bytes == pitch));
        if (!same)
          printf("# %d x %d x %d of %d x %d x %d: runs of %g, %g apart, expected %d, %d\n", rows, columns, channels, h,
                 w, c, s.run_bytes, s.pitch_bytes, run, pitch);
        wrong += !same;
      }
  return wrong;
}

/* 2 rows of 3 pixels of 5 channels, of 4 rows of 6: 15 entries, 30 apart; runs and pitches in bits over 8. */
static void bits_and_weights(void)
{
  const qy_map map = {.h = 4, .w = 6, .c = 5};
  int wrong = 0;
  for (int bits = 1; bits <= 24; bits++) {
    const qy_access a = {.bytes = 30 * bits / 8.0, .bits = bits, .rows = 2, .columns = 3, .channels = 5};
    const qy_dram_stream s = qy_access_stream(&a, &map, QY_MAP_PIXELS);
    wrong += s.bytes != a.bytes || s.write || s.place != QY_DRAM_PITCH || s.run_bytes != 15 * bits / 8.0 ||
             s.pitch_bytes != 30 * bits / 8.0;
  }
  is_int(wrong, 0, "runs of entries of 1 to 24 bits");
  const qy_access weights = {.map = QY_NO_INDEX, .bytes = 900, .columns = 77, .rows = 1, .write = true};
  const qy_dram_stream w = qy_access_stream(&weights, NULL, QY_MAP_PIXELS);
  ok(w.bytes == 900 && w.write && w.place == QY_DRAM_STREAM && w.run_bytes == 77 && w.pitch_bytes == 0,
     "without a map: a stream whose runs are its columns, of bytes");
}

int main(void)
{
  for (int layout = 0; layout < QY_MAP_LAYOUT_COUNT; layout++)
    for (int flat = 0; flat < 2; flat++) {
      int wrong = 0;
      for (int h = 1; h <= H; h++)
        for (int w = 1; w <= W; w++)
          for (int c = 1; c <= C; c++)
            wrong += boxes(h, w, c, (qy_map_layout)layout, flat);
      is_int(wrong, 0, flat ? "boxes of pixels that follow each other" : "boxes of rows and columns");
    }
  bits_and_weights();
  return done();
}
