/* What vectors.h and the set of instructions have defined, for the next one.  No guard. */
#include "scalars_end.h"
#undef LANES_AT
#undef LANE_STEP
#undef LANE_BYTES
#undef LANE_SET
#undef LANE_CODE
#undef LANE_CEIL
#undef LANE_TARGET
