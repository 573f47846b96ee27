/* The head line of a SCALE-Sim topology: which column is what, and files of it that are no topologies.  See scalesim.h.
 *
 * SCALE-Sim itself skips the line and takes the columns in its own order.  Here the line decides: a column is found by
 * its name, in any order and spelling of the table below; a line that names some of the columns but not all of a form
 * is an error, since taking the rest by place would be a guess.
 */
#include "scalesim_int.h"

#include "quarry/text.h"

#include <ctype.h>
#include <string.h>

enum { SHOWN = 40, WORD = 48 };

const char *const column_names[ROLE_COUNT] = {[ROLE_NAME] = "layer name",
                                              [ROLE_IN_H] = "IFMAP height",
                                              [ROLE_IN_W] = "IFMAP width",
                                              [ROLE_KERNEL_H] = "filter height",
                                              [ROLE_KERNEL_W] = "filter width",
                                              [ROLE_CHANNELS] = "channels",
                                              [ROLE_FILTERS] = "number of filters",
                                              [ROLE_STRIDE] = "stride",
                                              [ROLE_STRIDE_W] = "stride width",
                                              [ROLE_M] = "M",
                                              [ROLE_N] = "N",
                                              [ROLE_K] = "K",
                                              [ROLE_SPARSITY] = "sparsity",
                                              [ROLE_BATCH] = "batch",
                                              [ROLE_OTHER] = "other"};

/* Names without blanks and signs, in small letters. */
static const struct {
  const char *name;
  role role;
} known[] = {{"layername", ROLE_NAME},
             {"layer", ROLE_NAME},
             {"name", ROLE_NAME},
             {"layers", ROLE_NAME},
             {"ifmapheight", ROLE_IN_H},
             {"ifmaph", ROLE_IN_H},
             {"ifmhheight", ROLE_IN_H},
             {"inputheight", ROLE_IN_H},
             {"inheight", ROLE_IN_H},
             {"inh", ROLE_IN_H},
             {"inputh", ROLE_IN_H},
             {"ih", ROLE_IN_H},
             {"ifmapwidth", ROLE_IN_W},
             {"ifmapw", ROLE_IN_W},
             {"inputwidth", ROLE_IN_W},
             {"inwidth", ROLE_IN_W},
             {"inw", ROLE_IN_W},
             {"inputw", ROLE_IN_W},
             {"iw", ROLE_IN_W},
             {"filterheight", ROLE_KERNEL_H},
             {"filterh", ROLE_KERNEL_H},
             {"filth", ROLE_KERNEL_H},
             {"kernelheight", ROLE_KERNEL_H},
             {"kernelh", ROLE_KERNEL_H},
             {"fh", ROLE_KERNEL_H},
             {"kh", ROLE_KERNEL_H},
             {"filterwidth", ROLE_KERNEL_W},
             {"filterw", ROLE_KERNEL_W},
             {"filtw", ROLE_KERNEL_W},
             {"kernelwidth", ROLE_KERNEL_W},
             {"kernelw", ROLE_KERNEL_W},
             {"fw", ROLE_KERNEL_W},
             {"kw", ROLE_KERNEL_W},
             {"channels", ROLE_CHANNELS},
             {"channel", ROLE_CHANNELS},
             {"numchannels", ROLE_CHANNELS},
             {"numchannel", ROLE_CHANNELS},
             {"inputchannels", ROLE_CHANNELS},
             {"inchannels", ROLE_CHANNELS},
             {"inc", ROLE_CHANNELS},
             {"numfilter", ROLE_FILTERS},
             {"numfilters", ROLE_FILTERS},
             {"numberoffilters", ROLE_FILTERS},
             {"filters", ROLE_FILTERS},
             {"outputchannels", ROLE_FILTERS},
             {"outchannels", ROLE_FILTERS},
             {"outc", ROLE_FILTERS},
             {"strides", ROLE_STRIDE},
             {"stride", ROLE_STRIDE},
             {"strideheight", ROLE_STRIDE},
             {"strideh", ROLE_STRIDE},
             {"stridewidth", ROLE_STRIDE_W},
             {"stridew", ROLE_STRIDE_W},
             {"m", ROLE_M},
             {"n", ROLE_N},
             {"k", ROLE_K},
             {"sparsity", ROLE_SPARSITY},
             {"sparsityratio", ROLE_SPARSITY},
             {"batchsize", ROLE_BATCH},
             {"batch", ROLE_BATCH}};

/* Parts of names that only other files of SCALE-Sim have. */
static const struct {
  const char *part, *what;
} foreign[] = {{"intraline", "a layout file of SCALE-Sim v3"},
               {"interline", "a layout file of SCALE-Sim v3"},
               {"cycle", "a report of SCALE-Sim"},
               {"dram", "a report of SCALE-Sim"},
               {"sram", "a report of SCALE-Sim"},
               {"util", "a report of SCALE-Sim"},
               {"efficiency", "a report of SCALE-Sim"},
               {"bandwidth", "a report of SCALE-Sim"},
               {"sparsityrepresentation", "a report of SCALE-Sim"},
               {"filterstorage", "a report of SCALE-Sim"}};

static void plain_word(char out[WORD], const char *text)
{
  size_t used = 0;
  for (; *text && used + 1 < WORD; text++)
    if (isalnum((unsigned char)*text)) out[used++] = (char)tolower((unsigned char)*text);
  out[used] = '\0';
}

static role role_of(const char *word)
{
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (strcmp(known[i].name, word) == 0) return known[i].role;
  return ROLE_OTHER;
}

static qy_status no_topology(source *s, const row *r, int i, const char *what)
{
  return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, r->column[i],
                    "expected a topology (layer name, IFMAP height, ..., or layer, M, N, K), found the column '%.*s': "
                    "%s",
                    SHOWN, r->field[i], what);
}

/* Names that the head line lacks, as far as there is room. */
static qy_status missing(source *s, const head *h, bool gemm)
{
  char list[160];
  size_t used = 0;
  list[0] = '\0';
  const role first = gemm ? ROLE_M : ROLE_IN_H, last = gemm ? ROLE_K : ROLE_FILTERS;
  for (role k = first; k <= last; k++)
    if (h->place[k] < 0) used = qy_append(list, sizeof list, used, "%s%s", used ? ", " : "", column_names[k]);
  return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0,
                    "expected a head line that names all columns of %s, found none called %s",
                    gemm ? "a product (M, N, K)" : "a convolution", list);
}

static bool has_all(const head *h, role first, role last)
{
  for (role k = first; k <= last; k++)
    if (h->place[k] < 0) return false;
  return true;
}

static int count_known(const head *h, role first, role last)
{
  int count = 0;
  for (role k = first; k <= last; k++)
    count += h->place[k] >= 0;
  return count;
}

void head_standard(head *h, bool gemm)
{
  for (int k = 0; k < ROLE_COUNT; k++)
    h->place[k] = -1;
  h->gemm = gemm;
  h->named = false;
  h->place[ROLE_NAME] = 0;
  h->count = 1;
  for (role k = gemm ? ROLE_M : ROLE_IN_H; k <= (gemm ? ROLE_K : ROLE_STRIDE); k++)
    h->place[k] = h->count++;
}

/* Places of the columns; a column named twice is an error. */
static qy_status find_places(source *s, head *h, const row *r)
{
  for (int k = 0; k < ROLE_COUNT; k++)
    h->place[k] = -1;
  h->count = r->count;
  for (int i = 0; i < r->count; i++) {
    char word[WORD];
    plain_word(word, r->field[i]);
    for (size_t f = 0; f < sizeof foreign / sizeof *foreign; f++)
      if (strstr(word, foreign[f].part)) return no_topology(s, r, i, foreign[f].what);
    const role k = role_of(word);
    if (k == ROLE_OTHER) continue;
    if (h->place[k] >= 0)
      return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, r->column[i],
                        "expected each column once, found %s again, '%.*s'", column_names[k], SHOWN, r->field[i]);
    h->place[k] = i;
  }
  return QY_OK;
}

qy_status head_read(source *s, head *h, bool *decided, const row *r)
{
  *decided = false;
  qy_status status = find_places(s, h, r);
  if (status) return status;
  const bool gemm = has_all(h, ROLE_M, ROLE_K), conv = has_all(h, ROLE_IN_H, ROLE_FILTERS);
  const int of_conv = count_known(h, ROLE_IN_H, ROLE_STRIDE_W), of_gemm = count_known(h, ROLE_M, ROLE_K);
  if (of_conv && of_gemm)
    return qy_fail_at(s->err, QY_BAD_INPUT, s->file, s->line, 0,
                      "expected the columns of a convolution or M, N, K, found columns of both");
  if (!of_conv && !of_gemm && h->place[ROLE_SPARSITY] >= 0)
    return no_topology(s, r, h->place[ROLE_SPARSITY], "a sparse file, which says nothing of the layers' sizes");
  if (!of_conv && !of_gemm) { /* a title, or names that nobody knows */
    if (r->count > 1)
      status = source_warn(s, 0, "head line names no column of a topology: columns are taken in SCALE-Sim's own order");
    return status;
  }
  if (!gemm && !conv) return missing(s, h, of_gemm > 0);
  h->gemm = gemm;
  h->named = *decided = true;
  /* A first column with a name of its own is the layer's. */
  if (h->place[ROLE_NAME] < 0) {
    bool taken = false;
    for (int k = 0; k < ROLE_COUNT; k++)
      taken |= h->place[k] == 0;
    if (!taken) h->place[ROLE_NAME] = 0;
  }
  return QY_OK;
}
