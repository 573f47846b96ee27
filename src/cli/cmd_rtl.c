/* quarry rtl: a processing element as Verilog-2001, with a self-checking test bench on request. */
#include "cli.h"
#include "pe_option.h"

#include "quarry/file.h"

#include <stdio.h>

int cmd_rtl(int argc, char **argv)
{
  const char *params = NULL, *output = NULL;
  int testbench = 0;
  int64_t vectors = 1000;
  const option_row rows[] = {
      PE_OPTION(params),
      {"output", 'o', OPTION_TEXT, &output, "FILE", "write here instead of standard output", 0, 0, NULL},
      {"testbench", 't', OPTION_FLAG, &testbench, NULL, "add a test bench that checks itself", 0, 0, NULL},
      {"vectors", 0, OPTION_INTEGER, &vectors, "N", "its vectors per mode (default 1000)", 2, 1000000, NULL},
  };
  static const usage help = {
      "rtl",
      "ELEMENT",
      "Print a processing element as a Verilog-2001 module, registers included.\n"
      "The test bench compares with vectors of the bit-true simulation and prints its mismatches.",
      "  quarry rtl mac --param bits=8,multiplier=array\n"
      "  quarry rtl brslog --param weight_bits=5,splits=4 --testbench -o brslog.v\n"
      "  iverilog -o brslog brslog.v && ./brslog\n",
      1,
      1};
  int first, code = options_parse(&help, rows, sizeof rows / sizeof *rows, argc, argv, &first);
  if (code != PARSED) return code;
  qy_error err = {0};
  qy_pe pe;
  qy_text text = {0};
  qy_pe_stimulus stimulus = qy_pe_stimulus_default();
  stimulus.cycles = vectors;
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? pe_option_build(&pe, argv[first], params, arena, &err) : qy_no_memory(&err);
  if (!status)
    status = testbench ? qy_pe_testbench(&pe, &stimulus, &text, &err) : qy_circuit_verilog(pe.circuit, &text, &err);
  if (!status && output) status = qy_file_write(output, text.data, text.length, &err);
  if (!status && !output) fputs(text.data, stdout);
  code = status ? report(status, &err) : EXIT_DONE;
  qy_text_free(&text);
  qy_arena_free(arena);
  return finish_output(code);
}
