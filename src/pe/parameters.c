/* The parameters of elements, a row each: names, ranges, defaults, help.  Which kind takes which stands in its row. */
#include "pe_int.h"

static const char *const kinds[] = {
#define ELEMENT(NAME, name) #name,
#include "quarry/pe.def"
#undef ELEMENT
};
static const char *const multipliers[QY_MULTIPLIER_COUNT] = {
    [QY_MULTIPLIER_ARRAY] = "array", [QY_MULTIPLIER_BOOTH] = "booth"};
static const char *const sides[QY_PE_SIDE_COUNT] = {
    [QY_PE_AT_BEST] = "best", [QY_PE_AT_LEFT] = "left", [QY_PE_AT_RIGHT] = "right"};
static const char *const sharings[QY_PE_SHARING_COUNT] = {
    [QY_PE_SHARE_OUTPUTS] = "outputs", [QY_PE_SHARE_HYBRID] = "hybrid", [QY_PE_SHARE_INPUTS] = "inputs"};
static const char *const operands[QY_PE_OPERANDS_COUNT] = {
    [QY_PE_OPERANDS_UNIFORM] = "uniform", [QY_PE_OPERANDS_TRAINED] = "trained"};

/* clang-format off */
#define INTEGER(member_, low_, high_) \
  .key = #member_, .type = QY_PARAMETER_INTEGER, .low = (low_), .high = (high_), QY_MEMBER(qy_pe_params, member_)
#define FLAG(member_) \
  .key = #member_, .type = QY_PARAMETER_CHOICE, QY_NAMES(qy_no_yes), QY_MEMBER(qy_pe_params, member_)

const qy_parameter qy_pe_kind_parameter = {
    .key = "kind", .type = QY_PARAMETER_CHOICE, QY_NAMES(kinds), QY_MEMBER(qy_pe_params, kind),
    .required = true, .help = "processing element"};
const qy_parameter qy_pe_multiplier_parameter = {
    .key = "multiplier", .type = QY_PARAMETER_CHOICE, QY_NAMES(multipliers), QY_MEMBER(qy_pe_params, multiplier),
    .fallback = QY_MULTIPLIER_BOOTH, .help = "multiplier architecture"};
const qy_parameter qy_pe_bits_parameter = {
    INTEGER(bits, 2, 32), .fallback = 16, .unit = "bit", .help = "operand (activation) width"};
const qy_parameter qy_pe_weight_bits_parameter = {
    INTEGER(weight_bits, 2, 32), .automatic = true, .unit = "bit",
    .help = "weight or code width; auto: that of the kind"};
const qy_parameter qy_pe_accumulator_bits_parameter = {
    INTEGER(accumulator_bits, 4, 64), .automatic = true, .unit = "bit",
    .help = "accumulator width; auto: that of the kind, none for code elements"};
const qy_parameter qy_pe_split_parameter = {
    INTEGER(split, -1, 32), .automatic = true,
    .help = "seglog: codes below it step by the square root of 2; -1: none"};
const qy_parameter qy_pe_splits_parameter = {
    INTEGER(splits, 2, 8), .automatic = true, .help = "brslog: selectable splits, 2, 4 or 8"};
const qy_parameter qy_pe_root_parameter = {
    INTEGER(root, 1, 4), .automatic = true,
    .help = "square root of 2: 1: 1+1/2, 2: 1+1/4+1/8, 3: 1+1/2-1/16, 4: 1+1/4+1/8+1/32"};
const qy_parameter qy_pe_output_bits_parameter = {
    INTEGER(output_bits, 3, 64), .automatic = true, .unit = "bit",
    .help = "product width of code elements; auto: lossless"};
const qy_parameter qy_pe_m_bits_parameter = {
    INTEGER(m_bits, 2, 4), .automatic = true, .unit = "bit", .help = "shift_add: bits of m in 2^s (2^n m + 1)"};
const qy_parameter qy_pe_m_odd_parameter = {FLAG(m_odd), .help = "shift_add: m is 0, 1, 3, 5, ..."};
const qy_parameter qy_pe_shared_parameter = {
    FLAG(shared), .help = "shift_add: multiples are made once per row and come in"};
const qy_parameter qy_pe_terms_parameter = {
    INTEGER(terms, 1, 2), .automatic = true, .help = "lightpe: shifts per product"};
const qy_parameter qy_pe_input_registers_parameter = {
    FLAG(input_registers), .help = "operand registers inside the element"};
const qy_parameter qy_pe_output_registers_parameter = {
    FLAG(output_registers), .help = "a register behind the result"};
const qy_parameter qy_pe_operands_at_parameter = {
    .key = "operands_at", .type = QY_PARAMETER_CHOICE, QY_NAMES(sides), QY_MEMBER(qy_pe_params, operands_at),
    .help = "where operands of narrower modes stand: left, zeros below; right, sign-extended; best, the cheaper one"};
const qy_parameter qy_pe_sharing_parameter = {
    .key = "sharing", .type = QY_PARAMETER_CHOICE, QY_NAMES(sharings), QY_MEMBER(qy_pe_params, sharing),
    .help = "composed: narrow products are summed, share their weight, or share both operands"};
const qy_parameter qy_pe_subword_parameter = {
    FLAG(subword), .help = "composed: a sub-word meets one partner; no: all small multipliers work in every mode"};
const qy_parameter qy_pe_group_parameter = {
    INTEGER(group, 1, QY_PE_GROUP_MAX), .automatic = true,
    .help = "composed: lanes summed before the shift, which they share; auto: 1"};
const qy_parameter qy_pe_units_parameter = {
    INTEGER(units, 1, QY_PE_LANES_MAX), .automatic = true,
    .help = "composed: groups, each with its own shifts, summed; auto: 1"};
const qy_parameter qy_pe_unsigned_parameter = {
    FLAG(unsigned_operands), .help = "composed: operands without sign"};
const qy_parameter qy_pe_separate_parameter = {
    FLAG(separate_sums), .help = "composed: adders behind the units once for each mode, as a case over modes is written"};
const qy_parameter qy_pe_operands_parameter = {
    .key = "operands", .type = QY_PARAMETER_CHOICE, QY_NAMES(operands),
    .help = "what it is priced with: uniform random words, or Laplacian weights and ReLU activations"};
const qy_parameter qy_pipeline_parameter = {
    .key = "pipeline_for", .type = QY_PARAMETER_CHOICE, .names = qy_pipeline_for_names,
    .name_count = QY_PIPELINE_FOR_COUNT, .fallback = QY_PIPELINE_FOR_BOTH,
    .help = "pipeline stages: the cheapest in that; both: the fewest beyond which more save neither 1 %; clock: the "
            "fewest"};
/* clang-format on */

static const qy_parameter *const all[] = {&qy_pe_kind_parameter,
                                          &qy_pe_multiplier_parameter,
                                          &qy_pe_bits_parameter,
                                          &qy_pe_weight_bits_parameter,
                                          &qy_pe_accumulator_bits_parameter,
                                          &qy_pe_split_parameter,
                                          &qy_pe_splits_parameter,
                                          &qy_pe_root_parameter,
                                          &qy_pe_output_bits_parameter,
                                          &qy_pe_m_bits_parameter,
                                          &qy_pe_m_odd_parameter,
                                          &qy_pe_shared_parameter,
                                          &qy_pe_terms_parameter,
                                          &qy_pe_input_registers_parameter,
                                          &qy_pe_output_registers_parameter,
                                          &qy_pe_operands_at_parameter,
                                          &qy_pe_sharing_parameter,
                                          &qy_pe_subword_parameter,
                                          &qy_pe_group_parameter,
                                          &qy_pe_units_parameter,
                                          &qy_pe_unsigned_parameter,
                                          &qy_pe_separate_parameter};

const qy_parameter *const *qy_pe_parameters(size_t *count)
{
  *count = sizeof all / sizeof all[0];
  return all;
}

const char *qy_pe_side_name(qy_pe_side side)
{
  assert((unsigned)side < QY_PE_SIDE_COUNT);
  return sides[side];
}
