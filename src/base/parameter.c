/* Values of parameters in the structs of their owners: see parameter.h. */
#include "quarry/parameter.h"

#include <assert.h>
#include <string.h>

const char *const qy_no_yes[2] = {"no", "yes"};

void qy_parameter_set(void *owner, const qy_parameter *row, double value)
{
  assert(owner && row);
  char *at = (char *)owner + row->offset;
  const int whole = row->field == QY_FIELD_DOUBLE ? 0 : (int)value;
  const bool flag = value != 0;
  switch (row->field) {
  case QY_FIELD_INT: memcpy(at, &whole, sizeof whole); break;
  case QY_FIELD_BOOL: memcpy(at, &flag, sizeof flag); break;
  case QY_FIELD_DOUBLE: memcpy(at, &value, sizeof value); break;
  }
}

double qy_parameter_get(const void *owner, const qy_parameter *row)
{
  assert(owner && row);
  const char *at = (const char *)owner + row->offset;
  int whole;
  bool flag;
  double value = 0;
  switch (row->field) {
  case QY_FIELD_INT: memcpy(&whole, at, sizeof whole); return whole;
  case QY_FIELD_BOOL: memcpy(&flag, at, sizeof flag); return flag;
  case QY_FIELD_DOUBLE: memcpy(&value, at, sizeof value); break;
  }
  return value;
}
