/* Inside component*.c: a component being built, and one function for each kind. */
#ifndef QUARRY_VALIDATE_COMPONENT_INT_H
#define QUARRY_VALIDATE_COMPONENT_INT_H

#include "component.h"

enum { COMPONENT_KEYS_MAX = 16 };

/* The parameters that a kind has asked for. */
typedef struct component_keys {
  const char *key[COMPONENT_KEYS_MAX];
  int count;
} component_keys;

typedef struct component_maker {
  component *made;
  component_keys *asked; /* NULL: not wanted */
  qy_circuit *c;
  const char *params;
  const char *reason; /* first thing that is wrong, NULL: nothing */
  bool every_gate;    /* also those that an operator's cells hold already */
} component_maker;

/* Kinds, each built by component_KIND.  A builder may go on after a reason is kept: the circuit is thrown away. */
/* clang-format off */
#define COMPONENT_KINDS \
  ROW(mul_u) ROW(mul_s) ROW(mul_sb) ROW(mul_booth) ROW(mul_us) ROW(cmul) ROW(mac_u) ROW(mac_s) ROW(dot) ROW(rescale) \
  ROW(sa) ROW(st) ROW(macst) ROW(st_plain) \
  ROW(add) ROW(sub) ROW(addsub) ROW(add3) ROW(negif) ROW(acc) ROW(tree) ROW(xnorpop) ROW(shadd) ROW(requant) \
  ROW(bshl) ROW(bsra) ROW(bshx) ROW(brot) ROW(cshl) ROW(mux2) ROW(mux4) ROW(mux8) ROW(mux16) ROW(mux32) \
  ROW(reg2) ROW(delay) ROW(counter) ROW(lt) ROW(eq) ROW(max) ROW(lod) ROW(rom) ROW(rf) \
  ROW(logpe) ROW(logpe_sw) ROW(mpe) ROW(mpe_acc) ROW(mpe_sw) ROW(pot_mac) ROW(pot_dot) ROW(sp2_mac) ROW(sp2_mul)  \
  ROW(apot_mul)
/* clang-format on */

#define ROW(kind) void component_##kind(component_maker *m);
COMPONENT_KINDS
#undef ROW

/* Keep the first thing that is wrong; a static text. */
void component_refuse(component_maker *m, const char *reason);
/* Value of KEY=VALUE in the parameters, NULL when missing; *length is that of the value.  `key` is a static text. */
const char *component_param_text(const component_maker *m, const char *key, size_t *length);
/* Refuse parameters that are given twice or that the kind, once made, has not asked for; *reason lives in the arena. */
qy_status component_check_params(const char **reason, const char *params, const component_keys *asked, qy_arena *arena,
                                 qy_error *err);
/* An integer parameter within low..high; low when it is not (and the reason is kept). */
int component_param(component_maker *m, const char *key, int low, int high);
/* An input and its register; inputs beyond COMPONENT_INPUTS_MAX are refused. */
qy_net component_in(component_maker *m, const char *name, int width, component_role role);
/* The same with a number behind the name. */
qy_net component_in_numbered(component_maker *m, const char *name, int number, int width, component_role role);
/* A register and its output. */
void component_out(component_maker *m, const char *name, const char *register_name, qy_net net);
/* The accumulator register and its value gated by `clr`: *gated is what is added to. */
qy_net component_accumulator(component_maker *m, int width, qy_net *gated);
void component_accumulate(component_maker *m, qy_net acc, qy_net next);
/* Sum of count >= 1 words in a balanced tree, no bit lost but those above `most`; word[] is used up. */
qy_net component_sum(component_maker *m, qy_net *word, int count, bool is_signed, int most);

#endif
