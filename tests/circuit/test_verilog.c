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

static void check_for(qy_circuit *c, qy_verilog_target target, const char *what)
{
  qy_error err = {0};
  qy_text module = {0}, bench = {0};
  char path[128], command[512], line[256], want[64];
  bool built = qy_circuit_finish(c, &err) == QY_OK && qy_circuit_verilog_for(c, target, &module, &err) == QY_OK &&
               qy_circuit_testbench(c, next_random, c, VECTORS, &bench, &err) == QY_OK;
  if (!ok(built, "%s is written", what)) {
    printf("# %s\n", err.diagnostic[0].text);
    return;
  }
  check_wires(module.data, what);
  ok((qy_circuit_state_words(c) > 0) == (strstr(bench.data, "clk") != NULL),
     "%s: its bench has a clock if it has registers", what);
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

static void check(qy_circuit *c, const char *what)
{
  check_for(c, QY_VERILOG_CELLS, what);
}

/* How often a form stands in the text of a circuit for a target. */
static int forms(const qy_circuit *c, qy_verilog_target target, const char *form)
{
  qy_text text = {0};
  int found = 0;
  if (qy_circuit_verilog_for(c, target, &text, NULL) == QY_OK)
    for (const char *at = text.data; (at = strstr(at, form)); at++)
      found++;
  qy_text_free(&text);
  return found;
}

/* Products, sums and differences (whole, cut, too narrow by one bit), gates of both sides, of words and of one bit. */
static void check_slices(qy_arena *arena, bool sign)
{
  qy_circuit *c = qy_circuit_new(sign ? "slices_s" : "slices_u", arena);
  const qy_net a = qy_input(c, "a", 7), b = qy_input(c, "b", 5), d = qy_input(c, "d", 12), g = qy_input(c, "g", 1);
  qy_output(c, "product", qy_multiply(c, QY_MULTIPLIER_ARRAY, a, b, sign));
  qy_output(c, "more", qy_multiply_add(c, QY_MULTIPLIER_ARRAY, a, b, d, 12, sign));
  qy_output(c, "sum", qy_add(c, a, d, 13, sign));
  qy_output(c, "same", qy_add(c, d, a, 12, sign));
  qy_output(c, "cut", qy_add(c, a, d, 11, sign));
  qy_output(c, "less", qy_subtract(c, a, d, 13, sign));
  const qy_net wide = qy_extend(c, g, 12, true), narrow = qy_slice(c, d, 3, 1);
  qy_output(c, "gated", qy_bitwise(c, QY_OP_AND, wide, d));
  qy_output(c, "behind", qy_bitwise(c, QY_OP_AND, qy_slice(c, d, 2, 7), qy_extend(c, narrow, 7, true)));
  qy_output(c, "one", qy_bitwise(c, QY_OP_AND, g, narrow));
  qy_output(c, "words", qy_bitwise(c, QY_OP_AND, a, qy_slice(c, d, 1, 7)));
  check_for(c, QY_VERILOG_FPGA, sign ? "for slices, signed" : "for slices, unsigned");
  /* Of two products; of sums only signed ones that are not cut; of gates those of words with one repeated bit. */
  const int cells[] = {forms(c, QY_VERILOG_CELLS, " * "), forms(c, QY_VERILOG_CELLS, "$signed(a) ")};
  ok(cells[0] == 0 && cells[1] == 0, "no operators of words for cells");
  is_int(forms(c, QY_VERILOG_FPGA, " * "), 2, "products");
  is_int(forms(c, QY_VERILOG_FPGA, "$signed(a) * $signed(b);"), sign ? 2 : 0, "of signed words");
  is_int(forms(c, QY_VERILOG_FPGA, "a * b;"), sign ? 0 : 2, "of words without sign");
  is_int(forms(c, QY_VERILOG_FPGA, "$signed(d) + $signed(a) * $signed(b);"), sign ? 1 : 0, "added to a word");
  is_int(forms(c, QY_VERILOG_FPGA, "$signed(a) + $signed(d);"), sign ? 1 : 0, "a sum");
  is_int(forms(c, QY_VERILOG_FPGA, "$signed(d) + $signed(a);"), sign ? 1 : 0, "of as many bits as the wider word");
  is_int(forms(c, QY_VERILOG_FPGA, "$signed(a) - $signed(d);"), sign ? 1 : 0, "a difference");
  is_int(forms(c, QY_VERILOG_FPGA, " ? d : 12'h0;"), 1, "a gate before a word");
  is_int(forms(c, QY_VERILOG_FPGA, " ? slice_14 : 7'h0;"), 1, "a gate behind it");
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
  check_slices(arena, false);
  check_slices(arena, true);
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
  snprintf(
      command, sizeof command, /* for slices words are extended by the sums that read them, which it warns of */
      "cd %s && rm -f *_tb.v slices_*.v && verilator --lint-only -Wall -Wno-MULTITOP *.v 2>&1 | grep '^%%' | head -3",
      folder);
  first_line(command, line, sizeof line);
  is_text(line, "", "Verilator has nothing to say");
  snprintf(command, sizeof command, "rm -rf %s", folder);
  if (system(command)) printf("# %s stays\n", folder);
  qy_arena_free(arena);
  return done();
}
