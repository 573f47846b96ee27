#!/bin/bash
# Results databases with wrong bytes and values, many of them: tests/cli/test_mutants.c.
make -s "$BUILD/tests/cli/test_mutants" && CASES=${CASES:-2000} "$BUILD/tests/cli/test_mutants"
