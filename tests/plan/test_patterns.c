/* Patterns of layers' names: a star stands for slashes too, a backslash for the letter behind it. */
#include "files.h"
#include "quarry/plan.h"
#include "tap.h"

static char network[] = "/tmp/quarry-network-XXXXXX.csv";

int main(void)
{
  if (!write_new_file(network, 4,
                      "layer,type,in_h,in_w,in_c,kernel,pad\nblock/1/dw,dwconv,8,8,4,3,1\n"
                      "b.2,dwconv,8,8,4,3,1\n"))
    return 1;
  static const struct {
    const char *key, *value, *refusal;
  } row[] = {
      {"precision", "{default: 8, 'block*': 4}", NULL},
      {"precision", "{default: 8, 'block*dw': 4}", NULL},
      {"precision", "{default: 8, '*w': 4}", NULL},
      {"precision", "{default: 8, 'b[.]2': 4}", NULL},
      {"precision", "{default: 8, 'b\\.2': 4}", NULL},
      {"precision", "{default: 8, 'c*': 4}", "c*"},
      {"layers", "{name: 'block*'}", NULL},
      {"layers", "{name: '*'}", NULL},
      {"layers", "{name: 'c*'}", "c*"},
      {"layers", "{type: conv}", "conv"},
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    char text[1000];
    qy_arena *arena = qy_arena_new();
    qy_plan *plan;
    qy_error err = {0};
    snprintf(text, sizeof text,
             "name: t\ntechnology: fdsoi28\nnetwork: %s\nclock_mhz: 100\nobjectives: {minimize: area_um2}\n"
             "designs: [{name: A, accelerator: depthwise, pe: {kind: mac, bits: 16}, channels: 1}]\n%s: %s\n%s",
             network, row[i].key, row[i].value, strcmp(row[i].key, "precision") ? "precision: [16, 8]\n" : "");
    const qy_status status = qy_plan_read_text(&plan, "t.yaml", text, strlen(text), "db", arena, &err);
    ok(row[i].refusal ? status == QY_BAD_INPUT && strstr(err.diagnostic[0].text, row[i].refusal) : status == QY_OK,
       "%s: %s: %s", row[i].key, row[i].value, status ? err.diagnostic[0].text : "fine");
    qy_arena_free(arena);
  }
  unlink(network);
  return done();
}
