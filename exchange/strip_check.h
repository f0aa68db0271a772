/* SPDX-License-Identifier: Apache-2.0 */
/* strip_check.h: a second reader that looks for metadata in a finished copy */
#ifndef EXCHANGE_STRIP_CHECK_H
#define EXCHANGE_STRIP_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * Nothing is shared with the code that made the copy. Each knows only the
 * narrow shape that a copy has, and refuses all else.
 *   VAULT_E_INTERNAL  something is there that should not be
 */
VAULT_CHECKED enum vault_status strip_check_jpeg(const uint8_t *p, size_t n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status strip_check_png(const uint8_t *p, size_t n,
    struct vault_error *err);
VAULT_CHECKED enum vault_status strip_check_pdf(const uint8_t *p, size_t n,
    struct vault_error *err);

#endif
