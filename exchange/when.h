/* SPDX-License-Identifier: Apache-2.0 */
/* when.h: times for people and for scripts */
#ifndef EXCHANGE_WHEN_H
#define EXCHANGE_WHEN_H

#include <stdbool.h>
#include <stdint.h>

enum { WHEN_SIZE = 40 };

/* RFC 3339 in UTC: 2031-11-04T09:00:00Z. Years beyond 9999 are written with
 * as many digits as they have. */
void when_utc(char out[WHEN_SIZE], int64_t t);
/* For people, in the machine's zone: 2031-11-04 14:00 +05:00; "-" when
 * negative. */
void when_local(char out[WHEN_SIZE], int64_t t);
/*
 * YYYY-MM-DD (midnight in the machine's zone) or RFC 3339 with its offset,
 * seconds since 1970. False when it is neither, or no such day or time.
 */
bool when_parse(const char *s, int64_t *t);

#endif
