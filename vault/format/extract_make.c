/* SPDX-License-Identifier: Apache-2.0 */
/* extract_make.c: choosing what an extract shows, and what it must prove */
#include "extract.h"

#include <stdlib.h>
#include <string.h>

#include "extract_parts.h"
#include "fail.h"
#include "pack.h"

enum vault_status
vlt_extract_reserve(struct vlt_extract *x, size_t n, struct vault_error *err)
{
    /* One more of each, so that none is asked for 0 bytes. */
    x->index = calloc(n + 1, sizeof *x->index);
    x->salt = calloc(n + 1, sizeof *x->salt);
    x->rest = calloc(x->leaves - n + 1, sizeof *x->rest);
    if (x->index == NULL || x->salt == NULL || x->rest == NULL)
        return vlt_fail_memory(err);
    return VAULT_OK;
}

/* Whether the body in segments, shown or withheld, fits head and fields. */
static enum vault_status
check_body(const struct vlt_extract *x, const struct vlt_record_head *head,
    struct vault_error *err)
{
    static const uint8_t zeros[32];
    const struct vlt_field *f = vlt_fields_find(&x->fields, "body");
    bool segments = head->h.body_version != 0;

    if (x->has_body && !segments)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract shows a body that its record does not have");
    if (segments && (f != NULL) != x->has_body)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract shows a body without its field, or the other way "
            "round");
    if (!x->has_body)
        return VAULT_OK;
    if (f->state != VLT_STATE_VALUE || f->value_len != 32 ||
        vlt_equal(x->kb->b, zeros, sizeof zeros) ||
        (x->body_raw ? x->body_stored != x->body_original
                     : x->body_stored == 0) ||
        !vlt_body_padding_fits(head->h.body_padded, x->body_stored))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "an extract shows a body that does not fit its record");
    return VAULT_OK;
}

/* The leaf hash of shown field k. */
static void
shown_leaf(struct vlt_hash32 *out, const struct vlt_extract *x, size_t k,
    const struct vlt_record_head *head)
{
    const struct vlt_field *f = &x->fields.f[k];
    struct vlt_body_commit body = {.original_len = x->body_original};
    bool is_body = x->has_body && f->type == VLT_FIELD_BODY;

    if (is_body)
        memcpy(body.sha256, f->value, sizeof body.sha256);
    vlt_content_leaf(out, head->h.id, head->h.version, x->index[k],
        x->salt[k].b, f, is_body ? &body : NULL);
}

/* All T leaves, those shown computed, the others as they were given. */
static void
all_leaves(struct vlt_hash32 *leaf, const struct vlt_extract *x,
    const struct vlt_record_head *head)
{
    size_t i, k = 0, rest = 0;

    for (i = 0; i < x->leaves; i++) {
        if (k < x->fields.n && x->index[k] == i)
            shown_leaf(&leaf[i], x, k++, head);
        else
            leaf[i] = x->rest[rest++];
    }
}

enum vault_status
vlt_extract_check(const struct vlt_extract *x,
    const struct vlt_record_head *head, struct vault_error *err)
{
    struct vlt_hash32 *leaf;
    uint8_t root[32];
    enum vault_status st = check_body(x, head, err);

    if (st != VAULT_OK)
        return st;
    leaf = calloc(x->leaves, sizeof *leaf);
    if (leaf == NULL)
        return vlt_fail_memory(err);
    all_leaves(leaf, x, head);
    vlt_mth(root, leaf, x->leaves);
    free(leaf);
    if (!vlt_equal(root, head->content, sizeof root))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "what an extract shows is not what its record states");
    return VAULT_OK;
}

/* Let x show field f, which stands at place i. */
static enum vault_status
show(struct vlt_extract *x, const struct vlt_field *f, size_t i,
    const uint8_t salt[32], struct vault_error *err)
{
    size_t k = x->fields.n;
    enum vault_status st = vlt_fields_append(&x->fields, f, err);

    if (st != VAULT_OK)
        return st;
    x->index[k] = (uint16_t)i;
    memcpy(x->salt[k].b, salt, 32);
    return VAULT_OK;
}

/* The key and lengths of a body, when its field is among those shown. */
static enum vault_status
show_body(struct vlt_extract *x, const struct vlt_record_head *head,
    const struct vlt_kb *kb, bool raw, uint64_t stored, uint64_t original,
    struct vault_error *err)
{
    if (head->h.body_version == 0 || kb == NULL ||
        vlt_fields_find(&x->fields, "body") == NULL)
        return VAULT_OK;
    x->kb = vlt_kb_new();
    if (x->kb == NULL)
        return vlt_fail_memory(err);
    *x->kb = *kb;
    x->has_body = true;
    x->body_raw = raw;
    x->body_stored = stored;
    x->body_original = original;
    return VAULT_OK;
}

static size_t
count(const bool *shown, size_t n)
{
    size_t i, k = 0;

    for (i = 0; i < n; i++)
        k += shown[i];
    return k;
}

/* Seal only what proves: a mistake here would be someone else's riddle. */
static enum vault_status
finish(struct vlt_buf *out, const struct vlt_record_head *head,
    struct vlt_extract *x, const struct vlt_xk *xk, enum vault_status st,
    struct vault_error *err)
{
    if (st == VAULT_OK)
        st = vlt_extract_check(x, head, err);
    if (st == VAULT_OK)
        st = vlt_extract_write(out, head, x, xk, err);
    vlt_extract_clear(x);
    return st;
}

/* Fields shown and hashes withheld, out of all T leaves of m. */
static enum vault_status
choose(struct vlt_extract *x, const struct vlt_record_head *head,
    const struct vlt_meta *m, const bool *shown, const struct vlt_hash32 *leaf,
    struct vault_error *err)
{
    uint8_t salt[32];
    size_t i, rest = 0;
    enum vault_status st;

    st = vlt_extract_reserve(x, count(shown, m->fields.n), err);
    for (i = 0; st == VAULT_OK && i < x->leaves; i++) {
        if (i >= m->fields.n || !shown[i]) {
            x->rest[rest++] = leaf[i];
            continue;
        }
        vlt_content_salt(salt, m->salts, head->h.id, head->h.version, i);
        st = show(x, &m->fields.f[i], i, salt, err);
    }
    vlt_wipe(salt, sizeof salt);
    return st;
}

enum vault_status
vlt_extract_seal(struct vlt_buf *out, const struct vlt_record_head *head,
    const struct vlt_meta *m, const bool *shown, const struct vlt_xk *xk,
    struct vault_error *err)
{
    struct vlt_hash32 *leaf = NULL;
    struct vlt_body_commit body;
    struct vlt_extract x;
    size_t t;
    bool has = vlt_meta_body(m, &head->h, &body);
    enum vault_status st;

    vlt_extract_init(&x);
    st = vlt_content_leaves(&leaf, &t, &m->fields, m->salts, head->h.id,
        head->h.version, has ? &body : NULL, err);
    if (st != VAULT_OK)
        return st;
    x.leaves = (unsigned)t;
    st = choose(&x, head, m, shown, leaf, err);
    free(leaf);
    if (st == VAULT_OK)
        st = show_body(&x, head, m->kb, m->body_raw, m->body_stored,
            m->body_original, err);
    return finish(out, head, &x, xk, st, err);
}

/* As above, out of what is open: a field no longer shown becomes its hash. */
static enum vault_status
choose_part(struct vlt_extract *x, const struct vlt_record_head *head,
    const struct vlt_extract *from, const bool *shown, struct vault_error *err)
{
    size_t i, k = 0, rest = 0, given = 0;
    enum vault_status st;

    st = vlt_extract_reserve(x, count(shown, from->fields.n), err);
    for (i = 0; st == VAULT_OK && i < x->leaves; i++) {
        if (k >= from->fields.n || from->index[k] != i) {
            x->rest[rest++] = from->rest[given++];
            continue;
        }
        if (shown[k])
            st = show(x, &from->fields.f[k], i, from->salt[k].b, err);
        else
            shown_leaf(&x->rest[rest++], from, k, head);
        k++;
    }
    return st;
}

enum vault_status
vlt_extract_seal_part(struct vlt_buf *out, const struct vlt_record_head *head,
    const struct vlt_extract *from, const bool *shown, const struct vlt_xk *xk,
    struct vault_error *err)
{
    struct vlt_extract x;
    enum vault_status st;

    vlt_extract_init(&x);
    x.leaves = from->leaves;
    st = choose_part(&x, head, from, shown, err);
    if (st == VAULT_OK)
        st = show_body(&x, head, from->kb, from->body_raw, from->body_stored,
            from->body_original, err);
    return finish(out, head, &x, xk, st, err);
}

/* ---- several of one version ---- */

/* The field of x at place i, NULL when it is withheld. */
static const struct vlt_field *
at_place(const struct vlt_extract *x, size_t i, size_t *k)
{
    while (*k < x->fields.n && x->index[*k] < i)
        (*k)++;
    return *k < x->fields.n && x->index[*k] == i ? &x->fields.f[*k] : NULL;
}

/* Everything that either shows; `leaf` are all leaves, of either. */
static enum vault_status
join(struct vlt_extract *x, const struct vlt_extract *a,
    const struct vlt_extract *b, const struct vlt_hash32 *leaf,
    struct vault_error *err)
{
    size_t i, ka = 0, kb = 0, rest = 0;
    enum vault_status st = vlt_extract_reserve(x, x->leaves, err);

    free(x->rest);
    x->rest = calloc(x->leaves, sizeof *x->rest);
    if (st == VAULT_OK && x->rest == NULL)
        st = vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < x->leaves; i++) {
        const struct vlt_field *fa = at_place(a, i, &ka);
        const struct vlt_field *fb = at_place(b, i, &kb);

        if (fa != NULL)
            st = show(x, fa, i, a->salt[ka].b, err);
        else if (fb != NULL)
            st = show(x, fb, i, b->salt[kb].b, err);
        else
            x->rest[rest++] = leaf[i];
    }
    return st;
}

enum vault_status
vlt_extract_merge(struct vlt_extract *into, const struct vlt_extract *more,
    const struct vlt_record_head *head, struct vault_error *err)
{
    const struct vlt_extract *body = into->has_body ? into : more;
    struct vlt_hash32 *leaf;
    struct vlt_extract x;
    enum vault_status st;

    if (into->leaves != more->leaves)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "two extracts of one record have trees of two sizes");
    leaf = calloc(into->leaves, sizeof *leaf);
    if (leaf == NULL)
        return vlt_fail_memory(err);
    vlt_extract_init(&x);
    x.leaves = into->leaves;
    all_leaves(leaf, into, head);
    st = join(&x, into, more, leaf, err);
    free(leaf);
    if (st == VAULT_OK)
        st = show_body(&x, head, body->kb, body->body_raw, body->body_stored,
            body->body_original, err);
    if (st == VAULT_OK)
        st = vlt_extract_check(&x, head, err);
    if (st == VAULT_OK) {
        vlt_extract_clear(into);
        *into = x;
    } else {
        vlt_extract_clear(&x);
    }
    return st;
}
