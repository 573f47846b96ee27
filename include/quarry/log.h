/* Messages with a level, to a sink that the caller owns: the library itself never prints.
 *
 * Ownership: a qy_log is a plain struct; ctx belongs to the caller.
 */
#ifndef QUARRY_LOG_H
#define QUARRY_LOG_H

typedef enum qy_log_level { QY_LOG_ERROR, QY_LOG_WARNING, QY_LOG_INFO, QY_LOG_DEBUG, QY_LOG_LEVELS } qy_log_level;

/* One message, without line feed; text lives during the call only. */
typedef void qy_log_sink(void *ctx, qy_log_level level, const char *text);

typedef struct qy_log {
  qy_log_level level; /* messages above it are dropped before they are formatted */
  qy_log_sink *sink;  /* NULL: everything is dropped */
  void *ctx;
} qy_log;

/* log may be NULL. Messages longer than 1023 bytes are cut. */
void qy_log_write(const qy_log *log, qy_log_level level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* "error", "warning", "info", "debug". */
const char *qy_log_level_name(qy_log_level level);

#endif
