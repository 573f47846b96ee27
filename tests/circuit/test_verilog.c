/* Emitted Verilog: every operator and multiplier passes its own test bench in Icarus Verilog and lints clean in
 * Verilator (-Wall; the file itself switches off what concerns unused bits and the file's name). */
#include "files.h"
#include "operator_circuits.h"
#include "random.h"
#include "tap.h"
#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

enum { VECTORS = 400, MODULES_MAX = 64 };

static char folder[] = "/tmp/quarry-verilog-XXXXXX";

static void next_random(void *ctx, int64_t cycle, uint64_t *inputs)
{
  const qy_circuit *c = ctx;
  static const uint64_t corner[] = {0, UINT64_MAX, 0x8080808080808080u, 0x7f7f7f7f7f7f7f7fu};
  static uint64_t rng = 99;
  for (int i = 0; i < qy_circuit_inputs(c); i++) {
    int w = qy_circuit_input_width(c, i);
    uint64_t word = cycle < 16 ? corner[cycle >> (2 * (i & 1)) & 3] : random_bits(&rng);
    inputs[i] = low(word, w);
  }
}

static bool is_word(char c)
{
  return isalnum((unsigned char)c) || c == '_';
}

/* How often a name stands in a text as a word. */
static int times(const char *text, const char *name, size_t length)
{
  int found = 0;
  for (const char *at = text; (at = strstr(at, name)); at += length)
    found += (at == text || !is_word(at[-1])) && !is_word(at[length]);
  return found;
}

/* Is every wire read?  Icarus says which are declared twice. */
static void check_wires(const char *text, const char *what)
{
  int unread = 0;
  for (const char *line = text; line; line = strchr(line, '\n')) {
    line += line != text;
    if (strncmp(line, "  wire ", 7) != 0) continue;
    const char *at = line + 7;
    while (*at == '[' || *at == ' ' || strncmp(at, "signed", 6) == 0)
      at = *at == '[' ? strchr(at, ']') + 1 : *at == ' ' ? at + 1 : at + 6;
    char name[128];
    size_t length = 0;
    while (is_word(at[length]) && length + 1 < sizeof name)
      length++;
    memcpy(name, at, length);
    name[length] = '\0';
    unread += times(text, name, length) < 2;
    if (times(text, name, length) < 2) printf("# nothing reads %s\n", name);
  }
  ok(unread == 0, "%s: every wire is read", what);
}

static void check(qy_circuit *c, const char *what)
{
  qy_error err = {0};
  qy_text module = {0}, bench = {0};
  char path[128], command[512], line[256], want[64];
  bool built = qy_circuit_finish(c, &err) == QY_OK && qy_circuit_verilog(c, &module, &err) == QY_OK &&
               qy_circuit_testbench(c, next_random, c, VECTORS, &bench, &err) == QY_OK;
  if (!ok(built, "%s is written", what)) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  check_wires(module.data, what);
  const char *name = qy_circuit_name(c);
  snprintf(path, sizeof path, "%s/%s.v", folder, name);
  bool saved = write_file(path, module.data);
  snprintf(path, sizeof path, "%s/%s_tb.v", folder, name);
  saved = write_file(path, bench.data) && saved;
  snprintf(command, sizeof command,
           "cd %s && iverilog -g2001 -Wall -Wno-timescale -o %s.vvp %s.v %s_tb.v 2>&1 && vvp -n %s.vvp 2>&1", folder,
           name, name, name, name);
  first_line(command, line, sizeof line);
  snprintf(want, sizeof want, "PASS %d vectors", VECTORS);
  is_text(saved ? line : "files not written", want, what);
  qy_text_free(&module);
  qy_text_free(&bench);
}

static void check_multiplier(qy_arena *arena, const char *form, int op, qy_multiplier kind, int wa, int wb, bool sign)
{
  char name[64];
  snprintf(name, sizeof name, "%s_%s_%d_%d_%d", form, kind ? "booth" : "array", wa, wb, sign);
  qy_circuit *c = qy_circuit_new(name, arena);
  qy_net a = qy_input(c, "a", wa), b = qy_input(c, "b", wb), p;
  if (op == 0)
    p = qy_multiply(c, kind, a, b, sign);
  else if (op == 1)
    p = qy_multiply_add(c, kind, a, b, qy_input(c, "d", wa + wb + 8), wa + wb + 8, sign);
  else if (op == 2)
    p = qy_multiply_st(c, kind, a, b, qy_input(c, "mode", 2), sign);
  else
    p = qy_multiply_sa(c, kind, a, b, qy_input(c, "mode", 2), sign);
  qy_output(c, "p", p);
  check(c, name);
}

/* Labels that are those of outputs, of inputs, of each other and of what nets without label are called. */
static qy_circuit *labelled_circuit(qy_arena *arena)
{
  qy_circuit *c = qy_circuit_new("labels", arena);
  qy_net x = qy_input(c, "x", 8), y = qy_input(c, "in", 8);
  static const char *const labels[] = {"sum", "sum", "x", "out", "sum", "other", "add_2"};
  for (int i = 0; i < 7; i++) {
    x = i % 2 ? qy_add(c, x, y, 8, false) : qy_bitwise(c, QY_OP_XOR, x, y);
    qy_label(c, x, labels[i]);
  }
  qy_net r = qy_register(c, "other", 8, -1), s = qy_register(c, "out2", 8, -1);
  qy_register_connect(c, r, x);
  qy_register_connect(c, s, r);
  qy_output(c, "out", x);
  qy_output(c, "out2", qy_add(c, r, s, 8, false));
  return c;
}

int main(void)
{
  if (!mkdtemp(folder)) return 1;
  qy_arena *arena = qy_arena_new();
  check(arithmetic_circuit(arena, (widths){8, 8, 1}, 9, true), "arithmetic, 8 bits, signed");
  check(arithmetic_circuit(arena, (widths){8, 8, 1}, 9, false), "arithmetic, 8 bits, unsigned");
  check(arithmetic_circuit(arena, (widths){9, 5, 1}, 7, true), "arithmetic, cut to 7 bits");
  check(arithmetic_circuit(arena, (widths){1, 1, 1}, 2, true), "arithmetic, 1 bit");
  check(arithmetic_circuit(arena, (widths){64, 64, 1}, 64, true), "arithmetic, 64 bits");
  check(logic_circuit(arena, 9, true), "logic, signed");
  check(logic_circuit(arena, 16, false), "logic, unsigned");
  check(shift_circuit(arena, 16, 4, 31, true), "shifts, growing");
  check(shift_circuit(arena, 8, 3, 8, false), "shifts");
  check(wire_circuit(arena), "wires");
  check(state_circuit(arena), "registers");
  check(labelled_circuit(arena), "labels");
  for (int op = 0; op < 4; op++) {
    static const char *const form[] = {"mul", "mad", "st", "sa"};
    for (int sign = 0; sign <= 1; sign++) {
      check_multiplier(arena, form[op], op, QY_MULTIPLIER_ARRAY, 8, 8, sign);
      check_multiplier(arena, form[op], op, QY_MULTIPLIER_ARRAY, 16, 16, sign);
      if (op < 2) check_multiplier(arena, form[op], op, QY_MULTIPLIER_ARRAY, 5, 11, sign);
      if (op > 1) check_multiplier(arena, form[op], op, QY_MULTIPLIER_ARRAY, 4, 4, sign);
    }
    check_multiplier(arena, form[op], op, QY_MULTIPLIER_BOOTH, 8, 8, true);
    check_multiplier(arena, form[op], op, QY_MULTIPLIER_BOOTH, 16, 16, true);
    if (op < 2) check_multiplier(arena, form[op], op, QY_MULTIPLIER_BOOTH, 7, 9, true);
    if (op > 1) check_multiplier(arena, form[op], op, QY_MULTIPLIER_BOOTH, 4, 4, true);
  }
  char command[512], line[256];
  snprintf(command, sizeof command,
           "cd %s && rm -f *_tb.v && verilator --lint-only -Wall -Wno-MULTITOP *.v 2>&1 | grep '^%%' | head -3",
           folder);
  first_line(command, line, sizeof line);
  is_text(line, "", "Verilator has nothing to say");
  snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command)) printf("# %s stays\n", folder);
  qy_arena_free(arena);
  return done();
}
