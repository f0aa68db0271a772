/* SPDX-License-Identifier: Apache-2.0 */
/* shares.c: shares as callers hold, show and offer them */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "handle.h"
#include "shares.h"

static_assert((int)VAULT_SHARE_TEXT == (int)VLT_SHARE_TEXT, "one text");
static_assert((int)VAULT_SHARE_PRINT ==
        (int)(VLT_SHARE_TEXT + (VLT_SHARE_TEXT - 2) / VLT_SHARE_GROUP),
    "a space between groups");

struct vault_shares *
vlt_shares_wrap(struct vlt_shares *set)
{
    struct vault_shares *s =
        set != NULL ? calloc(1, sizeof(struct vault_shares)) : NULL;

    if (s == NULL) {
        vlt_shares_free(set);
        return NULL;
    }
    s->set = set;
    return s;
}

struct vault_shares *
vault_shares_new(void)
{
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return NULL;
    return vlt_shares_wrap(vlt_shares_new());
}

void
vault_shares_free(struct vault_shares *s)
{
    if (s == NULL)
        return;
    vlt_shares_free(s->set);
    free(s);
}

enum vault_status
vault_shares_add(struct vault_shares *s, const char *text, size_t n,
    struct vault_share_view *view, struct vault_error *err)
{
    enum vault_status st = vlt_shares_add(s->set, text, n, err);

    if (st == VAULT_OK && view != NULL)
        vault_shares_view(s, s->set->n - 1, view);
    return st;
}

size_t
vault_shares_count(const struct vault_shares *s)
{
    return s->set->n;
}

size_t
vault_shares_missing(const struct vault_shares *s)
{
    return vlt_shares_missing(s->set);
}

void
vault_shares_view(const struct vault_shares *s, size_t i,
    struct vault_share_view *out)
{
    const struct vlt_share *share;

    assert(i < s->set->n);
    share = &s->set->s[i];
    memcpy(out->set, share->id, sizeof out->set);
    out->index = share->index;
    out->threshold = share->index == 's' ? 1 : share->threshold;
}

void
vault_shares_text(const struct vault_shares *s, size_t i,
    char out[VAULT_SHARE_TEXT])
{
    assert(i < s->set->n);
    vlt_share_text(&s->set->s[i], out);
}

void
vault_shares_print(const struct vault_shares *s, size_t i,
    char out[VAULT_SHARE_PRINT])
{
    char text[VAULT_SHARE_TEXT];
    size_t at = 0;
    size_t c;

    vault_shares_text(s, i, text);
    for (c = 0; text[c] != 0; c++) {
        if (c > 0 && c % VLT_SHARE_GROUP == 0)
            out[at++] = ' ';
        out[at++] = text[c];
    }
    out[at] = 0;
    vlt_wipe(text, sizeof text);
}

enum vault_status
vault_key_shares(struct vault_key *key, const struct vault_shares *s,
    struct vault_error *err)
{
    struct vlt_recovery *secret = NULL;
    enum vault_status st = vlt_shares_join(s->set, &secret, err);

    if (st != VAULT_OK)
        return st;
    vlt_recovery_free(key->recovery);
    key->recovery = secret;
    return VAULT_OK;
}

enum vault_status
vault_key_identity(struct vault_key *key, struct vault *hq,
    struct vault_error *err)
{
    enum vault_status st = vlt_need_unlocked(hq, err);

    if (st == VAULT_OK)
        key->hq = hq;
    return st;
}
