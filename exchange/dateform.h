/* SPDX-License-Identifier: Apache-2.0 */
/* dateform.h: dates as tables write them */
#ifndef EXCHANGE_DATEFORM_H
#define EXCHANGE_DATEFORM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A form is `dd`, `mm` and `yyyy` in any order with one of . / - between
 * them, such as dd.mm.yyyy or mm/dd/yyyy; or `edtf`, which takes everything
 * as it is.
 */
bool dateform_ok(const char *form);

/*
 * The date in EDTF: a day, or with less said a month or a year ("10.2029",
 * "00.10.2029", "2029"). False when it does not have that form; whether there
 * is such a day is not looked at. `out` has DATEFORM_SIZE bytes.
 */
enum { DATEFORM_SIZE = 64 };
bool dateform_edtf(const char *form, const char *s, size_t n,
    char out[DATEFORM_SIZE]);

#endif
