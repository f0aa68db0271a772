/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_lines.c: what the own log says of records of others */
#include <string.h>
#include "fail.h"
#include "field.h"
#include "foreign.h"
#include "foreign_find.h"
#include "foreign_rows.h"
#include "label.h"

/* S(x): the log shows that something came in, not what. */
static void
salted(uint8_t out[32], const uint8_t salt[32], const uint8_t x[32])
{
    const struct vlt_part part[] = {{salt, 32}, {x, 32}};

    vlt_label_hash(out, VLT_L_SALTED, part, VLT_COUNT(part));
}

/* ---- writing ---- */

static enum vault_status
find_row(struct vault *v, const struct vlt_record_head *head,
    const uint8_t stmt[32], uint64_t *rid, struct vault_error *err)
{
    const struct vlt_foreign_head *at = NULL;
    size_t i, n = 0;
    enum vault_status st = vlt_foreign_heads(v, head->h.id, &at, &n, err);

    *rid = 0;
    for (i = 0; st == VAULT_OK && i < n; i++) {
        if (!at[i].other && memcmp(at[i].stmt, stmt, 32) == 0)
            *rid = at[i].rid;
    }
    if (st == VAULT_OK && *rid == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND,
            "a line about a record of others that is not here");
    return st;
}

/* What of it is here now, so that verify misses what goes back to less: -1 the
 * whole record, else how many parts. */
static enum vault_status
put_holds(struct vault *v, struct vlt_fields *f, uint64_t rid,
    struct vault_error *err)
{
    struct vlt_foreign_parts parts;
    uint64_t n = 0;
    enum vault_status st = vlt_foreign_parts(v->store, rid, &parts, err);

    if (st == VAULT_OK && !parts.meta)
        st = vlt_extract_count(v->store, rid, &n, err);
    return st == VAULT_OK ? vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "holds",
                                parts.meta ? -1 : (int64_t)n, err)
                          : st;
}

static enum vault_status
fields(struct vlt_fields *f, const uint8_t salt[32],
    const struct vlt_record_head *head, uint64_t rid, const uint8_t *bundle,
    const uint8_t *from, struct vault_error *err)
{
    static const uint8_t zeros[32];
    uint8_t record[VLT_FOREIGN_NAMED];
    enum vault_status st;

    memcpy(record, head->h.origin, 16);
    memcpy(record + 16, head->h.id, 16);
    vlt_store_u32(record + 32, head->h.version);
    st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "salt", salt, 32,
        err);
    if (st == VAULT_OK)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "record",
            record, sizeof record, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(f, VLT_FIELD_NUMBER, "row", (int64_t)rid, err);
    if (st == VAULT_OK && bundle != NULL && memcmp(bundle, zeros, 16) != 0)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "bundle",
            bundle, 16, err);
    if (st == VAULT_OK && from != NULL && memcmp(from, zeros, 32) != 0)
        st = vlt_fields_add(f, VLT_FIELD_BYTES, VLT_STATE_VALUE, "from", from,
            32, err);
    return st;
}

enum vault_status
vlt_foreign_leaf(struct vault *v, const char *kind,
    const struct vlt_record_head *head, const uint8_t *bundle,
    const uint8_t *from, const char *reason, struct vault_error *err)
{
    uint8_t stmt[32], salt[32], subject[32];
    struct vlt_entry e = {kind, NULL, 0, subject, reason, -1};
    struct vlt_fields f;
    uint64_t rid = 0;
    enum vault_status st;

    vlt_record_stmt(stmt, head);
    vlt_random(salt, sizeof salt);
    salted(subject, salt, stmt);
    vlt_fields_init(&f);
    st = find_row(v, head, stmt, &rid, err);
    if (st == VAULT_OK)
        st = fields(&f, salt, head, rid, bundle, from, err);
    if (st == VAULT_OK && strcmp(kind, "import") == 0)
        st = put_holds(v, &f, rid, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(v, &e, &f, err);
    if (st == VAULT_OK)
        vlt_foreign_lined(v, head->h.id, rid);
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_foreign_import_leaf(struct vault *v, const struct vlt_record_head *head,
    const uint8_t bundle[16], const uint8_t from[32], struct vault_error *err)
{
    return vlt_foreign_leaf(v, "import", head, bundle, from, NULL, err);
}

static enum vault_status
line_for(struct vault *v, uint64_t rid, struct vault_error *err)
{
    struct vlt_foreign_proof p;
    struct vlt_record_row row;
    enum vault_status st = vlt_any_row(v, rid, &row, NULL, err);

    if (st == VAULT_OK)
        st = vlt_foreign_proof_get(v, rid, &p, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_foreign_leaf(v, "import", &row.head, p.bundle, p.from, NULL, err);
    vlt_foreign_proof_clear(&p);
    return st;
}

enum vault_status
vlt_foreign_finish_lines(struct vault *v, struct vault_error *err)
{
    size_t at = 0;
    uint64_t rid = vlt_foreign_without_line(v, &at);
    enum vault_status st = VAULT_OK;

    for (; st == VAULT_OK && rid != 0; rid = vlt_foreign_without_line(v, &at))
        st = line_for(v, rid, err);
    return st;
}

/* ---- reading ---- */

static const uint8_t *
bytes_of(const struct vlt_fields *f, const char *name, size_t n)
{
    const struct vlt_field *x = vlt_fields_find(f, name);

    return x != NULL && x->type == VLT_FIELD_BYTES &&
            x->state == VLT_STATE_VALUE && x->value_len == n
        ? x->value
        : NULL;
}

enum vault_status
vlt_foreign_line(struct vault *v, const struct vlt_leaf_row *leaf,
    uint8_t record[VLT_FOREIGN_NAMED], uint64_t *rid, int64_t *holds,
    struct vault_error *err)
{
    const uint8_t *named;
    struct vlt_fields f;
    int64_t row = 0;
    enum vault_status st = vlt_event_read(v, leaf, &f, err);

    if (st != VAULT_OK)
        return st;
    named = bytes_of(&f, "record", VLT_FOREIGN_NAMED);
    if (named == NULL || !vlt_fields_i64(&f, "row", &row) || row <= 0) {
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "the text of a line about a record of others does not name it");
    } else {
        memcpy(record, named, VLT_FOREIGN_NAMED);
        *rid = (uint64_t)row;
        *holds = 0;
        (void)vlt_fields_i64(&f, "holds", holds);
    }
    vlt_fields_clear(&f);
    return st;
}

enum vault_status
vlt_foreign_line_is(struct vault *v, const struct vlt_leaf_row *leaf,
    const uint8_t stmt[32], bool *out, struct vault_error *err)
{
    const uint8_t *salt;
    struct vlt_fields f;
    uint8_t subject[32];
    enum vault_status st = vlt_event_read(v, leaf, &f, err);

    if (st != VAULT_OK)
        return st;
    salt = bytes_of(&f, "salt", 32);
    if (salt != NULL)
        salted(subject, salt, stmt);
    *out = salt != NULL && memcmp(subject, leaf->leaf.subject, 32) == 0;
    vlt_fields_clear(&f);
    return VAULT_OK;
}
