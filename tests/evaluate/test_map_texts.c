/* What points of a map say of their layers: the widths that operands have in the element, which may keep weights in
 * fewer bits than are asked for, or in those of its codes. */
#include "evaluate_test.h"

static const char network_text[] = "layer,type,inputs,in_h,in_w,in_c,kernel_h,kernel_w,stride,pad\n"
                                   "one,dwconv,-,8,8,16,3,3,1,1\n"
                                   "two,dwconv,one,,,,3,3,1,1\n";
static char network_file[] = "/tmp/quarry-maps-XXXXXX.csv";

static void layers_of(const char *element, const char *map, int weight_bits, const char *wanted, qy_arena *arena)
{
  char text[1024];
  const int64_t point = 0;
  qy_model *model = NULL;
  qy_point p = {.assignment = NULL};
  snprintf(text, sizeof text,
           "name: m\ntechnology: fdsoi28\nnetwork: %s\ndesigns:\n"
           "  - {name: D, accelerator: depthwise, pe: {%s}, channels: 2}\n"
           "precision: [%s]\nclock_mhz: 200\nobjectives: {minimize: [energy_uj]}\n",
           network_file, element, map);
  qy_plan *plan = plan_of(text, arena);
  if (!plan || qy_model_new(&model, plan, &point, 1, &err) || qy_model_point(&p, model, point, &err))
    ok(0, "%s: %s", element, err.count ? err.diagnostic[0].text : "no plan");
  else if (wanted)
    is_text(p.assignment, wanted, element);
  else
    ok(p.assignment == NULL, "%s: nothing to say", element);
  is_int(p.weight_bits, weight_bits, "bits of its weights");
  qy_model_free(model);
}

int main(void)
{
  static const char map[] = "{default: 8, two: 4, label: m}", alike[] = "{default: 8, label: m}",
                    apart[] = "{default: 8, two: w4a8, label: m}";
  const int fd = mkstemps(network_file, 4);
  FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
  qy_arena *arena = qy_arena_new();
  if (ok(out && fputs(network_text, out) >= 0 && fclose(out) == 0, "a network")) {
    layers_of("kind: mac, bits: 8", map, 0, "{\"layers\": {\"one\": \"8\", \"two\": \"4\"}}", arena);
    layers_of("kind: mac, bits: 8", alike, 0, "{\"layers\": {\"one\": \"8\", \"two\": \"8\"}}", arena);
    layers_of("kind: mac, bits: 8", apart, 0, "{\"layers\": {\"one\": \"8\", \"two\": \"w4a8\"}}", arena);
    layers_of("kind: mac, bits: 8, weight_bits: 6", map, 0, "{\"layers\": {\"one\": \"w6a8\", \"two\": \"4\"}}", arena);
    layers_of("kind: mac, bits: 8, weight_bits: 4", alike, 0, "{\"layers\": {\"one\": \"w4a8\", \"two\": \"w4a8\"}}",
              arena);
    layers_of("kind: pot, bits: 8", map, 0, "{\"layers\": {\"one\": \"w4a8\", \"two\": \"4\"}}", arena);
    layers_of("kind: pot, bits: 8, weight_bits: 5", map, 0, "{\"layers\": {\"one\": \"w5a8\", \"two\": \"w5a4\"}}",
              arena);
    layers_of("kind: mac, bits: 8, weight_bits: 6", "8", 6, NULL, arena);
    layers_of("kind: mac, bits: 8", "w4a8", 0, NULL, arena);
  }
  unlink(network_file);
  qy_arena_free(arena);
  return done();
}
