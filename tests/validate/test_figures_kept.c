/* What is kept of figures between runs, against the layout that src/validate/figure_kept.c states, read and written
 * here: taken where all of it holds, left alone and written anew where anything does not. */
#include "published_one.h"
#include "quarry/file.h"
#include "quarry/sha256.h"
#include "quarry/version.h"

enum { DIGEST = 64, ROOM = 20000, FIGURES = 3 };
static char kept[80], kept_file[100], network[100];

#define FIGURE(name, more) "  - {name: " name ", claim: c, source: s, relation: value, " more "}\n"
#define OWN                                                                                                            \
  "figures:\n" FIGURE("area", "published: 9, quantity: area_um2, technology: lp55, of: {cell: dff}")                   \
      FIGURE("macs", "published: 9, quantity: macs, of: {network: n}")                                                 \
          FIGURE("code", "published: 2, quantity: compression, of: {format: uniform, bits: 16}")

static size_t read_kept(char *text)
{
  FILE *f = fopen(kept_file, "rb");
  const size_t length = f ? fread(text, 1, ROOM, f) : 0;
  if (f) fclose(f);
  return length;
}

/* With the digest that the bytes have. */
static bool write_kept(const char *text, size_t length)
{
  static char all[ROOM + DIGEST + 1];
  memcpy(all, text, length);
  qy_sha256_text(all + length, text, length);
  return write_bytes(kept_file, all, length + DIGEST);
}

/* Places in the file, and a copy whose figures are others. */
static struct {
  char good[ROOM], other[ROOM];
  size_t length;                        /* without the digest */
  size_t version, platform, files, sum; /* texts, the count of files, the first one's digest */
  size_t name, figures, value[FIGURES]; /* the first file's name, the count of figures */
} at;

static uint64_t word(size_t place)
{
  uint64_t w;
  memcpy(&w, at.good + place, sizeof w);
  return w;
}

static size_t behind_text(size_t place)
{
  return place + 8 + word(place);
}

static void layout(void)
{
  char here[QY_PLATFORM], sha256[DIGEST + 1];
  const size_t length = read_kept(at.good);
  bool networks = false, tech = false;
  if (!ok(length > DIGEST && length < ROOM, "figures are kept: %zu bytes", length)) return;
  at.length = length - DIGEST;
  qy_sha256_text(sha256, at.good, at.length);
  ok(!memcmp(at.good + at.length, sha256, DIGEST), "the digest of all before");
  at.platform = behind_text(at.version = 0);
  at.files = behind_text(at.platform);
  ok(word(0) == strlen(qy_program_version()) && !memcmp(at.good + 8, qy_program_version(), word(0)), "the program");
  ok(word(at.platform) == strlen(qy_platform(here)) && !memcmp(at.good + at.platform + 8, here, strlen(here)),
     "the platform");
  size_t place = at.name = at.files + 8;
  at.sum = behind_text(place);
  for (uint64_t i = 0; i < word(at.files); i++) {
    char path[200], *text;
    size_t bytes;
    snprintf(path, sizeof path, "%s/%.*s", db, (int)word(place), at.good + place + 8);
    networks |= !strcmp(path, network);
    tech |= strstr(path, "/tech/lp55.yaml") != NULL;
    place = behind_text(place) + DIGEST;
    if (qy_file_read(&text, &bytes, path, arena, &err)) continue;
    qy_sha256_text(sha256, text, bytes);
    ok(!memcmp(at.good + place - DIGEST, sha256, DIGEST), "%s has its digest", path);
  }
  ok(networks && tech, "the network and the library are among them");
  at.figures = place;
  is_int((int64_t)word(place), FIGURES, "the figures");
  memcpy(at.other, at.good, length);
  place += 8;
  int exact = 0, drawn = 0;
  for (int i = 0; i < FIGURES; i++) {
    const uint64_t what = word(place = behind_text(place));
    const double mine = 4321;
    exact += (what & 1) != 0, drawn += (what & 2) != 0;
    memcpy(at.other + (at.value[i] = place + 8), &mine, sizeof mine);
    place += 16;
    for (int k = 0; what & 2 && k < QY_PUBLISHED_DRAWS; k++, place += 8) {
      const double one = 1000 + k;
      memcpy(at.other + place, &one, sizeof one);
    }
  }
  ok(exact == 2 && drawn == 1 && place == at.length, "each with its value, and draws where there are");
}

static bool same(const qy_published *p, const qy_published *q)
{
  bool good = p && q && p->figure_count == q->figure_count;
  for (size_t i = 0; good && i < p->figure_count; i++) {
    const qy_figure_result *f = &p->figure[i], *g = &q->figure[i];
    good = f->model == g->model && f->exact == g->exact && f->draws == g->draws && f->missed == g->missed &&
           !memcmp(&f->p05, &g->p05, sizeof f->p05) && !memcmp(&f->p95, &g->p95, sizeof f->p95) &&
           f->verdict == g->verdict;
  }
  return good;
}

static bool is_good(void)
{
  static char now[ROOM];
  const size_t length = read_kept(now);
  return length == at.length + DIGEST && !memcmp(now, at.good, length);
}

/* Other figures in a file that something is wrong with: none of them is used, and it is mended. */
static void damage(const qy_published *plain)
{
  enum { COUNT = 9 };
  static const char *const what[COUNT] = {"another program",
                                          "another platform",
                                          "another digest of a file",
                                          "a file that is not there",
                                          "a figure too many",
                                          "a figure too few",
                                          "more behind",
                                          "a file too many",
                                          "a text without end"};
  static char text[ROOM];
  for (int i = 0; i < COUNT; i++) {
    size_t length = at.length;
    memcpy(text, at.other, length);
    const size_t places[COUNT] = {at.version + 8, at.platform + 8,   at.sum, at.name + 8, at.figures, at.figures, 0,
                                  at.files,       at.figures + 8 + 7};
    if (i == 6)
      text[length++] = 'x';
    else
      text[places[i]] = (char)(text[places[i]] + (i == 5 ? -1 : i == 8 ? 127 : 1));
    ok(write_kept(text, length) && same(evaluate_in(db, OWN, kept), plain), "%s: the same figures", what[i]);
    ok(is_good(), "and the file is mended");
  }
  memcpy(text, at.other, at.length);
  memcpy(text + at.length, at.good + at.length, DIGEST);
  ok(write_bytes(kept_file, text, at.length + DIGEST) && same(evaluate_in(db, OWN, kept), plain),
     "the digest of others");
  bool cut = true, uncut = true;
  for (size_t length = 0; length < at.length; length += length < 300 ? 29 : 501) {
    cut &= write_kept(at.other, length) && same(evaluate_in(db, OWN, kept), plain);
    uncut &= write_bytes(kept_file, at.other, length) && same(evaluate_in(db, OWN, kept), plain);
  }
  ok(cut && uncut, "cut short with and without a digest");
  ok(is_good(), "and mended");
}

static void run(void)
{
  struct stat before, after;
  const qy_published *plain = evaluate(OWN);
  if (!ok(plain && plain->figure_count == FIGURES, "three figures%s", plain ? "" : said())) return;
  ok(access(kept_file, F_OK) != 0, "without a folder nothing is kept");
  ok(same(evaluate_in(db, OWN, kept), plain), "an empty folder: the same figures");
  layout();
  if (!at.length) return;
  stat(kept_file, &before);
  ok(same(evaluate_in(db, OWN, kept), plain) && !stat(kept_file, &after) && before.st_ino == after.st_ino && is_good(),
     "a full one: the same, and nothing is written");
  const qy_published *p = NULL;
  ok(write_kept(at.other, at.length) && (p = evaluate_in(db, OWN, kept)) && p->figure[0].model == 4321 &&
         p->figure[1].model == 4321 && p->figure[2].model == 4321,
     "figures are taken from the folder");
  near_rel(p ? p->figure[0].p05 : 0, 1000 + 0.05 * (QY_PUBLISHED_DRAWS - 1), 1e-12, "with their draws");
  ok(p && p->figure[1].exact && p->figure[2].exact && !p->figure[0].exact && !p->figure[1].draws, "exact or not");
  damage(plain);
  /* one more beside those that are kept: all of them are kept then */
  ok((p = evaluate_in(db, OWN FIGURE("more", "quantity: compression, of: {format: uniform, bits: 8}"), kept)) &&
         p->figure[3].model == 4 && !is_good() && write_kept(at.other, at.length) &&
         evaluate_in(db, OWN FIGURE("more", "quantity: compression, of: {format: uniform, bits: 8}"), kept) &&
         (p = evaluate_in(db, OWN FIGURE("more", "quantity: compression, of: {format: uniform, bits: 8}"), kept)) &&
         p->figure[0].model == 4321 && p->figure[3].model == 4,
     "new ones are kept beside those that were taken");
  unlink(kept_file);
}

/* What figures follow from is another, or stands where nobody looks. */
static void files(void)
{
#define LAYERS "layer,type,in_h,in_w,in_c,out_c\na,pwconv,8,8,4,6\n"
  const qy_published *p;
  char path[100];
  ok((p = evaluate_in(db, OWN, kept)) && p->figure[1].model == 8 * 8 * 4 * 6 && is_good(), "a network");
  ok(write_file(network, LAYERS "b,pwconv,8,8,6,2\n") && (p = evaluate_in(db, OWN, kept)) &&
         p->figure[1].model == 8 * 8 * (4 * 6 + 6 * 2) && !is_good(),
     "that changes");
  ok(write_file(network, LAYERS) && (p = evaluate_in(db, OWN, kept)) && p->figure[1].model == 8 * 8 * 4 * 6 &&
         is_good(),
     "and comes back");
  unlink(kept_file);
  snprintf(path, sizeof path, "%s/near.csv", folder);
  ok(write_file(path, LAYERS) &&
         (p = evaluate_in(db, "figures:\n" FIGURE("macs", "quantity: macs, of: {network: ./near.csv}"), kept)) &&
         p->figure[0].model == 8 * 8 * 4 * 6 && access(kept_file, F_OK) != 0,
     "one outside db is none that is looked after: nothing is kept");
  snprintf(path, sizeof path, "%s/db2", folder); /* begins as the name of db does */
  ok(!mkdir(path, 0777) && snprintf(path, sizeof path, "%s/db2/near.csv", folder) > 0 && write_file(path, LAYERS) &&
         evaluate_in(db, "figures:\n" FIGURE("macs", "quantity: macs, of: {network: ./db2/near.csv}"), kept) &&
         access(kept_file, F_OK) != 0,
     "nor in a folder whose name begins so");
  ok(!mkdir(kept_file, 0777) && evaluate_in(db, OWN, kept) && !rmdir(kept_file), "a folder in its place");
  ok(!mkfifo(kept_file, 0666) && evaluate_in(db, OWN, kept) && !unlink(kept_file), "a pipe in its place");
}

int main(void)
{
  char path[90];
  if (!open_folder()) return 1;
  snprintf(kept, sizeof kept, "%s/cache/quarry", folder);
  snprintf(kept_file, sizeof kept_file, "%s/published.figures", kept);
  snprintf(path, sizeof path, "%s/networks", db);
  snprintf(network, sizeof network, "%s/n.csv", path);
  if (mkdir(path, 0777) || !write_file(network, LAYERS)) return 1;
  run();
  files();
  return close_folder() ? done() : 1;
}
