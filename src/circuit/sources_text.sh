#!/bin/sh
# Print the SHA-256 over the files given as a C file: activities kept by a program of other sources are not used.  The
# Makefile runs it.
set -eu
sum=$(cat "$@" | sha256sum)
printf '#include "sources.h"\n\nconst char circuit_sources[] = "%s";\n' "${sum%% *}"
