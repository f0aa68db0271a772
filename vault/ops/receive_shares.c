/* SPDX-License-Identifier: Apache-2.0 */
/* receive_shares.c: a bundle that custodians open together */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"
#include "fail.h"
#include "onetime.h"
#include "receiving.h"
#include "shares.h"

/* ---- which file ---- */

enum vault_status
vault_shares_fit(const char set[VAULT_SHARE_SET], const char *path, bool *fit,
    struct vault_error *err)
{
    uint8_t sha256[32];
    char id[VAULT_SHARE_SET];
    enum vault_status st = vlt_crypto_init(err);

    if (st == VAULT_OK)
        st = vlt_onetime_file(path, sha256, err);
    if (st != VAULT_OK)
        return st;
    vlt_onetime_identifier(id, sha256);
    *fit = memcmp(id, set, sizeof id) == 0;
    return VAULT_OK;
}

/* ---- giving them to a run ---- */

enum vault_status
vault_receive_shares(struct vault_receive *r, const struct vault_shares *shares,
    struct vault_error *err)
{
    enum vault_status st;

    if (r->n > 0 || r->once != NULL)
        return vlt_fail(err, VAULT_E_USAGE, "shares come before the files");
    st = vlt_onetime_join(&r->once, shares->set, err);
    if (st == VAULT_OK)
        r->v->once = r->once;
    return st;
}

/* ---- what is recorded ---- */

bool
vlt_receive_by_shares(const struct vault_receive *r, struct vlt_rfile *f,
    const struct vlt_bundle *b)
{
    f->by_shares = r->once != NULL &&
        memcmp(r->once->card.fingerprint, b->opened_as, 32) == 0;
    f->row.by_shares = f->by_shares;
    return f->by_shares;
}

/* Sealed notes of kind `opened`, a field list each: bundle (2, 16), text (2,
 * 32: H(bundle text)), from (2, 32: the signer's fingerprint), with (1), time
 * (3). Of two bundles of one id only the signed text tells which it was. */
struct search {
    const uint8_t *text; /* or, when it is not known: */
    const uint8_t *bundle;
    const uint8_t *from;
    char *out;
};

static bool
has(const struct vlt_fields *f, const char *name, const uint8_t *p, size_t n)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    return x != NULL && x->value_len == n && memcmp(x->value, p, n) == 0;
}

static bool
is_it(const struct search *q, const struct vlt_fields *f)
{
    if (q->text != NULL)
        return has(f, "text", q->text, 32);
    return has(f, "bundle", q->bundle, 16) && has(f, "from", q->from, 32);
}

static enum vault_status
malformed(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED,
        "what is noted of a bundle that opened with shares is malformed");
}

static enum vault_status
take_note(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    struct search *q = ctx;
    const struct vlt_field *with;
    struct vlt_fields f;
    struct vlt_reader in;
    enum vault_status st;

    vlt_reader_init(&in, n->p, n->len);
    st = vlt_fields_decode(&f, &in, err);
    if (st != VAULT_OK)
        return st == VAULT_E_FORMAT ? malformed(err) : st;
    with = vlt_fields_find(&f, "with");
    if (vlt_read_end(&in, "opened", NULL) != VAULT_OK || with == NULL ||
        with->value_len >= VAULT_OPENED_WITH)
        st = malformed(err);
    else if (is_it(q, &f))
        (void)snprintf(q->out, VAULT_OPENED_WITH, "%.*s", (int)with->value_len,
            (const char *)with->value);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_opened_with(struct vault *v, const uint8_t bundle[16],
    const uint8_t from[32], char out[VAULT_OPENED_WITH],
    struct vault_error *err)
{
    struct search q = {NULL, bundle, from, out};

    out[0] = 0;
    return vlt_fnotes(v, "opened", take_note, &q, err);
}

static enum vault_status
bytes(struct vlt_fields *f, const char *name, const void *p, size_t n,
    struct vault_error *err)
{
    return vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, name, p, n, err);
}

/* What note and line say alike. */
static enum vault_status
say_which(struct vlt_fields *f, const struct vlt_bundle *b, const char *with,
    struct vault_error *err)
{
    enum vault_status st = bytes(f, "bundle", b->text.bundle, 16, err);

    if (st == VAULT_OK)
        st = bytes(f, "text", b->text.text_hash, 32, err);
    if (st == VAULT_OK)
        st = bytes(f, "from", b->sender.fingerprint, 32, err);
    return st == VAULT_OK ? vlt_fields_add_text(f, "with", with, err) : st;
}

static enum vault_status
put_note(struct vault *v, const struct vlt_bundle *b, const char *with,
    struct vault_error *err)
{
    struct vlt_fields f;
    struct vlt_buf p;
    uint64_t n = 0;
    enum vault_status st;

    vlt_fields_init(&f);
    vlt_buf_init(&p, 1024);
    st = say_which(&f, b, with, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&f, VLT_FIELD_TIME, "time", vlt_now(v), err);
    if (st == VAULT_OK)
        st = vlt_fields_encode(&p, &f, err);
    if (st == VAULT_OK)
        st = vlt_fnote_put(v, &n, "opened", p.p, p.len, err);
    vlt_buf_clear(&p);
    vlt_fields_clear(&f);
    return st;
}

static enum vault_status
put_line(struct vault *v, const struct vlt_bundle *b, const char *with,
    struct vault_error *err)
{
    static const uint8_t zeros[32];
    struct vlt_entry e = {"note", NULL, 0, zeros, NULL, -1};
    struct vlt_fields more;
    enum vault_status st;

    vlt_fields_init(&more);
    st = vlt_fields_add_text(&more, "action", "opened", err);
    if (st == VAULT_OK)
        st = say_which(&more, b, with, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

enum vault_status
vlt_receive_opened(struct vault_receive *r, const struct vlt_bundle *b,
    struct vault_error *err)
{
    char with[VAULT_OPENED_WITH] = "";
    struct search q = {b->text.text_hash, NULL, NULL, with};
    enum vault_status st = vlt_fnotes(r->v, "opened", take_note, &q, err);

    if (st != VAULT_OK || with[0] != 0)
        return st;
    (void)snprintf(with, sizeof with, "%u of %s, %s", r->once->needed,
        r->once->indices, r->once->id);
    st = put_note(r->v, b, with, err);
    return st == VAULT_OK ? put_line(r->v, b, with, err) : st;
}
