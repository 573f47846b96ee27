/* quarry rtl: a processing element as Verilog-2001, with a self-checking test bench on request. */
#include "cli.h"
#include "packing_option.h"
#include "pe_option.h"

#include "quarry/file.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Append an element's module, or with its test bench. */
static qy_status rtl_element(const char *name, const char *params, qy_verilog_target target, int64_t vectors,
                             qy_text *text, qy_arena *arena, qy_error *err)
{
  qy_pe pe;
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = vectors;
  qy_status status = pe_option_build(&pe, name, params, arena, err);
  if (status) return status;
  if (vectors == 0) return qy_circuit_verilog_for(pe.circuit, target, text, err);
  return qy_pe_testbench(&pe, &stimulus, target, text, err);
}

/* Verilog takes lines of comment after two slashes. */
static qy_status write_module(const char *file, const qy_text *text, qy_error *err)
{
  const qy_import_file out = {
      .file = file, .text = text->data, .length = text->length, .command = "rtl", .comment = "//"};
  return qy_import_write(&out, 1, NULL, 0, err);
}

#define COMMON "output target"
#define TESTED " testbench vectors"
static const char packing_kind[] = "packing", element_kind[] = "an element";
static const option_form forms[] = {
    {packing_kind, "testbench", COMMON " " PACKING_NAMES " " PACKING_SLICE_NAME TESTED},
    {packing_kind, NULL, COMMON " " PACKING_NAMES " " PACKING_SLICE_NAME},
    {element_kind, "testbench", COMMON " param" TESTED},
    {element_kind, NULL, COMMON " param"},
};

int cmd_rtl(int argc, char **argv)
{
  const char *params = NULL, *output = NULL;
  int testbench = 0, target = -1; /* as usual for the operand */
  int64_t vectors = 1000;
  packing_request packing = packing_request_default();
  const option_row rows[] = {
      PE_OPTION(params),
      PACKING_OPTIONS(packing, "packing: "),
      {"output", 'o', OPTION_TEXT, &output, "FILE",
       "write here instead of standard output; no file that rtl did not write", 0, 0, NULL},
      {"target", 0, OPTION_CHOICE, &target, "TARGET",
       "cells (products as rows, default) or fpga (products for DSP slices)", 0, 0, qy_verilog_target_names},
      {"testbench", 't', OPTION_FLAG, &testbench, NULL, "add a test bench that checks itself", 0, 0, NULL},
      {"vectors", 0, OPTION_INTEGER, &vectors, "N", "its vectors per mode (default 1000)", 2, 1000000, NULL},
  };
  static const usage help = {
      "rtl",
      "ELEMENT",
      "Print a processing element, or with ELEMENT = packing several products in one DSP slice, as a Verilog-2001\n"
      "module, registers included.\n"
      "The test bench compares with vectors of the bit-true simulation and prints its mismatches.",
      "  quarry rtl mac --param bits=8,multiplier=array\n"
      "  quarry rtl mac --param bits=8 --target fpga\n"
      "  quarry rtl brslog --param weight_bits=5,splits=4 --testbench -o brslog.v\n"
      "  quarry rtl packing --weights 4 --activations 5 --slice dsp48e1 --testbench -o packed.v\n"
      "  iverilog -o brslog brslog.v && ./brslog\n",
      1,
      1};
  enum { OPTIONS = sizeof rows / sizeof *rows };
  for (int kind = 0; kind < QY_PE_KIND_COUNT; kind++)
    print_words(argc, argv, &qy_pe_row_of((qy_pe_kind)kind)->name, 1, 0);
  print_words(argc, argv, (const char *const[]){packing_kind}, 1, 0);
  uint64_t given;
  int first, code = options_parse_given(&help, rows, OPTIONS, argc, argv, &first, &given);
  if (code != PARSED) return code;
  const bool packs = strcmp(argv[first], packing_kind) == 0;
  code = options_apply(&help, rows, OPTIONS, given, packs ? packing_kind : element_kind, forms,
                       sizeof forms / sizeof *forms);
  if (code != PARSED) return code;
  if (packs && target == QY_VERILOG_CELLS) {
    say("quarry rtl: packing: expected --target fpga (products share a DSP slice), found \"cells\"\n");
    return EXIT_INPUT;
  }
  if (target < 0) target = QY_VERILOG_CELLS;
  qy_error err = {0};
  qy_text text = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? QY_OK : qy_no_memory(&err);
  int64_t tested = testbench ? vectors : 0;
  if (!status && packs)
    status = rtl_packing(&packing, QY_VERILOG_FPGA, tested, &text, arena, &err);
  else if (!status)
    status = rtl_element(argv[first], params, (qy_verilog_target)target, tested, &text, arena, &err);
  if (!status && output) status = write_module(output, &text, &err);
  if (!status && !output) fputs(text.data, stdout);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_text_free(&text);
  qy_arena_free(arena);
  return finish_output(code);
}
