/* Side of a square of so many square micrometres in sides of an element, for one or for each lane of a vector: see
 * scalars.h and vectors.h, one of which is included before.  1 where there is no area.  No guard. */
CODE REAL FN(pitches)(REAL element_um2, REAL um2)
{
  return FN(select)((element_um2 > 0) & (um2 > 0), ROOT(um2 / element_um2), WIDE(1.0));
}
