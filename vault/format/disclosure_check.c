/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure_check.c: whether disclosed fields are those of the statement */
#include <string.h>

#include "content.h"
#include "disclosure.h"
#include "fail.h"
#include "hash.h"

enum vault_status
vlt_disclosure_check_leaf(const struct vlt_disclosure *d,
    struct vault_error *err)
{
    const struct vlt_leaf *l = &d->leaf;
    uint8_t stmt[32];

    vlt_statement_hash(stmt, &d->statement);
    if (strcmp(l->kind, "seal") != 0 && strcmp(l->kind, "take") != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "a line of kind %s seals no record", l->kind);
    if (!l->has_record ||
        memcmp(l->record, d->statement.record, sizeof l->record) != 0 ||
        l->version != d->statement.version ||
        memcmp(l->subject, stmt, sizeof stmt) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the line of the log is that of another record or version");
    return VAULT_OK;
}

/* What its own bytes say; a body that lies beside has none here. */
static bool
value_fits(const struct vlt_field *f, const struct vlt_disclosed *at)
{
    uint8_t hash[32];

    if (at->beside)
        return true;
    vlt_sha256(hash, f->value, f->value_len);
    return at->length == f->value_len && memcmp(hash, at->hash, 32) == 0;
}

static void
root_of(uint8_t out[32], const struct vlt_disclosure *d, size_t k)
{
    const struct vlt_disclosed *at = &d->at[k];
    const struct vlt_field *f = &d->fields.f[k];
    struct vlt_body_commit body = {.original_len = at->length};
    struct vlt_hash32 h;
    unsigned width;
    size_t i;

    memcpy(body.sha256, at->hash, sizeof body.sha256);
    vlt_content_leaf(&h, d->statement.record, d->statement.version, at->index,
        at->salt, f, at->beside ? &body : NULL);
    for (i = 0, width = 1; width < d->leaves; i++, width *= 2) {
        if ((at->index & width) != 0)
            vlt_node_hash(h.b, at->path[i].b, h.b);
        else
            vlt_node_hash(h.b, h.b, at->path[i].b);
    }
    memcpy(out, h.b, 32);
}

enum vault_status
vlt_disclosure_check_field(const struct vlt_disclosure *d, size_t k,
    struct vault_error *err)
{
    const struct vlt_field *f = &d->fields.f[k];
    char name[VLT_FIELD_NAME + 1];
    uint8_t root[32];

    memcpy(name, f->name, f->name_len);
    name[f->name_len] = 0;
    if (!value_fits(f, &d->at[k]))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "field %s: the value is not the one its hash is of", name);
    root_of(root, d, k);
    if (memcmp(root, d->statement.content, 32) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "field %s: not what the record committed to at this place", name);
    return VAULT_OK;
}
