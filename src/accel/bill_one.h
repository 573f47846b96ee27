/* The bill of one point, as what a run puts on it and what prices it have it: see bill_lanes.h.  No guard. */
#define BILL                          qy_bill
#define MODES                         int
#define COUNT(bill, item)             ((bill)->count[item])
#define TIME(bill, field)             ((bill)->field)
#define MODE_COUNT(bill, mode, value) ((bill)->count[QY_EVENT_PRODUCT + (mode)] = (value))
