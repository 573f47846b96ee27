/* Fronts that are kept of a sweep, for the tests of what is kept: of several metrics, with keys and without, counted,
 * distinct, the worst of a metric. */
#ifndef QUARRY_TESTS_KEPT_FRONTS_H
#define QUARRY_TESTS_KEPT_FRONTS_H

#include "quarry/kept.h"

/* clang-format off */
#define KEPT_FRONTS \
    {.metric_count = 3, .metric = {QY_AREA_UM2, QY_LATENCY_US, QY_ENERGY_UJ}, .key_count = 1, .key = {"technology"}}, \
    {.metric_count = 1, \
     .metric = {QY_AREA_UM2}, \
     .key_count = 2, \
     .key = {"technology", "design"}, \
     .distinct = true, \
     .is_counted = true}, \
    {.metric_count = 2, .metric = {QY_AREA_UM2, QY_GOPS}, .key_count = 1, .key = {"precision"}}, \
    {.metric_count = 2, .metric = {QY_LATENCY_US, QY_SQNR_DB}, .worst = {true}, .distinct = true}
/* clang-format on */

#endif
