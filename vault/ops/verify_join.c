/* SPDX-License-Identifier: Apache-2.0 */
/* verify_join.c: every log that a line accepted is in the file */
#include <string.h>
#include "checkpoint.h"
#include "fail.h"
#include "hash.h"
#include "leaf.h"
#include "named_lines.h"
#include "note.h"
#include "tree.h"
#include "verify_new.h"

/*
 * A line `join` names a state of another log. Without this whoever has the file
 * takes the session of a lost device out, and with it the only line that says
 * in clear that a record is from that device.
 */
struct joining {
    struct vlt_named_lines lines;
    const struct vlt_seen_log *log;
    struct vlt_edge edge;
};

static enum vault_status
meet_state(struct joining *j, const struct vlt_seen_log *log, uint64_t size,
    const uint8_t root[32], struct vault_error *err)
{
    struct vlt_checkpoint cp;
    struct vlt_buf text;
    uint8_t hash[32];
    enum vault_status st;

    memset(&cp, 0, sizeof cp);
    memcpy(cp.origin, log->origin, sizeof cp.origin);
    cp.size = size;
    memcpy(cp.root, root, 32);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_checkpoint_encode(&text, &cp, err);
    if (st == VAULT_OK) {
        vlt_sha256(hash, text.p, text.len);
        (void)vlt_named_lines_meet(&j->lines, hash);
    }
    vlt_buf_clear(&text);
    return st;
}

/* As it ends here: what is named nearly always. */
static enum vault_status
meet_ends(struct joining *j, const struct vlt_verify *v,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs; i++)
        st = meet_state(j, &v->log[i], v->log[i].size, v->log[i].root, err);
    return st;
}

static enum vault_status
take_leaf(void *ctx, const struct vlt_leaf_row *r, struct vault_error *err)
{
    struct joining *j = ctx;
    uint8_t hash[32], root[32];
    enum vault_status st;

    vlt_leaf_text_hash(hash, &r->leaf);
    st = vlt_edge_add(&j->edge, hash, err);
    if (st != VAULT_OK)
        return st;
    vlt_edge_root(&j->edge, root);
    return meet_state(j, j->log, r->idx + 1, root, err);
}

/* Of a log that was checked before: from the state on that it had then. */
static enum vault_status
begin_log(struct joining *j, const struct vlt_verify *v,
    struct vault_error *err)
{
    const struct vlt_checked_log *was =
        v->fresh == NULL ? NULL : vlt_known_log(v->fresh->was, j->log);
    uint8_t root[32];

    vlt_checked_edge(&j->edge, was);
    if (was == NULL)
        return VAULT_OK;
    vlt_edge_root(&j->edge, root);
    return meet_state(j, j->log, j->edge.size, root, err);
}

/* One that went on since then: every state that it had. */
static enum vault_status
meet_earlier(struct joining *j, const struct vlt_verify *v,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs &&
         vlt_named_lines_missing(&j->lines) > 0;
         i++) {
        j->log = &v->log[i];
        st = begin_log(j, v, err);
        if (st == VAULT_OK)
            st = vlt_leaves(v->s, j->log->n, j->edge.size, take_leaf, j, err);
    }
    return st;
}

/* Those to be met: all, or of a look at what is new the new ones. An older
 * state than the one that was checked is not met then: with all is said more. */
static enum vault_status
load(struct joining *j, const struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (v->fresh == NULL)
        return vlt_named_lines_load(v->s, "join", &j->lines, err);
    for (i = 0; st == VAULT_OK && i < v->fresh->lines; i++) {
        const struct vlt_leaf *l = &v->fresh->line[i].leaf;

        if (strcmp(l->kind, "join") == 0)
            st = vlt_named_lines_add(&j->lines, l->subject, err);
    }
    vlt_named_lines_sort(&j->lines);
    return st;
}

static bool
all_sound(const struct vlt_verify *v)
{
    size_t i;

    for (i = 0; i < v->logs; i++) {
        if (!v->log[i].sound)
            return false;
    }
    return true;
}

enum vault_status
vlt_verify_joins(struct vlt_verify *v, struct vault_error *err)
{
    struct joining j;
    size_t missing;
    enum vault_status st;

    /* what does not hold has its line */
    if (!all_sound(v))
        return VAULT_OK;
    memset(&j, 0, sizeof j);
    st = load(&j, v, err);
    if (st == VAULT_OK)
        st = meet_ends(&j, v, err);
    if (st == VAULT_OK)
        st = meet_earlier(&j, v, err);
    missing = vlt_named_lines_missing(&j.lines);
    if (st == VAULT_OK && missing > 0)
        vlt_mismatch(v, "log",
            "logs that a line of this vault's log accepted are missing: %zu",
            missing);
    vlt_named_lines_clear(&j.lines);
    return st;
}
