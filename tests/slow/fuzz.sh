#!/bin/bash
# Every reader on damaged inputs, 60 s in all.
make -s B="$BUILD" "$BUILD/fuzz/fuzz" && "$BUILD/fuzz/fuzz" all seconds="${SECONDS_IN_ALL:-60}" seed="${SEED:-1}"
