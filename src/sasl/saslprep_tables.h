/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Unicode 3.2 as stringprep needs it, 19 kB that are only ever read from the
 * front. Numbers are varints, seven bits a byte, the lowest first.
 */
#ifndef KAFC_SASL_SASLPREP_TABLES_H
#define KAFC_SASL_SASLPREP_TABLES_H

#include <stdint.h>

/* Sets: from the end of the last range to the next, and its length; length 0 ends. */
extern const uint8_t kafc__saslprep_spaces[];        /* C.1.2 */
extern const uint8_t kafc__saslprep_nothing[];       /* B.1 */
extern const uint8_t kafc__saslprep_prohibited[];    /* C.1.2 to C.9 */
extern const uint8_t kafc__saslprep_unassigned[];    /* A.1 */
extern const uint8_t kafc__saslprep_right_to_left[]; /* D.1 */
extern const uint8_t kafc__saslprep_left_to_right[]; /* D.2 */
/* The same with the canonical combining class, a byte, behind each. */
extern const uint8_t kafc__saslprep_classes[];
/* All that NFKC takes apart, but for Hangul: a byte of one bit "composes again", five for how many characters it
 * becomes (0 ends), one "not the next code point", which the distance follows then; its first character as the distance
 * from the former entry's first, the others from the one before, both zigzag. What composes has one step, the others
 * all. */
extern const uint8_t kafc__saslprep_decompositions[];

#endif
