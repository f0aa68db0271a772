/* SPDX-License-Identifier: Apache-2.0 */
/* witness_list.c: witnesses of this vault, and the logs it countersigns */
#include "witness_cmds.h"

#include "card_show.h"
#include "code_out.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>
#include <vault/witness.h>

/* ---- both lists ---- */

struct listing {
    const struct cli *c;
    uint64_t n;
};

static int
list_witness(void *ctx, const struct vault_witness *w)
{
    struct listing *l = ctx;
    char when[WHEN_SIZE];
    struct jline j;

    if (l->c->g.json) {
        jline_begin(&j, "witness");
        jline_text(&j, "name", w->name);
        jline_bool(&j, "compared", w->compared);
        jline_text(&j, "vkey", w->key.vkey);
        jline_text(&j, "letters", w->key.letters);
        jline_text(&j, "digits", w->key.digits);
        jline_time(&j, "pinned", w->pinned);
        jline_u64(&j, "logs", w->logs);
        jline_time(&j, "time", w->time);
        jline_end(&j);
        return 0;
    }
    if (l->n++ == 0)
        out_printf("%s\n", tr("Witnesses of this vault"));
    out_text("  ");
    out_column(w->name, 20, true);
    when_local(when, w->time);
    out_printf(" %s  %s  ", w->key.letters, when);
    out_text(w->compared ? tr("compared by you") : tr("not compared"));
    out_text("\n");
    return 0;
}

static int
list_seen(void *ctx, const struct vault_seen_log *s)
{
    struct listing *l = ctx;
    char when[WHEN_SIZE];
    struct jline j;

    if (l->c->g.json) {
        jline_begin(&j, "seen");
        jline_text(&j, "name", s->name);
        jline_hex(&j, "vault", s->vault, VAULT_ID);
        jline_text(&j, "origin", s->origin);
        jline_u64(&j, "size", s->size);
        jline_hex(&j, "root", s->root, VAULT_HASH);
        jline_time(&j, "time", s->time);
        jline_text_n(&j, "note", s->note, s->note_len);
        jline_end(&j);
        return 0;
    }
    if (l->n++ == 0)
        out_printf("%s\n", tr("Logs that this vault countersigns"));
    out_text("  ");
    out_column(s->name, 20, true);
    when_local(when, s->time);
    out_printf(" %8" PRIu64 "  %s  ", s->size, when);
    out_safe(s->origin, strlen(s->origin), 0);
    out_text("\n");
    return 0;
}

static enum vault_status
list_all(struct cli *c, struct vault_error *err)
{
    struct listing of = {c, 0}, seen = {c, 0};
    enum vault_status st = vault_witnesses(c->vault, list_witness, &of, err);

    if (st == VAULT_OK && !c->g.json && of.n == 0)
        say_info("%s", tr("no witness is pinned here"));
    if (st == VAULT_OK)
        st = vault_witness_seen(c->vault, list_seen, &seen, err);
    if (st == VAULT_OK && !c->g.json && seen.n == 0)
        say_info("%s", tr("no log of others was countersigned here"));
    return st;
}

/* ---- texts for others ---- */

static int
keep_text(void *ctx, const char *text, size_t len)
{
    struct vlt_buf *b = ctx;

    vlt_buf_put(b, text, len);
    return b->failed;
}

static void
keep_vault(void *ctx, const struct vault_card *card)
{
    memcpy(ctx, card->vault, VAULT_ID);
}

static enum vault_status
find_vault(struct cli *c, uint8_t id[VAULT_ID], struct vault_error *err)
{
    const char *word = c->args.v[0];

    if (vlt_unhex(id, VAULT_ID, word, strlen(word)))
        return VAULT_OK;
    return vault_pin_find(c->vault, word, keep_vault, id, err);
}

static enum vault_status
put_text(struct cli *c, const struct vlt_buf *text, const char *type,
    struct vault_error *err)
{
    const struct witness_out_opts *o = c->opts;
    bool out = o->output == NULL || strcmp(o->output, "-") == 0;
    struct jline j;

    if (c->g.json) {
        jline_begin(&j, type);
        jline_text_n(&j, "text", text->p, text->len);
        jline_end(&j);
    }
    return c->g.json && out
        ? VAULT_OK
        : code_write(c, o->output, o->qr, text->p, text->len, err);
}

enum vault_status
witness_list_run(struct cli *c, struct vault_error *err)
{
    const struct witness_out_opts *o = c->opts;
    uint8_t id[VAULT_ID];
    struct vlt_buf text;
    enum vault_status st;

    if (o->policy && c->args.n > 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "--make-policy is about this vault's own witnesses");
    if (!o->policy && c->args.n == 0 && (o->output != NULL || o->qr))
        return vlt_fail(err, VAULT_E_USAGE,
            "whose logs? The name of a pinned card, or a vault's id");
    vlt_buf_init(&text, VAULT_WITNESS_TEXT);
    st = unlock(c, err);
    if (st == VAULT_OK && o->policy) {
        st = vault_witness_policy(c->vault, keep_text, &text, err);
        if (st == VAULT_OK)
            st = put_text(c, &text, "policy", err);
    } else if (st == VAULT_OK && c->args.n > 0) {
        st = find_vault(c, id, err);
        if (st == VAULT_OK)
            st = vault_witness_tell(c->vault, id, keep_text, &text, err);
        if (st == VAULT_OK)
            st = put_text(c, &text, "witnessed", err);
    } else if (st == VAULT_OK) {
        st = list_all(c, err);
    }
    vlt_buf_clear(&text);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}
