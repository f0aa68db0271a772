/* SPDX-License-Identifier: Apache-2.0 */
/* icc_clean.h: a colour profile with its colours and nothing else */
#ifndef EXCHANGE_ICC_CLEAN_H
#define EXCHANGE_ICC_CLEAN_H

#include "bytes.h"

enum { ICC_MAX = 16 * 1024 * 1024 };

/*
 * Append the profile rebuilt: the numbers that colours are computed from;
 * without description, copyright, makers, models, dates, serial numbers and
 * private tags. False when it is no profile this can be done with; out may
 * then hold a part.
 */
bool icc_clean(const uint8_t *p, size_t n, struct vlt_buf *out);

#endif
