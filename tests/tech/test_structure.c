/* The table of discrepancies: what it reads, what it refuses, what lies between two flows.  Expected values by hand. */
#include "files.h"
#include "library.h"
#include "quarry/structure.h"
#include "tap.h"

static qy_arena *arena;
static const char head[] = "quantity,flow,effort,family,parameter,value\n";

/* A complete table: sigma 0.01 times (1 + quantity) times (1 + flow), of adders ten times that. */
static void complete(char *out, size_t size)
{
  static const char *const quantities[] = {"area", "delay", "energy"}, *const flows[] = {"lean", "mid", "fast"};
  static const char *const efforts[] = {"0", "0.5", "1"};
  size_t n = (size_t)snprintf(out, size, "%s", head);
  for (int q = 0; q < 3; q++)
    for (int f = 0; f < 3; f++) {
      const double sigma = 0.01 * (1 + q) * (1 + f);
      n += (size_t)snprintf(out + n, size - n,
                            "%s,%s,%s,multiplier+booth+shifter+mux+compare+logic+encoder+mac+register,log_sigma,%g\n"
                            "%s,%s,%s,adder,log_sigma,%g\n%s,%s,%s,all,composition,2\n"
                            "%s,%s,%s,all,library_share,0.25\n%s,%s,%s,all,family_share,0.125\n"
                            "%s,%s,%s,all,kind_share,0.75\n",
                            quantities[q], flows[f], efforts[f], sigma, quantities[q], flows[f], efforts[f], 10 * sigma,
                            quantities[q], flows[f], efforts[f], quantities[q], flows[f], efforts[f], quantities[q],
                            flows[f], efforts[f], quantities[q], flows[f], efforts[f]);
    }
}

static qy_status read_text(qy_structure **s, const char *text, qy_error *err)
{
  char file[] = "/tmp/quarry-structure-XXXXXX";
  qy_error_clear(err);
  if (!write_new_file(file, 0, text)) return QY_SYSTEM;
  qy_status status = qy_structure_read(s, qy_arena_text(arena, file, strlen(file)), arena, err);
  unlink(file);
  return status;
}

static void whole(void)
{
  static char text[8192];
  qy_structure *s = NULL;
  qy_error err = {0};
  double w[QY_STRUCTURE_FLOWS];
  complete(text, sizeof text);
  if (!is_int(read_text(&s, text, &err), QY_OK, "a complete table")) return;
  near_rel(s->flow[QY_STRUCTURE_DELAY][1].log_sigma[QY_CLASS_MUX], 0.04, 1e-12, "delay, mid, multiplexers");
  near_rel(s->flow[QY_STRUCTURE_ENERGY][2].log_sigma[QY_CLASS_ADDER], 0.9, 1e-12, "energy, fast, adders");
  near_rel(s->flow[QY_STRUCTURE_AREA][0].library_share, 0.25, 0, "library share");
  near_rel(s->flow[QY_STRUCTURE_AREA][0].family_share, 0.125, 0, "family share");
  const int *family = s->flow[QY_STRUCTURE_DELAY][2].family;
  ok(family[QY_CLASS_MUX] == family[QY_CLASS_MAC] && family[QY_CLASS_MUX] != family[QY_CLASS_ADDER],
     "classes of one row are a family");
  near_rel(s->flow[QY_STRUCTURE_AREA][0].kind_share, 0.75, 0, "kind share");
  near_rel(s->flow[QY_STRUCTURE_AREA][0].composition, 2, 0, "composition");
  qy_structure_weights(w, s, 0.125);
  ok(w[0] == 0.75 && w[1] == 0.25 && w[2] == 0, "a quarter of the way from lean to mid");
  qy_structure_weights(w, s, 0.75);
  ok(w[0] == 0 && w[1] == 0.5 && w[2] == 0.5, "half of the way from mid to fast");
  int wrong = 0;
  for (int k = -8; k <= 24; k++) {                                          /* beyond both ends the nearest */
    const double effort = k / 16.0, place = fmin(fmax(effort, 0), 1) / 0.5; /* in flows from lean */
    qy_structure_weights(w, s, effort);
    for (int f = 0; f < QY_STRUCTURE_FLOWS; f++)
      wrong += fabs(w[f] - fmax(0, 1 - fabs(place - f))) > 1e-15;
  }
  is_int(wrong, 0, "weights of efforts within and beyond the flows");
  qy_structure_weights(w, s, 0);
  ok(w[0] == 1 && w[1] == 0 && w[2] == 0, "lean itself");
  qy_structure_weights(w, s, 1);
  ok(w[0] == 0 && w[1] == 0 && w[2] == 1, "fast itself");
}

static void names(void)
{
  static const char *const flow[] = {"lean", "mid", "fast"}, *const quantity[] = {"area", "delay", "energy"};
  for (int i = 0; i < QY_STRUCTURE_FLOWS; i++)
    is_text(qy_structure_flow_name(i), flow[i], "a flow");
  for (int i = 0; i < QY_STRUCTURE_QUANTITIES && i < 3; i++)
    is_text(qy_structure_quantity_name(i), quantity[i], "a quantity");
}

static void refused(void)
{
  static const struct {
    const char *line, *message, *what;
  } row[] = {
      {"volume,lean,0,adder,log_sigma,0.1\n", "area, delay", "an unknown quantity"},
      {"area,slow,0,adder,log_sigma,0.1\n", "lean, mid", "an unknown flow"},
      {"area,lean,0,adders,log_sigma,0.1\n", "operator classes", "an unknown class"},
      {"area,lean,0,adder,log_sigma,-0.1\n", "value", "a negative deviation"},
      {"area,lean,0,all,library_share,1.5\n", "value", "a share of more than all"},
      {"area,lean,0,all,family_share,1.5\n", "value", "a family's share of more than all"},
      {"area,lean,0,all,kind_share,1.5\n", "value", "a kind's share of more than all"},
      {"area,lean,1.5,adder,log_sigma,0.1\n", "effort", "an effort above 1"},
      {"area,lean,-0.5,adder,log_sigma,0.1\n", "effort", "an effort below 0"},
      {"area,lean,0,adder,log_sigma,0.1\n", "each class once", "a class given twice"},
      {"area,lean,0.2,all,kind_share,0.1\n", "the same effort", "two efforts of one flow"},
      {"area,lean,0,adder,kind_share,0.1\n", "\"all\"", "a share of one family"},
      {"area,lean,0,all,kind_share,0.1\n", "each parameter once", "a share given twice"},
  };
  static char text[8192];
  qy_structure *s;
  qy_error err = {0};
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    complete(text, sizeof text);
    strncat(text, row[i].line, sizeof text - strlen(text) - 1);
    const qy_status status = read_text(&s, text, &err);
    const qy_diagnostic *d = &err.diagnostic[0];
    if (!ok(status == QY_BAD_INPUT && err.count && strstr(d->text, row[i].message) && d->line == 56 && d->column > 0,
            "%s is said with its place", row[i].what))
      printf("# %s\n", err.count ? d->text : "no message");
  }
  is_int(read_text(&s, head, &err), QY_BAD_INPUT, "a table without rows");
  complete(text, sizeof text);
  char *share = strstr(text, "delay,mid,0.5,all,family_share,0.125");
  memcpy(share + strlen("delay,mid,0.5,all,family_share,"), "0.925", 5);
  is_int(read_text(&s, text, &err), QY_BAD_INPUT, "shares of family and kind above 1 together");
  complete(text, sizeof text);
  for (char *mid = text; (mid = strstr(mid, ",mid,0.5,"));)
    memcpy(mid, ",mid,0.0,", 9);
  ok(read_text(&s, text, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "efforts that rise from lean to fast"),
     "two flows of one effort");
  for (int q = 0; q < 3; q++) { /* Booth in the family of adders in one flow alone */
    static const char *const quantities[] = {"area", "delay", "energy"};
    static const char from[] = "multiplier+booth+shifter", to[] = "multiplier+shifter+booth";
    complete(text, sizeof text);
    char *mid = strstr(text, qy_arena_format(arena, "%s,mid,0.5,%s", quantities[q], from));
    char *adder = strstr(text, qy_arena_format(arena, "%s,mid,0.5,adder", quantities[q]));
    const char *apart = qy_arena_format(arena, "%.*smultiplier+shifter%.*sbooth+%s", (int)(strstr(mid, from) - text),
                                        text, (int)(strstr(adder, "adder") - (strstr(mid, from) + strlen(to))),
                                        strstr(mid, from) + strlen(to), strstr(adder, "adder"));
    ok(read_text(&s, apart, &err) == QY_BAD_INPUT && strstr(err.diagnostic[0].text, "the same families") &&
           strstr(err.diagnostic[0].text, quantities[q]),
       "families of %s that differ between flows", quantities[q]);
  }
  complete(text, sizeof text);
  *strstr(text, "delay,mid,0.5,adder") = '#';
  is_int(read_text(&s, text, &err), QY_BAD_INPUT, "a class left out");
  ok(err.count && strstr(err.diagnostic[0].text, "expected a row for adder of delay, flow mid"), "is named");
  complete(text, sizeof text);
  *strstr(text, "energy,fast,1,all,kind_share") = '#';
  is_int(read_text(&s, text, &err), QY_BAD_INPUT, "a row left out");
  ok(err.count && strstr(err.diagnostic[0].text, "kind_share of energy, flow fast"), "is named");
}

static void of_libraries(void)
{
  qy_tech *tech = load_library("lp55", arena);
  ok(tech && tech->structure, "libraries of db have the table of db");
  if (!tech || !tech->structure) return;
  bool good = true;
  for (int q = 0; q < QY_STRUCTURE_QUANTITIES; q++)
    for (int f = 0; f < QY_STRUCTURE_FLOWS; f++)
      for (int g = 0; g < QY_CLASS_COUNT; g++)
        good = good && tech->structure->flow[q][f].log_sigma[g] < 0.5;
  ok(good, "deviations below a factor of 1.65");
  char directory[] = "/tmp/quarry-structure-XXXXXX", link[64], *circuit = realpath("db/circuit", NULL);
  qy_tech *other = NULL;
  if (!circuit || !mkdtemp(directory)) return;
  snprintf(link, sizeof link, "%s/circuit", directory);
  is_int(symlink(circuit, link), 0, "the factors of db");
  free(circuit);
  is_int(qy_tech_read(&other, directory, "db/tech/lp55.yaml", arena, NULL), QY_OK, "a directory without the table");
  ok(other && !other->structure, "has no discrepancies");
  unlink(link);
  rmdir(directory);
}

int main(void)
{
  arena = qy_arena_new();
  whole();
  names();
  refused();
  of_libraries();
  qy_arena_free(arena);
  return done();
}
