/* SPDX-License-Identifier: Apache-2.0 */
/* edtf.h: the shape of EDTF level 1 dates (ISO 8601-2, section 6.2) */
#ifndef VLT_EDTF_H
#define VLT_EDTF_H

#include <stdbool.h>
#include <stddef.h>

enum { VLT_EDTF_MAX = 64 };

/*
 * Whether s is an EDTF level 0 or 1 expression of at most 64 characters: a
 * year, month or day; a date with a time of day and zone; a season (month
 * 21 to 24); a long year (Y and at least five digits); unspecified digits
 * (X); a qualifier (?, ~, %) at the end; an interval of two such dates, one
 * of which may be open (..) or unknown (empty). As the calendar may be any,
 * only ranges are checked that every calendar keeps: months 1 to 13, days 1
 * to 32.
 */
bool vlt_edtf_ok(const char *s, size_t len);

#endif
