/* SPDX-License-Identifier: Apache-2.0 */
/* days.h: which days an EDTF date may mean */
#ifndef EXCHANGE_DAYS_H
#define EXCHANGE_DAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The first and the last day, counted from 1970-01-01, that the value of a
 * date field ("gregorian 2031-05", "gregorian 203X/2040-01-02") may mean.
 * False when that cannot be said: another calendar, an open or unknown end, a
 * season, a year beyond four digits.
 */
bool days_of(const void *value, size_t n, int64_t *first, int64_t *last);
/* The day of a time, in UTC. */
int64_t days_at(int64_t time);

#endif
