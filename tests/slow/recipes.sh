#!/bin/bash
# The tree with the additions of README's recipes: it is built, and results are worked out again.  Ends with code 1 when
# something is off.  TAP.
set -u
said=$(tests/recipes/test_recipes.sh all)
echo "$said"
grep -q '^1\.\.' <<<"$said" && ! grep -q '^not ok' <<<"$said"
