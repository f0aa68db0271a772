/* SPDX-License-Identifier: Apache-2.0 */
/* revoke.c: the note that a card or a device is no longer to be trusted */
#include "revoke.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"

#define FIRST "sanduq.v1/revoke\n"

bool
vlt_revoke_is(const char *text, size_t len)
{
    return len >= sizeof FIRST - 1 &&
        memcmp(text, FIRST, sizeof FIRST - 1) == 0;
}

enum vault_status
vlt_revoke_encode(struct vlt_buf *out, const struct vlt_revoke *r,
    struct vault_error *err)
{
    if (!r->is_device && r->generation == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "revocation: generation 0");
    vlt_buf_put_str(out, FIRST);
    vlt_lines_put_hex(out, r->vault, sizeof r->vault);
    if (r->is_device) {
        vlt_buf_put_str(out, " device ");
        vlt_lines_put_hex(out, r->device, sizeof r->device);
    } else {
        vlt_buf_printf(out, " card %" PRIu32, r->generation);
    }
    vlt_buf_put_str(out, "\nlast ");
    if (r->has_last) {
        vlt_lines_put_hex(out, r->last.replica, sizeof r->last.replica);
        vlt_buf_printf(out, " %" PRIu64 " ", r->last.size);
        vlt_lines_put_b64(out, r->last.checkpoint, sizeof r->last.checkpoint);
    } else {
        vlt_buf_put_str(out, "-");
    }
    vlt_buf_put_str(out, "\n");
    return vlt_buf_end(out, "revocation", err);
}

static void
read_whom(struct vlt_lines *l, struct vlt_revoke *r)
{
    vlt_lines_hex(l, r->vault, sizeof r->vault);
    r->is_device = vlt_lines_at(l, " device ");
    if (r->is_device) {
        vlt_lines_expect(l, " device ");
        vlt_lines_hex(l, r->device, sizeof r->device);
    } else {
        vlt_lines_expect(l, " card ");
        r->generation = vlt_lines_u32(l);
    }
}

static void
read_last(struct vlt_lines *l, struct vlt_revoke *r)
{
    vlt_lines_expect(l, "\nlast ");
    r->has_last = !vlt_lines_at(l, "-\n");
    if (r->has_last) {
        vlt_lines_hex(l, r->last.replica, sizeof r->last.replica);
        vlt_lines_expect(l, " ");
        r->last.size = vlt_lines_u64(l);
        if (r->last.size == 0) /* a state without lines says `last -` */
            vlt_lines_fail(l);
        vlt_lines_expect(l, " ");
        vlt_lines_b64(l, r->last.checkpoint, sizeof r->last.checkpoint);
    } else {
        vlt_lines_expect(l, "-");
    }
    vlt_lines_expect(l, "\n");
}

enum vault_status
vlt_revoke_decode(struct vlt_revoke *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_revoke r = {0};
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, FIRST);
    read_whom(&l, &r);
    read_last(&l, &r);
    st = vlt_lines_end(&l, "revocation", err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_revoke_encode(&again, &r, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "revocation", err);
    vlt_buf_clear(&again);
    if (st != VAULT_OK)
        return st;
    vlt_sha256(r.text_hash, text, len);
    *out = r;
    return VAULT_OK;
}

enum vault_status
vlt_revoke_make(struct vlt_revoke *r, const struct vlt_seed *seed,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = key == NULL ? vlt_fail_memory(err) : vlt_revoke_encode(&text, r, err);
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
vlt_revoke_parse(struct vlt_revoke *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    return st == VAULT_OK ? vlt_revoke_decode(out, n.text, n.text_len, err)
                          : st;
}

enum vault_status
vlt_revoke_check(const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_revoke r;
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st == VAULT_OK)
        st = vlt_revoke_decode(&r, n.text, n.text_len, err);
    if (st != VAULT_OK)
        return st;
    if (memcmp(r.vault, card->vault, sizeof r.vault) != 0 ||
        (!r.is_device && r.generation != card->generation))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the revocation is of another vault or card");
    vlt_name_sign(name, card->vault);
    return vlt_note_check(&n, name, card->sign, err);
}
