/* What vectors.h and the set of instructions have defined, for the next one.  No guard. */
#include "scalars_end.h"
#undef LANES_AT
#undef LANE_STEP
#undef LANE_BYTES
#undef LANE_SET
#undef LANE_CODE
#undef LANE_CEIL
#undef LANE_ROOT
#undef LANE_MAX
#undef LANE_MIN
#undef LANE_SAME
#undef LANE_OVER_MILLION
#undef LANE_TURN
#undef LANE_TARGET
