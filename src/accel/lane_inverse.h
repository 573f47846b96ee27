/* What divisions in lanes multiply by. */
#ifndef QUARRY_ACCEL_LANE_INVERSE_H
#define QUARRY_ACCEL_LANE_INVERSE_H

/* 1/b, less 2^-51 of that: see vectors.h. */
static inline double lane_inverse(double b)
{
  return 1.0 / b * (1 - 0x1p-51);
}

#endif
