/* A growing text: see circuit.h. */
#include "quarry/circuit.h"

#include <stdio.h>
#include <stdlib.h>

void qy_text_add(qy_text *text, const char *format, ...)
{
  va_list args, again;
  if (text->failed) return;
  va_start(args, format);
  va_copy(again, args);
  int length = vsnprintf(NULL, 0, format, args);
  va_end(args);
  void *data = text->data;
  if (length < 0 || qy_grow(&data, &text->capacity, text->length + (size_t)length + 1, 1)) {
    text->failed = true;
  } else {
    text->data = data;
    vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
    text->length += (size_t)length;
  }
  va_end(again);
}

void qy_text_free(qy_text *text)
{
  free(text->data);
  *text = (qy_text){0};
}
