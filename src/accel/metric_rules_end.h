/* What readers of the rules of metric.def have defined, taken back for the next one.  No guard. */
#undef METRIC
#undef GIVEN
#undef ITEMS
#undef SUM
#undef BOTH
#undef PRODUCT
#undef QUOTIENT
#undef QUANTITY
