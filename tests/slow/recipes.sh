#!/bin/bash
# The tree with the additions of README's recipes: it is built, and results are worked out again.  Ends with code 1 when
# something is off.  TAP.
set -u
tests/recipes/test_recipes.sh all | tee /dev/stderr | { ! grep -q '^not ok'; }
