/* SPDX-License-Identifier: Apache-2.0 */
/* capture_compartments.c: what a capture file must know to seal to others */
#include <stdlib.h>
#include <string.h>
#include "compartment_set.h"
#include "fail.h"
#include "os.h"
#include "rows.h"

/* ---- what the vault gives ---- */

static enum vault_status
text_now(struct vault *v, struct vlt_buf *out, struct vault_error *err)
{
    bool ours = !vlt_store_in_transaction(v->store);
    enum vault_status st = ours ? vlt_read_begin(v, err) : VAULT_OK;

    if (st != VAULT_OK)
        return st;
    st = vlt_compartments_text(v, out, err);
    if (ours)
        vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_compartments_note(struct vault *v, char **note, size_t *len,
    struct vault_error *err)
{
    struct vlt_buf b;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    st = text_now(v, &b, err);
    if (st == VAULT_OK) {
        *note = NULL;
        *len = b.len;
        if (b.len > 0) {
            *note = malloc(b.len + 1);
            if (*note == NULL)
                st = vlt_fail_memory(err);
            else
                memcpy(*note, vlt_buf_cstr(&b), b.len + 1);
        }
    }
    vlt_buf_clear(&b);
    return st;
}

/* ---- what the file takes ---- */

/* Whether it is what the file has, and what generation that is. */
static enum vault_status
compare(struct vault *c, const struct vlt_buf *note, bool *same, uint32_t *gen,
    struct vault_error *err)
{
    struct vlt_compartments l;
    struct vlt_buf b;
    enum vault_status st;

    *gen = 0;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    st = vlt_meta_load(c->store, "compartments", &b, err);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        *same = note->len == 0;
        st = VAULT_OK;
    } else if (st == VAULT_OK) {
        *same = b.len == note->len && memcmp(b.p, note->p, b.len) == 0;
        /* one that was changed gives way to one that holds */
        if (vlt_compartments_check(&l, (const char *)b.p, b.len, &c->card,
                NULL) == VAULT_OK) {
            *gen = l.gen;
            vlt_compartments_clear(&l);
        }
    }
    vlt_buf_clear(&b);
    return st;
}

static enum vault_status
put(struct vault *c, const struct vlt_buf *note, struct vault_error *err)
{
    if (note->len == 0)
        return vlt_meta_delete(c->store, "compartments", err);
    return vlt_meta_put(c->store, "compartments", note->p, note->len, err);
}

static enum vault_status
in_transaction(struct vault *c, const struct vlt_buf *note, uint32_t gen,
    bool ours, bool *changed, struct vault_error *err)
{
    uint32_t has = 0;
    bool same = false;
    enum vault_status st = vlt_need_plain(c, err);

    if (st == VAULT_OK)
        st = compare(c, note, &same, &has, err);
    if (st != VAULT_OK || same)
        return st;
    if (!ours && gen < has)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "this list of compartments is older than the one in %s", c->path);
    *changed = true;
    return put(c, note, err);
}

/* ours: the vault itself, unlocked, says what they are now. */
static enum vault_status
give(struct vault *c, const struct vlt_buf *note, uint32_t gen, bool ours,
    bool *changed, struct vault_error *err)
{
    bool any = false;
    enum vault_status st = vlt_store_begin(c->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = in_transaction(c, note, gen, ours, &any, err);
    if (st == VAULT_OK && any)
        st = vlt_store_commit(c->store, err);
    else
        vlt_store_rollback(c->store);
    if (st == VAULT_OK)
        *changed = any;
    return st;
}

/* Looked at first, so that nobody waits for whoever seals right now. */
static enum vault_status
is_due(struct vault *c, const struct vlt_buf *note, bool *out,
    struct vault_error *err)
{
    uint32_t gen;
    bool same = false;
    enum vault_status st = vlt_store_begin(c->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = compare(c, note, &same, &gen, err);
    vlt_store_rollback(c->store);
    *out = st == VAULT_OK && !same;
    return st;
}

/* One that seals to an older card of this vault is renewed elsewhere. */
static bool
is_of(const struct vault *v, const struct vault *c)
{
    return memcmp(c->id, v->id, sizeof v->id) == 0 &&
        memcmp(c->card.fingerprint, v->card.fingerprint, 32) == 0;
}

enum vault_status
vault_capture_compartments(struct vault *v, const char *path, bool *changed,
    struct vault_error *err)
{
    struct vault *c = NULL;
    struct vlt_buf note;
    bool due = false;
    enum vault_status st = vlt_need_unlocked(v, err);

    *changed = false;
    if (st != VAULT_OK || !vlt_os_exists(path))
        return st;
    vlt_buf_init(&note, VLT_NOTE_MAX);
    st = text_now(v, &note, err);
    if (st == VAULT_OK)
        st = vault_capture_open(path, &v->opt, &c, err);
    if (st == VAULT_OK && is_of(v, c)) {
        st = is_due(c, &note, &due, err);
        if (st == VAULT_OK && due)
            st = give(c, &note, 0, true, changed, err);
    }
    vault_close(c);
    vlt_buf_clear(&note);
    return st;
}

enum vault_status
vault_capture_compartments_take(struct vault *c, const char *note, size_t len,
    bool *changed, struct vault_error *err)
{
    struct vlt_compartments l;
    struct vlt_buf b;
    uint32_t gen;
    enum vault_status st;

    *changed = false;
    if (!c->capture || note == NULL)
        return vlt_fail(err, VAULT_E_USAGE, "%s is not a capture file",
            c->path);
    st = vlt_compartments_check(&l, note, len, &c->card, err);
    if (st != VAULT_OK)
        return st;
    gen = l.gen;
    vlt_compartments_clear(&l);
    vlt_buf_init(&b, VLT_NOTE_MAX);
    vlt_buf_put(&b, note, len);
    st = vlt_buf_end(&b, "list of compartments", err);
    if (st == VAULT_OK)
        st = give(c, &b, gen, false, changed, err);
    vlt_buf_clear(&b);
    return st;
}
