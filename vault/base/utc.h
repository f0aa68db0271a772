/* SPDX-License-Identifier: Apache-2.0 */
/* utc.h: a time as text, the same for everybody */
#ifndef VLT_UTC_H
#define VLT_UTC_H

#include <stdint.h>

enum { VLT_UTC_TEXT = 40 }; /* with the final 0 */

/* Seconds since 1970 as RFC 3339 in UTC; times that it cannot say (before
 * the year 1 or after 9999) as a number of seconds. */
void vlt_utc_text(char out[VLT_UTC_TEXT], int64_t time);

#endif
