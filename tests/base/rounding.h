/* Numbers as tables for people round them, worked out apart from the library: exactly. */
#ifndef QUARRY_TESTS_ROUNDING_H
#define QUARRY_TESTS_ROUNDING_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDED_TEXT = 120 };

static inline bool whole(double x)
{
  return fabs(x) < 1e15 && fmod(x, 1) == 0;
}

static inline double power(int n)
{
  char text[16];
  snprintf(text, sizeof text, "1e%d", n);
  return strtod(text, NULL);
}

/* The place of the first digit. */
static inline int first_digit(double x)
{
  int place = -40;
  while (fabs(x) >= power(place + 1))
    place++;
  return place;
}

/* Rounded at 10^place, the even one of two. */
static inline void round_at(char out[ROUNDED_TEXT], double x, int place)
{
  if (place > 0) {
    const double step = power(place), rest = fmod(fabs(x), step), down = fabs(x) - rest;
    const bool up = 2 * rest > step || (2 * rest == step && fmod(down / step, 2) != 0);
    x = copysign(down + (up ? step : 0), x);
    if (x == 0) x = 0;
  }
  snprintf(out, ROUNDED_TEXT, "%.*f", place < 0 ? -place : 0, x == 0 ? 0 : x);
}

static inline void plain(char out[ROUNDED_TEXT], double x, int digits)
{
  if (whole(x)) {
    snprintf(out, ROUNDED_TEXT, "%.0f", x == 0 ? 0 : x);
  } else if (fabs(x) < 1e-4 || fabs(x) >= 1e9) {
    snprintf(out, ROUNDED_TEXT, "%.*g", digits, x);
  } else {
    round_at(out, x, first_digit(x) - digits + 1);
    size_t end = strlen(out);
    if (!strchr(out, '.')) return;
    while (out[end - 1] == '0' || out[end - 1] == '.')
      if (out[--end] == '.') break;
    out[end] = '\0';
  }
}

/* The second digit of half the width. */
static inline bool place_of(int *place, double x, double low, double high)
{
  const double half = (high - low) / 2;
  if (!(half > 0) || !isfinite(half)) return false;
  *place = whole(x) && whole(low) && whole(high) ? 0 : first_digit(half) - 1;
  return *place >= -15 && fabs(x) < 1e15 && fabs(low) < 1e15 && fabs(high) < 1e15;
}

#endif
