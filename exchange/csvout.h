/* SPDX-License-Identifier: Apache-2.0 */
/* csvout.h: writing tables as RFC 4180, safe to open in a spreadsheet */
#ifndef EXCHANGE_CSVOUT_H
#define EXCHANGE_CSVOUT_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether a spreadsheet may take a text for a formula: it begins with = + - @,
 * also in their wide forms, TAB, CR or LF, perhaps behind apostrophes, spaces
 * and what cannot be seen.
 */
bool csv_is_formula(const void *p, size_t n);
/*
 * One cell, with a comma in front unless `first`. What may be a formula gets
 * one more apostrophe in front; whoever reads it back takes one away where a
 * cell begins with one and csv_is_formula is true. Then RFC 4180: in quotes when it holds a quote,
 * comma, CR or LF. Bytes that are not UTF-8 go through as they are.
 */
void csv_put(struct vlt_buf *out, const void *p, size_t n, bool first);
/* The end of a row: CR LF. */
void csv_end(struct vlt_buf *out);

#endif
