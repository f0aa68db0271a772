/* SPDX-License-Identifier: Apache-2.0 */
/* replica.c: the note that certifies one log of a vault (section 4) */
#include "replica.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "sign.h"

void
vlt_replica_clear(struct vlt_replica *r)
{
    free(r->base);
    *r = (struct vlt_replica){0};
}

/*
 * The replica id comes first in the line, has a fixed length and is unique,
 * so its order is that of whole lines.
 */
static int
compare_bases(const void *a, const void *b)
{
    const struct vlt_base_line *x = a, *y = b;

    return memcmp(x->replica, y->replica, sizeof x->replica);
}

static enum vault_status
check(const struct vlt_replica *r, struct vault_error *err)
{
    size_t i;

    if (r->number == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "replica note: number 0");
    if (r->bases > VLT_REPLICA_BASES)
        return vlt_fail(err, VAULT_E_FORMAT,
            "replica note: more than %d base lines", VLT_REPLICA_BASES);
    for (i = 0; i < r->bases; i++) {
        if (memcmp(r->base[i].replica, r->replica, sizeof r->replica) == 0)
            return vlt_fail(err, VAULT_E_FORMAT,
                "replica note: a base line names its own log");
        if (i > 0 && compare_bases(&r->base[i - 1], &r->base[i]) >= 0)
            return vlt_fail(err, VAULT_E_FORMAT,
                "replica note: base lines out of order or doubled");
    }
    return VAULT_OK;
}

enum vault_status
vlt_replica_encode(struct vlt_buf *out, const struct vlt_replica *r,
    struct vault_error *err)
{
    enum vault_status st = check(r, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(out, "sanduq.v1/replica\n");
    vlt_lines_put_hex(out, r->vault, sizeof r->vault);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_hex(out, r->replica, sizeof r->replica);
    vlt_buf_printf(out, " %" PRIu32 "\nlog ", r->number);
    vlt_lines_put_b64(out, r->log_key, sizeof r->log_key);
    vlt_buf_put_str(out, "\ncard ");
    vlt_lines_put_b64(out, r->card, sizeof r->card);
    vlt_buf_put_str(out, "\n");
    for (i = 0; i < r->bases; i++) {
        const struct vlt_base_line *b = &r->base[i];

        vlt_buf_put_str(out, "base ");
        vlt_lines_put_hex(out, b->replica, sizeof b->replica);
        vlt_buf_printf(out, " %" PRIu64 " ", b->size);
        vlt_lines_put_b64(out, b->checkpoint, sizeof b->checkpoint);
        vlt_buf_put_str(out, "\n");
    }
    return vlt_buf_end(out, "replica note", err);
}

static void
read_bases(struct vlt_replica *r, struct vlt_lines *l)
{
    while (vlt_lines_at(l, "base ")) {
        struct vlt_base_line *b = &r->base[r->bases];

        if (r->bases == VLT_REPLICA_BASES) {
            vlt_lines_fail(l);
            return;
        }
        vlt_lines_expect(l, "base ");
        vlt_lines_hex(l, b->replica, sizeof b->replica);
        vlt_lines_expect(l, " ");
        b->size = vlt_lines_u64(l);
        vlt_lines_expect(l, " ");
        vlt_lines_b64(l, b->checkpoint, sizeof b->checkpoint);
        vlt_lines_expect(l, "\n");
        r->bases++;
    }
}

/* Read the fixed lines into r, whose base has room for all base lines. */
static enum vault_status
decode_fixed(struct vlt_replica *r, struct vlt_lines *l,
    struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;

    vlt_lines_expect(l, "sanduq.v1/replica\n");
    vlt_lines_hex(l, r->vault, sizeof r->vault);
    vlt_lines_expect(l, " ");
    vlt_lines_hex(l, r->replica, sizeof r->replica);
    vlt_lines_expect(l, " ");
    r->number = vlt_lines_u32(l);
    vlt_lines_expect(l, "\nlog ");
    vlt_lines_b64(l, r->log_key, sizeof r->log_key);
    vlt_lines_expect(l, "\ncard ");
    vlt_lines_b64(l, r->card, sizeof r->card);
    vlt_lines_expect(l, "\n");
    read_bases(r, l);
    if (l->failed)
        return vlt_lines_end(l, "replica note", err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_replica_encode(&again, r, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, l->p, l->pos, "replica note", err);
    vlt_buf_clear(&again);
    return st;
}

enum vault_status
vlt_replica_decode(struct vlt_replica *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_replica r = {0};
    struct vlt_lines l;
    enum vault_status st;

    r.base = calloc(VLT_REPLICA_BASES, sizeof *r.base);
    if (r.base == NULL)
        return vlt_fail_memory(err);
    vlt_lines_init(&l, text, len);
    st = decode_fixed(&r, &l, err);
    if (st == VAULT_OK)
        st = vlt_lines_end_ext(&l, "replica note", err);
    if (st == VAULT_OK && !vlt_sign_key_ok(r.log_key))
        st = vlt_fail(err, VAULT_E_FORMAT,
            "replica note: a log key that is refused");
    if (st != VAULT_OK) {
        vlt_replica_clear(&r);
        return st;
    }
    vlt_sha256(r.text_hash, text, len);
    *out = r;
    return VAULT_OK;
}

enum vault_status
vlt_replica_make(struct vlt_replica *r, const struct vlt_seed *seed,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    if (key == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    if (r->bases > 1)
        qsort(r->base, r->bases, sizeof *r->base, compare_bases);
    st = vlt_replica_encode(&text, r, err);
    if (st != VAULT_OK)
        goto out;
    vlt_identity_sign_seed(key, seed, r->vault);
    vlt_name_sign(name, r->vault);
    st = vlt_note_sign(out, (const char *)text.p, text.len, name, key->b, err);
    if (st == VAULT_OK)
        vlt_sha256(r->text_hash, text.p, text.len);
out:
    vlt_buf_clear(&text);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_replica_parse(struct vlt_replica *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    return vlt_replica_decode(out, n.text, n.text_len, err);
}

enum vault_status
vlt_replica_check(const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err)
{
    struct vlt_replica r = {0};
    char name[VLT_NAME_MAX + 1];
    struct vlt_note n;
    enum vault_status st;

    st = vlt_note_parse(&n, note, len, err);
    if (st == VAULT_OK)
        st = vlt_replica_decode(&r, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_name_sign(name, card->vault);
    if (memcmp(r.vault, card->vault, sizeof r.vault) != 0 ||
        memcmp(r.card, card->fingerprint, sizeof r.card) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "replica note names another vault or card");
    else
        st = vlt_note_check(&n, name, card->sign, err);
    vlt_replica_clear(&r);
    return st;
}
