/* SPDX-License-Identifier: Apache-2.0 */
/* log_note.c: a line of the log about something that changes no record */
#include <stdlib.h>
#include <string.h>
#include "action.h"
#include "fail.h"
#include "label.h"
#include "sealer.h"

static bool
is_ours(const char *name)
{
    static const char *const names[] = {"actor", "author", "author-sig",
        "clock", "count", "gen", "host", "known", "reason", "records",
        "records-hash", "salt", "time", "tool"};
    size_t i;

    for (i = 0; i < VLT_COUNT(names); i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static enum vault_status
put_given(struct vlt_fields *out, const struct vault_note *n,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n->fields_len; i++) {
        const struct vault_field *f = &n->fields[i];

        if (is_ours(f->name))
            st = vlt_fail(err, VAULT_E_USAGE,
                "the field \"%s\" of an event is set by the library", f->name);
        else
            st = vlt_fields_add(out, (uint8_t)f->type, (uint8_t)f->state,
                f->name, f->value, f->value_len, err);
    }
    return st;
}

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, VAULT_HASH);
}

/* count, records-hash and, when they are few, the statements themselves. */
static enum vault_status
put_records(struct vlt_fields *out, const struct vault_note *n,
    struct vault_error *err)
{
    size_t size = n->statements_len * VAULT_HASH;
    uint8_t hash[VAULT_HASH];
    struct vlt_sha256 h;
    uint8_t *sorted;
    enum vault_status st;

    if (n->statements_len == 0)
        return VAULT_OK;
    sorted = vlt_memdup(n->statements, size);
    if (sorted == NULL)
        return vlt_fail_memory(err);
    qsort(sorted, n->statements_len, VAULT_HASH, compare);
    vlt_label_hash_init(&h, VLT_L_NOTED);
    vlt_sha256_update(&h, sorted, size);
    vlt_sha256_final(&h, hash);
    st = vlt_fields_add_i64(out, VLT_FIELD_NUMBER, "count",
        (int64_t)n->statements_len, err);
    if (st == VAULT_OK)
        st = vlt_fields_add(out, VLT_FIELD_BYTES, VLT_STATE_VALUE,
            "records-hash", hash, sizeof hash, err);
    if (st == VAULT_OK && n->statements_len <= VAULT_NOTE_LISTED)
        st = vlt_fields_add(out, VLT_FIELD_BYTES, VLT_STATE_VALUE, "records",
            sorted, size, err);
    free(sorted);
    return st;
}

static enum vault_status
write_leaf(struct vault *v, const struct vault_note *n,
    const struct vlt_fields *more, struct vault_error *err)
{
    static const uint8_t zeros[VAULT_HASH];
    struct vlt_entry e = {"note", NULL, 0, zeros, n->reason, -1};
    enum vault_status st = VAULT_OK;

    if (v->acting)
        st = vlt_action_commit(v, err);
    if (st == VAULT_OK)
        st = vlt_action_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_action_leaf_with(v, &e, more, err);
    if (st != VAULT_OK) {
        vlt_action_abort(v);
        return st;
    }
    return vlt_action_commit(v, err);
}

enum vault_status
vault_log_note(struct vault *v, const struct vault_note *note,
    struct vault_error *err)
{
    struct vlt_fields more;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK && note->reason != NULL)
        st = vlt_reason_check(note->reason, err);
    if (st != VAULT_OK)
        return st;
    vlt_fields_init(&more);
    st = put_given(&more, note, err);
    if (st == VAULT_OK)
        st = put_records(&more, note, err);
    if (st == VAULT_OK)
        st = write_leaf(v, note, &more, err);
    vlt_fields_clear(&more);
    return st;
}
