/* SPDX-License-Identifier: Apache-2.0 */
/* receive_logs.c: the states of other vaults' logs, and two histories */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "bundle_parts.h"
#include "fail.h"
#include "label.h"
#include "receiving.h"

struct known {
    struct vlt_checkpoint cp;
    uint8_t text[32];
    uint64_t n; /* the sealed note that it is */
};
struct vlt_rlogs {
    size_t n, cap;
    struct known *k;
};

/* ---- one checkpoint ---- */

/* Signed by this key, under its origin. */
static enum vault_status
read_checkpoint(const char *note, size_t len, const uint8_t *log_key,
    struct known *out, struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st == VAULT_OK)
        st = vlt_checkpoint_decode(&out->cp, n.text, n.text_len, err);
    if (st == VAULT_OK && log_key != NULL)
        st = vlt_note_check(&n, out->cp.origin, log_key, err);
    if (st == VAULT_OK)
        vlt_note_text_hash(out->text, &n);
    out->n = 0;
    return st;
}

/* ---- what is known ---- */

static enum vault_status
push(struct vlt_rlogs *l, const struct known *k, struct vault_error *err)
{
    if (l->n == l->cap) {
        size_t cap = l->cap == 0 ? 16 : 2 * l->cap;
        struct known *more = realloc(l->k, cap * sizeof *more);

        if (more == NULL)
            return vlt_fail_memory(err);
        l->k = more;
        l->cap = cap;
    }
    l->k[l->n++] = *k;
    return VAULT_OK;
}

static enum vault_status
take_note(void *ctx, const struct vlt_fnote *n, struct vault_error *err)
{
    struct known k;
    enum vault_status st =
        read_checkpoint((const char *)n->p, n->len, NULL, &k, err);

    k.n = n->n;
    return st == VAULT_OK ? push(ctx, &k, err) : st;
}

enum vault_status
vlt_rlogs_load(struct vault *v, struct vlt_rlogs **out, struct vault_error *err)
{
    struct vlt_rlogs *l = calloc(1, sizeof *l);
    enum vault_status st;

    if (l == NULL)
        return vlt_fail_memory(err);
    st = vlt_fnotes(v, "checkpoint", take_note, l, err);
    if (st != VAULT_OK) {
        vlt_rlogs_free(l);
        return st;
    }
    *out = l;
    return VAULT_OK;
}

void
vlt_rlogs_free(struct vlt_rlogs *l)
{
    if (l == NULL)
        return;
    free(l->k);
    free(l);
}

/* ---- two histories ---- */

static enum vault_status
fork(const struct known *k, struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        "keep the file: tampering, or a machine restored with its state; ask "
        "its owner",
        "the log key of %s signed two histories of %" PRIu64 " lines",
        k->cp.origin, k->cp.size);
}

/* A card can claim another vault's id, and its log that vault's log. */
static enum vault_status
same_key(struct vault *v, const struct known *of, const uint8_t key[32],
    bool *out, struct vault_error *err)
{
    struct known again;
    struct vlt_buf note;
    char kind[33];
    enum vault_status st;

    vlt_buf_init(&note, VLT_FNOTE_MAX);
    st = vlt_fnote_get(v, of->n, kind, &note, err);
    if (st == VAULT_OK)
        *out = read_checkpoint((const char *)note.p, note.len, key, &again,
                   NULL) == VAULT_OK;
    vlt_buf_clear(&note);
    return st;
}

static enum vault_status
compare(struct vault *v, const struct vlt_rlogs *l, const struct known *k,
    const uint8_t key[32], bool *known, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    *known = false;
    for (i = 0; st == VAULT_OK && i < l->n; i++) {
        bool same = true;

        if (l->k[i].cp.size != k->cp.size ||
            strcmp(l->k[i].cp.origin, k->cp.origin) != 0)
            continue;
        if (memcmp(l->k[i].cp.root, k->cp.root, 32) == 0) {
            *known = true;
            continue;
        }
        st = same_key(v, &l->k[i], key, &same, err);
        if (st == VAULT_OK && same)
            st = fork(k, err);
    }
    return st;
}

/* Of a log that this vault holds line by line. One that is ahead of it was
 * given out before the vault was put back from an older copy. */
static enum vault_status
compare_own(struct vault *v, const struct known *k, bool *known,
    struct vault_error *err)
{
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t root[32];
    enum vault_status st;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (strcmp(log->origin, k->cp.origin) != 0 || k->cp.size > log->size)
            continue;
        vlt_log_tree_io(&tree, v->store, log->n, false, &io);
        st = vlt_tree_root(&io, k->cp.size, root, err);
        if (st != VAULT_OK)
            return st;
        *known = true;
        return memcmp(root, k->cp.root, 32) == 0 ? VAULT_OK : fork(k, err);
    }
    return VAULT_OK;
}

/* ---- the line `merge` ---- */

static enum vault_status
merge_leaf(struct vault *v, const struct known *k, struct vault_error *err)
{
    struct vlt_fields more;
    enum vault_status st;

    vlt_fields_init(&more);
    st = vlt_fields_add_text(&more, "origin", k->cp.origin, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&more, VLT_FIELD_NUMBER, "size",
            (int64_t)k->cp.size, err);
    if (st == VAULT_OK)
        st = vlt_receive_salted_leaf(v, "merge", k->text, &more, err);
    vlt_fields_clear(&more);
    return st;
}

static enum vault_status
keep(struct vault *v, struct vlt_rlogs *l, struct known *k,
    const struct vlt_buf *note, struct vault_error *err)
{
    enum vault_status st;

    k->n = 0;
    st = vlt_fnote_put(v, &k->n, "checkpoint", note->p, note->len, err);
    if (st == VAULT_OK)
        st = merge_leaf(v, k, err);
    return st == VAULT_OK ? push(l, k, err) : st;
}

/* ---- the logs of a bundle ---- */

struct merging {
    struct vault *v;
    struct vlt_rlogs *l;
    struct vlt_bundle *b;
    const struct vlt_rcards *cards;
    bool act;
    struct vlt_rmerged *out;
};

static enum vault_status
log_key(const char *note, size_t len, uint8_t key[32],
    char origin[VLT_NAME_MAX + 1], struct vault_error *err)
{
    struct vlt_session s;
    struct vlt_replica r;
    enum vault_status st;

    if (vlt_session_is(note, len)) {
        st = vlt_session_parse(&s, note, len, err);
        if (st != VAULT_OK)
            return st;
        memcpy(key, s.log_key, 32);
        vlt_name_origin(origin, s.vault, s.session);
        return VAULT_OK;
    }
    st = vlt_replica_parse(&r, note, len, err);
    if (st != VAULT_OK)
        return st;
    memcpy(key, r.log_key, 32);
    vlt_name_origin(origin, r.vault, r.replica);
    vlt_replica_clear(&r);
    return VAULT_OK;
}

/* One log of the bundle: all its checkpoints are compared, as records that
 * were passed on are proved against older ones; the newest is kept. */
struct points {
    struct merging *m;
    const char *origin;
    const uint8_t *key;
    bool any;
    bool newest_known;
    struct known newest;
    struct vlt_buf note; /* of it */
};

static enum vault_status
take_point(void *ctx, const struct vlt_checkpoint_row *r,
    struct vault_error *err)
{
    struct points *p = ctx;
    struct known k;
    bool known = false;
    enum vault_status st =
        read_checkpoint(r->note, r->note_len, p->key, &k, err);

    if (st == VAULT_OK &&
        (strcmp(p->origin, k.cp.origin) != 0 || r->size != k.cp.size))
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the checkpoint of %s is another log's", p->origin);
    if (st == VAULT_OK)
        st = compare(p->m->v, p->m->l, &k, p->key, &known, err);
    if (st == VAULT_OK && !known)
        st = compare_own(p->m->v, &k, &known, err);
    if (st != VAULT_OK || (p->any && k.cp.size < p->newest.cp.size))
        return st;
    p->any = true;
    p->newest = k;
    p->newest_known = known;
    vlt_buf_reset(&p->note);
    vlt_buf_put(&p->note, r->note, r->note_len);
    return vlt_buf_end(&p->note, "checkpoint", err);
}

static enum vault_status
merge_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct merging *m = ctx;
    char origin[VLT_NAME_MAX + 1];
    uint8_t key[32];
    struct points p = {.m = m, .origin = origin, .key = key};
    const struct vlt_bundle_log *log = vlt_bundle_log(m->b, r->n);
    enum vault_status st;

    if (log == NULL || log->fault != VLT_LOG_SOUND || log->card == NULL ||
        vlt_rcards_refuses(m->cards, log->card))
        return VAULT_OK;
    m->out->logs++;
    vlt_buf_init(&p.note, VLT_NOTE_MAX);
    st = log_key(r->note, r->note_len, key, origin, err);
    if (st == VAULT_OK)
        st = vlt_checkpoints(m->b->store, r->n, take_point, &p, err);
    if (st == VAULT_OK && p.any && !p.newest_known) {
        m->out->fresh++;
        if (m->act)
            st = keep(m->v, m->l, &p.newest, &p.note, err);
    }
    vlt_buf_clear(&p.note);
    return st;
}

enum vault_status
vlt_rlogs_merge(struct vault *v, struct vlt_rlogs *l, struct vlt_bundle *b,
    const struct vlt_rcards *cards, bool act, struct vlt_rmerged *out,
    struct vault_error *err)
{
    struct merging m = {v, l, b, cards, act, out};

    *out = (struct vlt_rmerged){0, 0};
    return vlt_logs(b->store, merge_log, &m, err);
}

/* ---- salted lines ---- */

enum vault_status
vlt_receive_salted_leaf(struct vault *v, const char *kind,
    const uint8_t hash[32], struct vlt_fields *more, struct vault_error *err)
{
    uint8_t salt[32], subject[32];
    struct vlt_part part[2] = {{salt, sizeof salt}, {hash, 32}};
    struct vlt_entry e = {kind, NULL, 0, subject, NULL, -1};
    enum vault_status st;

    vlt_random(salt, sizeof salt);
    vlt_label_hash(subject, VLT_L_SALTED, part, 2);
    st = vlt_fields_add(more, VLT_FIELD_BYTES, VLT_STATE_VALUE, "salt", salt,
        sizeof salt, err);
    return st == VAULT_OK ? vlt_action_leaf_with(v, &e, more, err) : st;
}
