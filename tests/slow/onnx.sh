#!/bin/bash
# All models of libonnx-testdata: read, and shapes as python3-onnx's; a million damaged ones.  TAP.
set -eu
/usr/bin/python3 -B tests/network/onnx_models.py "$BUILD/quarry" shapes
make --no-print-directory -s B="$BUILD" "$BUILD/tests/network/test_onnx_fuzz"
CASES=1000000 SEED=3 "$BUILD/tests/network/test_onnx_fuzz"
