#!/bin/sh
# Print the version and the SHA-256 over the files given as a C file: a database says which program began a run.  The
# Makefile runs it.
set -eu
sum=$(cat "$@" | sha256sum | cut -c 1-12)
printf '#include "program.h"\n\n#include "quarry/version.h"\n\nconst char program_text[] = QY_VERSION " (sources %s)";\n' "$sum"
