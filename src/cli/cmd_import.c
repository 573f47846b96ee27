/* quarry import: files of other tools as a network and an experiment of ours. */
#include "cli.h"
#include "import_onnx.h"
#include "import_scalesim.h"

#include "quarry/yaml.h"

#include <stdio.h>
#include <string.h>

static int run_scalesim(scalesim_request *q)
{
  qy_error err = {0};
  qy_arena *arena = qy_arena_new();
  qy_status status = arena ? import_scalesim(q, arena, &err) : qy_no_memory(&err);
  const int code = status ? report(status, &err) : EXIT_DONE;
  qy_arena_free(arena);
  return code;
}

enum { OPTIONS = 7, BUFFERS_AS_STATED = 0, BUFFERS_IDEAL };

static int unknown_kind(const char *found, const char *const *kinds, size_t count)
{
  char advice[QY_DID_YOU_MEAN];
  say("quarry import: expected scalesim or onnx, found \"%s\"%s\n", found,
      qy_did_you_mean(advice, found, kinds, count));
  return EXIT_INPUT;
}

int cmd_import(int argc, char **argv)
{
  static const char *const kinds[] = {"scalesim", "onnx"}, *const buffers_names[] = {"stated", "ideal", NULL};
  const char *output = NULL;
  int buffers = BUFFERS_AS_STATED;
  places where;
  onnx_request onnx = {.batch = 1};
  uint64_t given;
  places_default(&where);
  const option_row rows[OPTIONS] = {
      {"output", 'o', OPTION_TEXT, &output, "FILE",
       "scalesim: write FILE.csv and FILE.yaml (default: scalesim); onnx: the network (default: MODEL.csv)", 0, 0,
       NULL},
      {"buffers", 0, OPTION_CHOICE, &buffers, "KIND",
       "scalesim: stated (default): layers that do not fit are tiled; ideal: never, SCALE-Sim's cycles", 0, 0,
       buffers_names},
      {"db-dir", 0, OPTION_TEXT, &where.db_dir, "DIR", "scalesim: where libraries are looked up", 0, 0, NULL},
      {"weights", 'w', OPTION_TEXT, &onnx.weights, "DIR",
       "onnx: write the weights of each layer to DIR/LAYER.f32, a list to DIR/weights.csv", 0, 0, NULL},
      {"batch", 0, OPTION_INTEGER, &onnx.batch, "N", "onnx: size of a symbolic first dimension (default 1)", 1, 1 << 24,
       NULL},
      {"dim", 0, OPTION_LIST, &onnx.dims, "NAME=N", "onnx: size of a symbolic dimension, or of axis NAME = INPUT.AXIS",
       0, 0, NULL},
      {"shapes", 0, OPTION_FLAG, &onnx.shapes, NULL, "onnx: print the shape of every tensor, write nothing", 0, 0,
       NULL},
  };
  static const option_form forms[] = {{"scalesim", NULL, "output buffers db-dir"},
                                      {"onnx", NULL, "output weights batch dim shapes"}};
  static const usage help = {
      "import",
      "scalesim CONFIG.cfg TOPOLOGY.csv | onnx MODEL.onnx",
      "Turn a SCALE-Sim configuration and topology into a network and an experiment file that runs, or an ONNX\n"
      "model into a network.  What was decided, left out or approximated, and layers whose cycles differ from\n"
      "SCALE-Sim's own, are said on standard error.  Files that an import did not write are never overwritten.",
      "  quarry import scalesim scale.cfg mobilenet.csv -o mobilenet_32x32\n"
      "  quarry import scalesim scale.cfg mobilenet.csv -o mobilenet_32x32 --buffers ideal\n"
      "  quarry run mobilenet_32x32.yaml\n"
      "  quarry import onnx detector.onnx --dim height=320 --dim width=320 -o detector.csv\n"
      "  quarry import onnx resnet.onnx -o resnet.csv --weights resnet_weights\n",
      2,
      3};
  print_words(argc, argv, kinds, sizeof kinds / sizeof *kinds, sizeof *kinds);
  int first, code = options_parse_given(&help, rows, OPTIONS, argc, argv, &first, &given);
  if (code != PARSED) return code;
  const bool is_onnx = strcmp(argv[first], kinds[1]) == 0;
  if (!is_onnx && strcmp(argv[first], kinds[0])) return unknown_kind(argv[first], kinds, 2);
  code = options_apply(&help, rows, OPTIONS, given, argv[first], forms, sizeof forms / sizeof *forms);
  if (code != PARSED) return code;
  if (argc - first != (is_onnx ? 2 : 3)) {
    say("quarry import %s: expected %s, found %d operands (quarry import --help)\n", argv[first],
        is_onnx ? "MODEL.onnx" : "CONFIG.cfg TOPOLOGY.csv", argc - first - 1);
    return EXIT_INPUT;
  }
  onnx.output = output;
  scalesim_request scalesim = {.config = argv[first + 1],
                               .topology = is_onnx ? NULL : argv[first + 2],
                               .db_dir = where.db_dir,
                               .stem = output ? output : "scalesim",
                               .ideal = buffers == BUFFERS_IDEAL};
  code = is_onnx ? import_onnx(argv[first + 1], &onnx) : run_scalesim(&scalesim);
  return finish_output(code);
}
