/* SPDX-License-Identifier: Apache-2.0 */
/* log_prove.c: that a record stands in the log, for anyone to check */
#include <string.h>
#include "cosignature.h"
#include "device_limit.h"
#include "disclosing.h"
#include "fail.h"
#include "log_notes.h"
#include "note_rows.h"
#include "named_lines.h"
#include "untrusted.h"

/* ---- which version ---- */

static enum vault_status
is_gone(struct vault *v, const struct vlt_version_row *x, bool *out,
    struct vault_error *err)
{
    return vlt_record_withdrawn(v->store, &x->head.h, x->stmt, out, err);
}

/* The highest number that stands, else the highest. */
static enum vault_status
newest(struct vault *v, const struct vlt_version_rows *l, uint32_t *out,
    struct vault_error *err)
{
    bool gone = true;
    enum vault_status st = VAULT_OK;
    size_t i;

    *out = l->v[l->n - 1].head.h.version;
    for (i = l->n; st == VAULT_OK && gone && i > 0; i--) {
        st = is_gone(v, &l->v[i - 1], &gone, err);
        if (!gone)
            *out = l->v[i - 1].head.h.version;
    }
    return st;
}

static enum vault_status
choose(struct vault *v, const struct vlt_version_rows *l, uint32_t version,
    const uint8_t *stmt, const struct vlt_version_row **out,
    struct vault_error *err)
{
    enum vault_status st =
        version == 0 && stmt == NULL ? newest(v, l, &version, err) : VAULT_OK;
    size_t i;

    *out = NULL;
    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        if ((stmt != NULL && memcmp(l->v[i].stmt, stmt, 32) != 0) ||
            (version != 0 && l->v[i].head.h.version != version))
            continue;
        if (*out != NULL)
            return vlt_fail(err, VAULT_E_AMBIGUOUS,
                "two statements stand for version %u: name one",
                (unsigned)version);
        *out = &l->v[i];
    }
    if (st == VAULT_OK && *out == NULL)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "no such version of this record");
    return st;
}

/* ---- whether it is trusted, without a secret ---- */

struct asked {
    const struct vault *v;
    const char *note;
    size_t len;
    bool holds;
};

static enum vault_status
try_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct asked *a = ctx;
    struct vlt_card card;

    (void)err;
    a->holds = a->holds ||
        (vlt_card_parse(&card, r->card, r->card_len, NULL) == VAULT_OK &&
            vlt_revoke_check(a->note, a->len, &card, NULL) == VAULT_OK);
    return VAULT_OK;
}

/* By any card of this vault: one of them was the newest then. */
static bool
is_signed(const void *ctx, const char *note, size_t len)
{
    const struct vault *v = ctx;
    struct asked a = {v, note, len, false};

    return vlt_identities(v->store, try_card, &a, NULL) == VAULT_OK && a.holds;
}

struct trust {
    struct vault *v;
    struct vlt_device_limits limits;
    const uint8_t *stmt;
    bool bad;     /* by a line of its session that is not good */
    bool session; /* such a line is here */
    bool taken;   /* a line took it in */
};

static enum vault_status
judge_line(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct trust *t = ctx;
    const struct vlt_own_log *log = vlt_own_log_find(&t->v->logs, r->log);
    struct vlt_device_trust found;
    enum vault_status st;

    if (log == NULL || memcmp(r->leaf.subject, t->stmt, 32) != 0)
        return VAULT_OK;
    t->taken = t->taken || strcmp(r->leaf.kind, "take") == 0;
    if (!log->session || strcmp(r->leaf.kind, "seal") != 0)
        return VAULT_OK;
    t->session = true;
    st = vlt_device_trusted(&t->limits, t->v->store, log,
        vlt_own_session_number, t->v, &found, err);
    t->bad = t->bad || (st == VAULT_OK && r->idx >= found.good);
    return st;
}

struct meeting {
    const struct vault *v;
    struct vlt_named_lines lines;
};

static enum vault_status
meet_note(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    struct meeting *m = ctx;
    struct vlt_revoke r;

    (void)err;
    if (vlt_revoke_parse(&r, note, len, NULL) == VAULT_OK &&
        is_signed(m->v, note, len))
        (void)vlt_named_lines_meet(&m->lines, r.text_hash);
    return VAULT_OK;
}

/* Locked there are only the notes in clear, and whoever has the file can take
 * them away; the lines that name them he cannot. */
static enum vault_status
check_all_here(struct vault *v, struct vault_error *err)
{
    struct meeting m = {v, {0, NULL}};
    enum vault_status st =
        vlt_named_lines_load(v->store, "revoke", &m.lines, err);

    if (st == VAULT_OK)
        st = vlt_notes(v->store, "revoke", meet_note, &m, err);
    if (st == VAULT_OK && vlt_named_lines_missing(&m.lines) > 0)
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, "sanduq verify says more",
            "the log names a revocation that is not here: which records are "
            "to be trusted is not known");
    vlt_named_lines_clear(&m.lines);
    return st;
}

/* What came in by itself says in a sealed event which device it is from. */
static enum vault_status
check_trust(struct vault *v, const struct vlt_version_row *x,
    struct vault_error *err)
{
    struct trust t = {.v = v, .stmt = x->stmt};
    enum vault_status st = check_all_here(v, err);

    if (st == VAULT_OK)
        st = vlt_device_limits_load(v->store, is_signed, v, &t.limits, err);
    if (st == VAULT_OK && t.limits.n > 0)
        st = vlt_leaves_of(v->store, x->head.h.id, judge_line, &t, err);
    if (st == VAULT_OK && t.bad)
        st = vlt_fail(err, VAULT_E_POLICY,
            "a revoked device sealed it after its last good state: it is not "
            "proved as this vault's");
    if (st == VAULT_OK && t.limits.n > 0 && t.taken && !t.session)
        st = vlt_fail(err, VAULT_E_LOCKED,
            "a device is revoked, and only the unlocked vault knows whether "
            "this record is from it");
    vlt_device_limits_clear(&t.limits);
    return st;
}

/* ---- an own record ---- */

static enum vault_status
prove_row(struct vlt_disclosing *w, const struct vlt_version_row *x,
    bool *withdrawn, struct vault_error *err)
{
    enum vault_status st = is_gone(w->v, x, withdrawn, err);

    if (st == VAULT_OK && vault_unlocked(w->v))
        return vlt_disclose_own(w, &x->head, err);
    if (st == VAULT_OK)
        st = check_trust(w->v, x, err);
    return st == VAULT_OK ? vlt_disclose_line(w, &x->head, err) : st;
}

static enum vault_status
prove_own(struct vlt_disclosing *w, const struct vlt_version_rows *l,
    uint32_t version, const uint8_t *stmt, bool *withdrawn,
    struct vault_error *err)
{
    const struct vlt_version_row *x = NULL;
    struct vault *v = w->v;
    enum vault_status st = choose(v, l, version, stmt, &x, err);

    if (st == VAULT_OK && !vault_unlocked(v))
        st = vlt_own_logs_load(v->store, v->id, &v->logs, err);
    if (st == VAULT_OK)
        st = prove_row(w, x, withdrawn, err);
    if (!vault_unlocked(v)) {
        vlt_own_logs_clear(&v->logs);
        memset(&v->logs, 0, sizeof v->logs);
    }
    return st;
}

static enum vault_status
load(struct vault *v, const uint8_t id[16], struct vlt_version_rows *out,
    struct vault_error *err)
{
    enum vault_status st = vault_unlocked(v)
        ? vlt_read_begin(v, err)
        : vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_record_versions(v->store, id, out, err);
    if (st != VAULT_OK)
        vlt_store_rollback(v->store);
    return st;
}

/* Only unlocked anybody knows of what others gave. */
static enum vault_status
prove_other(struct vault *v, const uint8_t id[16], uint32_t version,
    const uint8_t *stmt, struct vault_disclosure **out, struct vault_error *err)
{
    struct vault_disclose_options opt = {.version = version, .statement = stmt};

    if (!vault_unlocked(v))
        return vlt_fail_hint(err, VAULT_E_LOCKED,
            "with the passphrase records of others are looked at, too",
            "this vault has no record of its own with that id");
    return vault_disclosure_make(v, id, &opt, out, err);
}

enum vault_status
vault_disclosure_prove(struct vault *v, const uint8_t id[VAULT_ID],
    uint32_t version, const uint8_t *statement, struct vault_disclosure **out,
    struct vault_error *err)
{
    static const struct vault_disclose_options none;
    struct vlt_version_rows l = {0, NULL};
    struct vlt_disclosing w;
    bool withdrawn = false;
    enum vault_status st = vlt_need_vault(v, err);

    if (st == VAULT_OK)
        st = load(v, id, &l, err);
    if (st != VAULT_OK)
        return st;
    if (l.n == 0) {
        vlt_store_rollback(v->store);
        return prove_other(v, id, version, statement, out, err);
    }
    vlt_disclosing_begin(&w, v, &none);
    st = prove_own(&w, &l, version, statement, &withdrawn, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK)
        st = vlt_disclosing_finish(&w, false, out, err);
    if (st == VAULT_OK)
        (*out)->facts.withdrawn = withdrawn;
    vlt_disclosing_end(&w);
    vlt_version_rows_clear(&l);
    return st;
}

/* ---- for stock tools ---- */

static enum vault_status
put_key(struct vault_disclosure *d, struct vault_error *err)
{
    char text[VLT_VKEY_TEXT];
    struct vlt_noted_log log;
    struct vlt_card card;
    struct vlt_vkey key;
    enum vault_status st =
        vlt_card_parse(&card, d->d.card.p, d->d.card.len, err);

    if (st == VAULT_OK)
        st = vlt_log_notes_check(&log, d->d.note, d->d.notes, &card, err);
    if (st == VAULT_OK)
        st = vlt_vkey_make(&key, log.origin, VLT_VKEY_ED25519, log.key, err);
    if (st != VAULT_OK)
        return st;
    vlt_vkey_text(text, &key);
    vlt_buf_put(&d->stock, text, strlen(text));
    vlt_buf_put(&d->stock, "\n", 1);
    return vlt_buf_end(&d->stock, "key", err);
}

enum vault_status
vault_disclosure_stock(struct vault_disclosure *d, enum vault_stock what,
    const char **text, size_t *len, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    vlt_buf_reset(&d->stock);
    switch (what) {
    case VAULT_STOCK_PROOF:
        st = vlt_tlogproof_encode(&d->stock, &d->d.tlog, err);
        break;
    case VAULT_STOCK_LEAF:
        st = vlt_leaf_encode(&d->stock, &d->d.leaf, err);
        break;
    case VAULT_STOCK_LOG:
        st = put_key(d, err);
        break;
    }
    *text = (const char *)d->stock.p;
    *len = d->stock.len;
    return st;
}
