/* A growing text: see circuit.h. */
#include "quarry/circuit.h"

#include <stdio.h>
#include <stdlib.h>

/* Format behind what is there; returns the length of the piece, which may exceed the room there is. */
static size_t put(qy_text *text, const char *format, va_list args)
{
  size_t room = text->capacity - text->length;
  int length = vsnprintf(text->data ? text->data + text->length : NULL, room, format, args);
  if (length < 0) text->failed = true;
  return length < 0 ? 0 : (size_t)length;
}

void qy_text_add(qy_text *text, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  size_t length = put(text, format, args);
  va_end(args);
  if (text->failed) return;
  if (length >= text->capacity - text->length) { /* did not fit: make room and format again */
    void *data = text->data;
    if (qy_grow(&data, &text->capacity, text->length + length + 1, 1)) {
      text->failed = true;
      return;
    }
    text->data = data;
    va_start(args, format);
    put(text, format, args);
    va_end(args);
  }
  text->length += length;
}

void qy_text_free(qy_text *text)
{
  free(text->data);
  *text = (qy_text){0};
}
