/* Messages with a level: see log.h. */
#include "quarry/log.h"

#include <assert.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum { MESSAGE = 1024 };

void qy_log_write(const qy_log *log, qy_log_level level, const char *format, ...)
{
  assert((unsigned)level < QY_LOG_LEVELS && format);
  char text[MESSAGE];
  if (!log || !log->sink || level > log->level) return;
  va_list args;
  va_start(args, format);
  int written = vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (written >= 0) log->sink(log->ctx, level, text);
}

const char *qy_log_level_name(qy_log_level level)
{
  static const char *const names[QY_LOG_LEVELS] = {"error", "warning", "info", "debug"};
  return (size_t)level < QY_LOG_LEVELS ? names[level] : "unknown";
}
