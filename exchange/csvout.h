/* SPDX-License-Identifier: Apache-2.0 */
/* csvout.h: writing tables as RFC 4180, safe to open in a spreadsheet */
#ifndef EXCHANGE_CSVOUT_H
#define EXCHANGE_CSVOUT_H

#include "bytes.h"

/*
 * One cell, with a comma in front unless `first`. A text that a spreadsheet
 * would take for a formula (it begins with = + - @ TAB or CR, perhaps behind
 * apostrophes) gets one more apostrophe in front; whoever reads it back takes
 * one away where that is so. Then RFC 4180: in quotes when it holds a quote,
 * comma, CR or LF. Bytes that are not UTF-8 go through as they are.
 */
void csv_put(struct vlt_buf *out, const void *p, size_t n, bool first);
/* The end of a row: CR LF. */
void csv_end(struct vlt_buf *out);

#endif
