/* SPDX-License-Identifier: Apache-2.0 */
/* ageout.c: sealing an age file: header, then chunk by chunk */
#include "agebytes.h"
#include "agewrap.h"
#include "fail.h"
#include "seal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NONCE = 16 };

struct vlt_age_out {
    struct vlt_age_armor to;
    struct vlt_payload *key;
    uint64_t counter;
    bool over; /* finished or failed: nothing more may come */
    size_t len;
    uint8_t plain[VLT_AGE_CHUNK];
    uint8_t sealed[VLT_AGE_CHUNK + VLT_TAG];
};

/* ---- header ---- */

static enum vault_status
check_to(const struct vlt_age_to *to, struct vault_error *err)
{
    int kinds = (to->kems > 0) + (to->x25519s > 0) + (to->passphrase != NULL);

    if (kinds == 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "an age file needs a recipient or a passphrase");
    if (kinds > 1 && to->passphrase != NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "an age file has either recipients or a passphrase");
    if (kinds > 1)
        return vlt_fail(err, VAULT_E_USAGE,
            "a file for an age1pq... recipient must not be sealed to an"
            " age1... recipient as well: a quantum computer would open it");
    return VAULT_OK;
}

static enum vault_status
put_stanzas(struct vlt_buf *header, const struct vlt_guarded *key,
    const struct vlt_age_to *to, struct vault_error *err)
{
    struct vlt_age_stanza s;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; i < to->kems && st == VAULT_OK; i++) {
        st = vlt_age_wrap_hybrid(&s, key, to->kem[i], err);
        if (st == VAULT_OK)
            vlt_age_header_put(header, &s);
    }
    for (i = 0; i < to->x25519s && st == VAULT_OK; i++) {
        st = vlt_age_wrap_x25519(&s, key, to->x25519[i], err);
        if (st == VAULT_OK)
            vlt_age_header_put(header, &s);
    }
    if (st == VAULT_OK && to->passphrase != NULL) {
        st = vlt_age_wrap_scrypt(&s, key, to->passphrase,
            to->work != 0 ? to->work : VLT_AGE_WORK, err);
        if (st == VAULT_OK)
            vlt_age_header_put(header, &s);
    }
    return st;
}

static enum vault_status
put_header(struct vlt_age_out *a, const struct vlt_guarded *key,
    const struct vlt_age_to *to, struct vault_error *err)
{
    struct vlt_buf header;
    uint8_t nonce[NONCE];
    enum vault_status st;

    vlt_buf_init(&header, VLT_AGE_HEADER_MAX);
    vlt_age_header_start(&header);
    st = put_stanzas(&header, key, to, err);
    if (st != VAULT_OK)
        goto out;
    vlt_age_header_end(&header, key->p);
    vlt_random(nonce, sizeof nonce);
    vlt_age_payload_key(a->key, key, nonce);
    vlt_buf_put(&header, nonce, sizeof nonce);
    st = vlt_buf_end(&header, "age header", err);
    if (st == VAULT_OK)
        st = vlt_age_armor_write(&a->to, header.p, header.len, err);
out:
    vlt_buf_clear(&header);
    return st;
}

enum vault_status
vlt_age_begin(struct vlt_age_out **out, vlt_age_sink write, void *ctx,
    const struct vlt_age_to *to, struct vault_error *err)
{
    struct vlt_age_out *a = NULL;
    struct vlt_guarded *key = NULL;
    enum vault_status st = check_to(to, err);

    if (st != VAULT_OK)
        return st;
    a = calloc(1, sizeof *a);
    key = vlt_guarded_new(VLT_AGE_KEY);
    if (a != NULL)
        a->key = vlt_payload_new();
    if (a == NULL || key == NULL || a->key == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    a->to.write = write;
    a->to.ctx = ctx;
    a->to.armor = to->armor;
    vlt_random(key->p, key->len);
    st = put_header(a, key, to, err);
    if (st != VAULT_OK)
        goto out;

    *out = a;
    a = NULL;
out:
    vlt_guarded_free(key);
    vlt_age_out_free(a);
    return st;
}

/* ---- payload ---- */

static enum vault_status
put_chunk(struct vlt_age_out *a, const uint8_t *p, size_t n, bool final,
    struct vault_error *err)
{
    enum vault_status st;

    vlt_chunk_seal(a->sealed, a->key->b, a->counter++, final, p, n);
    st = vlt_age_armor_write(&a->to, a->sealed, n + VLT_TAG, err);
    a->over = a->over || st != VAULT_OK;
    return st;
}

/* A full chunk waits until more comes: it may be the last one. */
enum vault_status
vlt_age_write(struct vlt_age_out *a, const void *p, size_t n,
    struct vault_error *err)
{
    const uint8_t *bytes = p;
    enum vault_status st = VAULT_OK;
    size_t take;

    assert(!a->over);
    while (n > 0 && st == VAULT_OK) {
        if (a->len == sizeof a->plain) {
            st = put_chunk(a, a->plain, a->len, false, err);
            a->len = 0;
        } else if (a->len == 0 && n > sizeof a->plain) {
            st = put_chunk(a, bytes, sizeof a->plain, false, err);
            bytes += sizeof a->plain;
            n -= sizeof a->plain;
            continue; /* no copy; what is left is not nothing */
        }
        take = sizeof a->plain - a->len < n ? sizeof a->plain - a->len : n;
        memcpy(a->plain + a->len, bytes, take);
        a->len += take;
        bytes += take;
        n -= take;
    }
    return st;
}

enum vault_status
vlt_age_finish(struct vlt_age_out *a, struct vault_error *err)
{
    enum vault_status st;

    assert(!a->over);
    st = put_chunk(a, a->plain, a->len, true, err);
    a->over = true;
    return st == VAULT_OK ? vlt_age_armor_finish(&a->to, err) : st;
}

void
vlt_age_out_free(struct vlt_age_out *a)
{
    if (a == NULL)
        return;
    vlt_payload_free(a->key);
    vlt_wipe(a->plain, sizeof a->plain);
    free(a);
}
