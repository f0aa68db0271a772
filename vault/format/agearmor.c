/* SPDX-License-Identifier: Apache-2.0 */
/* agearmor.c: writing an age file's bytes, armored if asked */
#include "agebytes.h"
#include "text.h"

#include <string.h>

static const char first_line[] = "-----BEGIN AGE ENCRYPTED FILE-----\n";
static const char last_line[] = "-----END AGE ENCRYPTED FILE-----\n";
enum { LINES = 64 }; /* so many at once */

static enum vault_status
begin(struct vlt_age_armor *a, struct vault_error *err)
{
    if (a->begun)
        return VAULT_OK;
    a->begun = true;
    return a->write(a->ctx, first_line, sizeof first_line - 1, err);
}

/* Whole lines of p, and a last one that is shorter. */
static enum vault_status
put_lines(struct vlt_age_armor *a, const uint8_t *p, size_t n,
    struct vault_error *err)
{
    char text[LINES * (VLT_ARMOR_COLUMNS + 1) + 1];
    enum vault_status st = VAULT_OK;
    size_t take, at;

    while (n > 0 && st == VAULT_OK) {
        for (at = 0; n > 0 && at < sizeof text - 1; p += take, n -= take) {
            take = n < VLT_ARMOR_BYTES ? n : VLT_ARMOR_BYTES;
            vlt_b64(text + at, p, take);
            at += VLT_B64_SIZE(take);
            text[at++] = '\n';
        }
        st = a->write(a->ctx, text, at, err);
    }
    return st;
}

enum vault_status
vlt_age_armor_write(struct vlt_age_armor *a, const void *p, size_t n,
    struct vault_error *err)
{
    const uint8_t *bytes = p;
    size_t take = VLT_ARMOR_BYTES - a->len;
    enum vault_status st;

    if (!a->armor)
        return a->write(a->ctx, p, n, err);
    st = begin(a, err);
    if (st == VAULT_OK && a->len > 0 && n >= take) {
        memcpy(a->line + a->len, bytes, take);
        st = put_lines(a, a->line, sizeof a->line, err);
        a->len = 0;
        bytes += take;
        n -= take;
    }
    take = a->len > 0 ? 0 : n - n % VLT_ARMOR_BYTES;
    if (st == VAULT_OK)
        st = put_lines(a, bytes, take, err);
    if (st != VAULT_OK)
        return st;
    memcpy(a->line + a->len, bytes + take, n - take);
    a->len += n - take;
    return VAULT_OK;
}

enum vault_status
vlt_age_armor_finish(struct vlt_age_armor *a, struct vault_error *err)
{
    enum vault_status st;

    if (!a->armor)
        return VAULT_OK;
    st = begin(a, err);
    if (st == VAULT_OK)
        st = put_lines(a, a->line, a->len, err);
    if (st == VAULT_OK)
        st = a->write(a->ctx, last_line, sizeof last_line - 1, err);
    return st;
}
