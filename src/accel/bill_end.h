/* What bill_one.h or bill_lanes.h has defined, for the next one.  No guard. */
#undef BILL
#undef MODES
#undef COUNT
#undef TIME
#undef MODE_COUNT
