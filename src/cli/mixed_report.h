/* Predicted noise of mixed assignments beside measured noise (quarry/mixed.h), compared and printed. */
#ifndef QUARRY_MIXED_REPORT_H
#define QUARRY_MIXED_REPORT_H

/* Returns an exit code. */
int validate_mixed(const char *sensitivities, const char *assignments, int format);

#endif
