/* SPDX-License-Identifier: Apache-2.0 */
/* strip.h: copies without embedded metadata (a stand-in: nothing is known) */
#ifndef EXCHANGE_STRIP_H
#define EXCHANGE_STRIP_H

#include <stddef.h>
#include <stdint.h>
#include <vault/vault.h>

enum strip_kind { STRIP_NONE, STRIP_JPEG, STRIP_PNG, STRIP_PDF };

/* By content. */
enum strip_kind strip_kind(const void *head, size_t n);

/* Gives all bytes, in order, to `write`; may be asked more than once. */
struct strip_in {
    enum vault_status (*give)(void *ctx,
        enum vault_status (
            *write)(void *to, const void *p, size_t n, struct vault_error *err),
        void *to, struct vault_error *err);
    void *ctx;
};
struct strip_out {
    enum vault_status (
        *write)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
};
VAULT_CHECKED enum vault_status strip_copy(const struct strip_in *in,
    const struct strip_out *out,
    int (*removed)(void *ctx, const char *what, uint64_t bytes), void *ctx,
    struct vault_error *err);

#endif
