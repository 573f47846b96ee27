/* What scalars.h has defined, for vectors.  No guard. */
#undef FN
#undef CODE
#undef CODE_APART
#undef REAL
#undef INT
#undef TO_REAL
#undef WIDE
#undef EITHER
#undef DIVISOR
#undef SHIFT
#undef ALL_SAME
#undef OVER_MILLION
#undef ALL_ZERO
#undef ROUNDED_UP
#undef ROOT
#undef ANY_PRODUCT
