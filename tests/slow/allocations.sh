#!/bin/bash
# Each place of every command that asks for memory is refused it once: tests/cli/test_allocations.c.
make -s B="$BUILD" all "$BUILD/tests/cli/test_allocations" && EVERY=1 "$BUILD/tests/cli/test_allocations"
