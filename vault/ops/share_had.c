/* SPDX-License-Identifier: Apache-2.0 */
/* share_had.c: what the recipients of a bundle have already */
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "sent.h"
#include "sharing.h"

/* Every card of the recipients' vaults, older generations too. */
struct known {
    uint8_t fingerprint[32];
    uint32_t who;
};
struct loading {
    struct vault_share *s;
    size_t n, cap;
    struct known *known;
};

static enum vault_status
take_pin(void *ctx, const struct vlt_pin *p, struct vault_error *err)
{
    struct loading *l = ctx;
    struct known *more = l->known;
    size_t i;

    for (i = 0; i < l->s->recipients; i++) {
        if (memcmp(l->s->pin[i].card.vault, p->card.vault, 16) != 0)
            continue;
        if (l->n == l->cap) {
            l->cap = l->cap == 0 ? 16 : 2 * l->cap;
            more = realloc(more, l->cap * sizeof *more);
            if (more == NULL)
                return vlt_fail_memory(err);
            l->known = more;
        }
        memcpy(more[l->n].fingerprint, p->card.fingerprint, 32);
        more[l->n++].who = (uint32_t)i;
    }
    return VAULT_OK;
}

static enum vault_status
push(struct vault_share *s, const uint8_t stmt[32], uint32_t who, bool part,
    struct vault_error *err)
{
    struct vlt_share_had *more = s->had;

    if (s->had_n == s->had_cap) {
        size_t cap = s->had_cap == 0 ? 256 : 2 * s->had_cap;

        more = realloc(more, cap * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        s->had = more;
        s->had_cap = cap;
    }
    memcpy(more[s->had_n].stmt, stmt, 32);
    more[s->had_n].who = who;
    more[s->had_n++].part = part;
    return VAULT_OK;
}

static enum vault_status
take_sent(void *ctx, const struct vlt_sent *sent, struct vault_error *err)
{
    struct loading *l = ctx;
    enum vault_status st = VAULT_OK;
    size_t i, k, j;

    for (i = 0; i < sent->to_len; i++) {
        for (k = 0; k < l->n; k++) {
            if (memcmp(sent->to[i], l->known[k].fingerprint, 32) != 0)
                continue;
            for (j = 0; st == VAULT_OK && j < sent->n; j++)
                st =
                    push(l->s, sent->stmt[j], l->known[k].who, sent->part, err);
        }
    }
    return st;
}

/* Whole before in part, so that the first one found says the most. */
static int
by_statement(const void *a, const void *b)
{
    const struct vlt_share_had *x = a;
    const struct vlt_share_had *y = b;
    int c = memcmp(x->stmt, y->stmt, sizeof x->stmt);

    if (c == 0)
        c = (x->who > y->who) - (x->who < y->who);
    return c != 0 ? c : x->part - y->part;
}

enum vault_status
vlt_share_had_load(struct vault_share *s, struct vault_error *err)
{
    struct loading l = {.s = s};
    enum vault_status st;

    if (s->sealed)
        return VAULT_OK;
    st = vlt_store_data_version(s->v->store, &s->version, err);
    if (st == VAULT_OK)
        st = vlt_pins(s->v, take_pin, &l, err);
    if (st == VAULT_OK)
        st = vlt_sents(s->v, take_sent, &l, err);
    free(l.known);
    if (st != VAULT_OK)
        return st;
    if (s->had_n > 1)
        qsort(s->had, s->had_n, sizeof *s->had, by_statement);
    s->sealed = true;
    return VAULT_OK;
}

static bool
has(const struct vault_share *s, const uint8_t stmt[32], uint32_t who,
    bool part)
{
    struct vlt_share_had key = {.who = who};
    size_t low = 0, high = s->had_n;

    memcpy(key.stmt, stmt, 32);
    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (by_statement(&s->had[mid], &key) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < s->had_n && s->had[low].who == who &&
        memcmp(s->had[low].stmt, stmt, 32) == 0 && (part || !s->had[low].part);
}

bool
vlt_share_had_all(const struct vault_share *s, const uint8_t stmt[32],
    const uint8_t origin[16], const uint8_t *from, bool part)
{
    size_t i;

    for (i = 0; i < s->recipients; i++) {
        const struct vlt_card *c = &s->pin[i].card;

        if (memcmp(c->vault, origin, 16) == 0 ||
            (from != NULL && memcmp(c->fingerprint, from, 32) == 0))
            continue;
        if (!has(s, stmt, (uint32_t)i, part))
            return false;
    }
    return true;
}
