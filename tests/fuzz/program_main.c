/* The program's main under another name, for fuzz_results.c. */
int quarry_main(int argc, char **argv);
#define main quarry_main
#include "../../src/cli/main.c"
