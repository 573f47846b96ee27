/* The bills of a vector of lanes, behind vectors.h: BILL is what they are, COUNT(bill, item) and TIME(bill, field) are
 * places in them; MODE_COUNT(bill, modes, value) puts products into each lane's mode, `none` into the others.  No guard:
 * bill_end.h forgets them. */
typedef struct FN(run_bill) {
  qy_lane_bill *of;
  int at; /* first lane of the vector */
} FN(run_bill);

#define BILL              FN(run_bill)
#define MODES             REAL
#define COUNT(bill, item) LANES_AT((bill)->of->count[item], (bill)->at)
#define TIME(bill, field) LANES_AT((bill)->of->field, (bill)->at)
#define MODE_COUNT(bill, modes, value)                                                                                 \
  for (int k = 0; k < QY_PE_MODES_MAX; k++)                                                                            \
  COUNT(bill, QY_EVENT_PRODUCT + k) = FN(select)((modes) == (double)k, value, none)
