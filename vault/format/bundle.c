/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.c: what the sender of a bundle signs, and its entries (section 9.1) */
#include "bundle.h"

#include <inttypes.h>
#include <string.h>

#include "epoch.h"
#include "fail.h"
#include "hash.h"
#include "label.h"
#include "lines.h"

/* What a text of this form cannot say. */
static enum vault_status
check_numbers(const struct vlt_bundle_text *t, struct vault_error *err)
{
    if (t->records == 0 || t->records > vlt_epoch_steps(VLT_EPOCH_BUNDLE))
        return vlt_fail(err, VAULT_E_FORMAT, "bundle: %" PRIu64 " records",
            t->records);
    if (t->wraps == 0 || t->wraps > VLT_EPOCH_WRAPS_MAX ||
        t->wraps != vlt_epoch_padded(VLT_EPOCH_BUNDLE, t->wraps))
        return vlt_fail(err, VAULT_E_FORMAT, "bundle: %" PRIu32 " wraps",
            t->wraps);
    return VAULT_OK;
}

static void
put_hash(struct vlt_buf *out, const char *words, const uint8_t hash[32])
{
    vlt_buf_put_str(out, words);
    vlt_lines_put_b64(out, hash, 32);
    vlt_buf_put_str(out, "\n");
}

enum vault_status
vlt_bundle_encode(struct vlt_buf *out, const struct vlt_bundle_text *t,
    struct vault_error *err)
{
    enum vault_status st = check_numbers(t, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(out, "sanduq.v1/bundle\n");
    vlt_lines_put_hex(out, t->bundle, sizeof t->bundle);
    vlt_buf_put_str(out, " from ");
    vlt_lines_put_hex(out, t->vault, sizeof t->vault);
    put_hash(out, " ", t->card);
    put_hash(out, "epoch ", t->epoch);
    vlt_buf_printf(out, "rcpt %" PRIu32, t->wraps);
    put_hash(out, " ", t->rcpt);
    vlt_buf_printf(out, "records %" PRIu64, t->records);
    put_hash(out, " ", t->entries);
    put_hash(out, "manifest ", t->manifest);
    put_hash(out, "log ", t->log);
    return vlt_buf_end(out, "bundle", err);
}

/* Read the fixed lines, check them, and give where they end. */
static enum vault_status
decode_fixed(struct vlt_bundle_text *t, struct vlt_lines *l,
    struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;

    vlt_lines_expect(l, "sanduq.v1/bundle\n");
    vlt_lines_hex(l, t->bundle, sizeof t->bundle);
    vlt_lines_expect(l, " from ");
    vlt_lines_hex(l, t->vault, sizeof t->vault);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, t->card, sizeof t->card);
    vlt_lines_expect(l, "\nepoch ");
    vlt_lines_b64(l, t->epoch, sizeof t->epoch);
    vlt_lines_expect(l, "\nrcpt ");
    t->wraps = vlt_lines_u32(l);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, t->rcpt, sizeof t->rcpt);
    vlt_lines_expect(l, "\nrecords ");
    t->records = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, t->entries, sizeof t->entries);
    vlt_lines_expect(l, "\nmanifest ");
    vlt_lines_b64(l, t->manifest, sizeof t->manifest);
    vlt_lines_expect(l, "\nlog ");
    vlt_lines_b64(l, t->log, sizeof t->log);
    vlt_lines_expect(l, "\n");
    if (l->failed)
        return vlt_lines_end(l, "bundle", err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_bundle_encode(&again, t, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, l->p, l->pos, "bundle", err);
    vlt_buf_clear(&again);
    return st;
}

enum vault_status
vlt_bundle_decode(struct vlt_bundle_text *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_bundle_text t = {0};
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    st = decode_fixed(&t, &l, err);
    if (st == VAULT_OK)
        st = vlt_lines_end_ext(&l, "bundle", err);
    if (st != VAULT_OK)
        return st;
    vlt_sha256(t.text_hash, text, len);
    *out = t;
    return VAULT_OK;
}

enum vault_status
vlt_bundle_make(struct vlt_bundle_text *t, const struct vlt_seed *seed,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_bundle_encode(&text, t, err);
    if (st == VAULT_OK) {
        vlt_identity_sign_seed(key, seed, t->vault);
        vlt_name_sign(name, t->vault);
        st = vlt_note_sign(out, (const char *)text.p, text.len, name, key->b,
            err);
    }
    if (st == VAULT_OK)
        vlt_sha256(t->text_hash, text.p, text.len);
    vlt_buf_clear(&text);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_bundle_parse(struct vlt_bundle_text *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st;

    st = vlt_note_parse(&n, note, len, err);
    if (st == VAULT_OK)
        st = vlt_bundle_decode(out, n.text, n.text_len, err);
    return st;
}

enum vault_status
vlt_bundle_check(const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_bundle_text t;
    struct vlt_note n;
    enum vault_status st;

    st = vlt_note_parse(&n, note, len, err);
    if (st == VAULT_OK)
        st = vlt_bundle_decode(&t, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(t.vault, card->vault, sizeof t.vault) != 0 ||
        memcmp(t.card, card->fingerprint, sizeof t.card) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the bundle names another card than the one beside it");
    vlt_name_sign(name, card->vault);
    return vlt_note_check(&n, name, card->sign, err);
}

void
vlt_bundle_entry_encode(uint8_t out[VLT_ENTRY_BYTES],
    const struct vlt_bundle_entry *e)
{
    out[0] = e->use;
    memcpy(out + 1, e->id, 16);
    vlt_store_u32(out + 17, e->version);
    memcpy(out + 21, e->stmt, 32);
    memcpy(out + 53, e->ct, 32);
    memcpy(out + 85, e->wrap, 32);
    memcpy(out + 117, e->extract, 32);
}

void
vlt_bundle_entry_leaf(uint8_t out[32], const struct vlt_bundle_entry *e)
{
    uint8_t leaf[VLT_LABEL_MAX + VLT_ENTRY_BYTES];
    size_t n = vlt_label(VLT_L_ENTRY, leaf);

    vlt_bundle_entry_encode(leaf + n, e);
    vlt_leaf_hash(out, leaf, n + VLT_ENTRY_BYTES);
}
