/* SPDX-License-Identifier: Apache-2.0 */
/* share_check.c: whether shares can still be read, and what they open */
#include "share_check.h"

#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "shares_in.h"
#include "tr.h"
#include "unlocking.h"

#include <string.h>

struct set_search {
    struct cli *c;
    struct vault_share_view share;
    bool found;
    struct vault_slot_about about;
    uint8_t slot[VAULT_HASH][VAULT_ID]; /* of kind recovery; 32 at most */
    size_t slots;
};

static int
note_slot(void *ctx, const struct vault_slot *s)
{
    struct set_search *q = ctx;

    if (s->kind == VAULT_SLOT_RECOVERY && q->slots < VLT_COUNT(q->slot))
        memcpy(q->slot[q->slots++], s->id, VAULT_ID);
    return 0;
}

VAULT_CHECKED static enum vault_status
search(struct set_search *q, struct vault_error *err)
{
    enum vault_status st = vault_slots(q->c->vault, note_slot, q, err);

    for (size_t i = 0; st == VAULT_OK && i < q->slots && !q->found; i++) {
        st = vault_slot_about(q->c->vault, q->slot[i], &q->about, err);
        q->found = st == VAULT_OK && q->about.known &&
            strcmp(q->about.set, q->share.set) == 0 &&
            q->about.threshold == q->share.threshold;
    }
    return st;
}

static void
tell_share(const struct cli *c, const struct set_search *q)
{
    const struct vault_share_view *v = &q->share;
    struct jline j;

    if (c->g.json) {
        jline_begin(&j, "share");
        jline_text(&j, "set", v->set);
        jline_text_n(&j, "index", &v->index, 1);
        jline_u64(&j, "threshold", v->threshold);
        if (c->vault != NULL)
            jline_bool(&j, "in_vault", q->found);
        jline_end(&j);
        return;
    }
    if (v->index == 's')
        out_printf(tr("recovery sheet of set %s, opens alone: its checksum "
                      "holds\n"),
            v->set);
    else
        out_printf(tr("share %c of set %s, %u are needed: its checksum "
                      "holds\n"),
            v->index, v->set, v->threshold);
    if (c->vault == NULL)
        return;
    if (q->found)
        out_printf(tr("this vault has a way to unlock by set %s, any %u of "
                      "%u\n"),
            q->about.set, q->about.threshold, q->about.total);
    else
        out_printf(tr("this vault has no way to unlock by set %s\n"), v->set);
}

/* Each by itself: they may be of several sets. */
VAULT_CHECKED static enum vault_status
check_all(struct cli *c, const struct vault_shares *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < vault_shares_count(s); i++) {
        struct set_search q = {.c = c};

        vault_shares_view(s, i, &q.share);
        if (c->vault != NULL)
            st = search(&q, err);
        if (st == VAULT_OK)
            tell_share(c, &q);
    }
    return st;
}

VAULT_CHECKED static enum vault_status
check_one(struct cli *c, const char *path, struct vault_error *err)
{
    struct vault_shares *s = vault_shares_new();
    enum vault_status st;

    if (s == NULL)
        return vlt_fail_memory(err);
    st = path != NULL
        ? shares_file(path, s, err)
        : shares_ask(s, false, N_("name files with the shares"), err);
    if (st == VAULT_OK)
        st = check_all(c, s, err);
    vault_shares_free(s);
    return st;
}

enum vault_status
share_check(struct cli *c, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (c->g.vault != NULL)
        st = unlock_only(c, err);
    if (st == VAULT_OK && c->args.n == 0)
        st = check_one(c, NULL, err);
    for (size_t i = 0; st == VAULT_OK && i < c->args.n; i++)
        st = check_one(c, c->args.v[i], err);
    return st;
}
