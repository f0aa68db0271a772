/* SPDX-License-Identifier: Apache-2.0 */
/* agein.c: opening an age file and reading its payload chunk by chunk */
#include "agebytes.h"
#include "agewrap.h"
#include "fail.h"
#include "seal.h"

#include <stdlib.h>
#include <string.h>

enum { SEALED = VLT_AGE_CHUNK + VLT_TAG, NONCE = 16 };

struct vlt_age_in {
    struct vlt_age_bytes in;
    struct vlt_payload *key;
    bool by_passphrase;
    size_t opened_by;
    uint64_t counter;
    bool last; /* the chunk in `plain` is the final one */
    /* It is sound, but what follows is not: said when it has been read. */
    const char *after;
    size_t pos; /* in plain */
    size_t len;
    size_t have; /* in sealed: a chunk, and one byte that tells it goes on */
    struct vault_error failed; /* code VAULT_OK as long as all is well */
    enum vlt_age_stage stage;
    uint8_t plain[VLT_AGE_CHUNK];
    uint8_t sealed[SEALED + 1];
};

/* ---- header ---- */

/* Reads to the end of the line that begins with "---". The armor and the
 * chunks go on right behind it, so this takes byte by byte. */
static enum vault_status
read_header(struct vlt_age_in *a, struct vlt_buf *header,
    struct vault_error *err)
{
    size_t line = 0, got;
    uint8_t c = 0;
    enum vault_status st;

    do {
        if (c == '\n')
            line = header->len;
        st = vlt_age_bytes_read(&a->in, &c, 1, &got, err);
        if (st != VAULT_OK)
            return st;
        if (got == 0)
            return vlt_fail(err, VAULT_E_FORMAT,
                header->len == 0 ? "an empty file is no age file"
                                 : "the age header is cut off");
        vlt_buf_put_u8(header, c);
        if (header->failed)
            return vlt_buf_end(header, "age header", err);
    } while (c != '\n' || header->len - line < 3 ||
        memcmp(header->p + line, "---", 3) != 0);
    return VAULT_OK;
}

/* Whether every line is what it should be; nothing was tried yet. */
static bool
sound(const struct vlt_buf *header, uint8_t mac[VLT_AGE_MAC], size_t *covered,
    bool *scrypt)
{
    struct vlt_age_stanza s;
    struct vlt_age_header h;
    bool more = true;

    if (!vlt_age_header_begin(&h, header->p, header->len))
        return false;
    while (more)
        if (!vlt_age_header_next(&h, &s, &more))
            return false;
    *scrypt = h.scrypt;
    return vlt_age_header_mac(&h, mac, covered);
}

static enum vault_status
nobody(bool scrypt, const struct vlt_age_identities *who,
    struct vault_error *err)
{
    if (!scrypt)
        return vlt_fail(err, VAULT_E_NO_KEY,
            "this age file is sealed to somebody else");
    if (who->passphrase == NULL)
        return vlt_fail(err, VAULT_E_LOCKED,
            "this age file is sealed with a passphrase");
    return vlt_fail(err, VAULT_E_SECRET,
        "the passphrase does not fit this age file");
}

/* Each stanza in its order, until one opens. */
static enum vault_status
find_key(const struct vlt_buf *header, const struct vlt_age_identities *who,
    struct vlt_guarded *key, size_t *which, struct vault_error *err)
{
    struct vlt_age_header h;
    struct vlt_age_stanza s;
    enum vault_status st = VAULT_OK;
    bool more = vlt_age_header_begin(&h, header->p, header->len);
    bool found = false;

    while (more && !found && st == VAULT_OK)
        if (vlt_age_header_next(&h, &s, &more) && more)
            st = vlt_age_unwrap(&s, who, key, &found, which, err);
    if (st != VAULT_OK || found)
        return st;
    return nobody(h.scrypt, who, err);
}

static enum vlt_age_stage
stage_of(enum vault_status st)
{
    switch (st) {
    case VAULT_E_NO_KEY:
    case VAULT_E_LOCKED:
    case VAULT_E_SECRET:
        return VLT_AGE_NO_MATCH;
    default:
        return VLT_AGE_HEADER;
    }
}

static enum vault_status
take_nonce(struct vlt_age_in *a, const struct vlt_guarded *key,
    struct vault_error *err)
{
    uint8_t nonce[NONCE];
    size_t got = 0;
    enum vault_status st = vlt_age_bytes_read(&a->in, nonce, NONCE, &got, err);

    if (st != VAULT_OK)
        return st;
    if (got < NONCE)
        return vlt_fail(err, VAULT_E_FORMAT, "the age file is cut off");
    a->key = vlt_payload_new();
    if (a->key == NULL)
        return vlt_fail_memory(err);
    vlt_age_payload_key(a->key, key, nonce);
    return VAULT_OK;
}

static enum vault_status
open_header(struct vlt_age_in *a, const struct vlt_age_identities *who,
    struct vlt_buf *header, struct vlt_guarded *key, struct vault_error *err)
{
    uint8_t mac[VLT_AGE_MAC], right[VLT_AGE_MAC];
    size_t covered = 0;
    enum vault_status st = read_header(a, header, err);

    a->stage = a->in.armor_bad ? VLT_AGE_ARMOR : VLT_AGE_HEADER;
    if (st != VAULT_OK)
        return st;
    if (!sound(header, mac, &covered, &a->by_passphrase))
        return vlt_fail(err, VAULT_E_FORMAT, "the age header is malformed");
    st = find_key(header, who, key, &a->opened_by, err);
    a->stage = stage_of(st);
    if (st != VAULT_OK)
        return st;
    vlt_age_header_hmac(right, key->p, header->p, covered);
    a->stage = VLT_AGE_HMAC;
    if (!vlt_equal(mac, right, sizeof mac))
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the age header is not the one that was sealed");
    a->stage = VLT_AGE_HEADER;
    st = take_nonce(a, key, err);
    if (st != VAULT_OK && a->in.armor_bad)
        a->stage = VLT_AGE_ARMOR;
    return st;
}

enum vault_status
vlt_age_open(struct vlt_age_in **out, vlt_age_source read, void *ctx,
    const struct vlt_age_identities *who, struct vault_error *err)
{
    struct vlt_age_in *a = calloc(1, sizeof *a);
    struct vlt_guarded *key = vlt_guarded_new(VLT_AGE_KEY);
    struct vlt_buf header;
    enum vault_status st;

    vlt_buf_init(&header, VLT_AGE_HEADER_MAX);
    if (a == NULL || key == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    a->in.read = read;
    a->in.ctx = ctx;
    st = open_header(a, who, &header, key, err);
    if (who->stage != NULL)
        *who->stage = st != VAULT_OK ? a->stage : VLT_AGE_FINE;
    if (st != VAULT_OK)
        goto out;

    a->stage = VLT_AGE_FINE;
    *out = a;
    a = NULL;
out:
    vlt_buf_clear(&header);
    vlt_guarded_free(key);
    vlt_age_in_free(a);
    return st;
}

/* ---- payload ---- */

static enum vault_status
tampered(const char *why, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_TAMPERED, "the age file is damaged: %s", why);
}

static bool
opens(struct vlt_age_in *a, uint8_t *out, bool final, size_t n)
{
    if (!vlt_chunk_open(out, a->key->b, a->counter, final, a->sealed, n))
        return false;
    a->last = final;
    a->len = n - VLT_TAG;
    a->counter++;
    return true;
}

/* Nothing behind it. The final chunk is never empty, but for a file without
 * any bytes. */
static enum vault_status
open_last(struct vlt_age_in *a, uint8_t *out, size_t n, struct vault_error *err)
{
    if (n < VLT_TAG)
        return tampered("it is cut off", err);
    if (n == VLT_TAG && a->counter > 0)
        return tampered("its last chunk is empty", err);
    if (opens(a, out, true, n))
        return VAULT_OK;
    if (n < SEALED || !opens(a, out, false, n))
        return tampered("its last chunk does not open", err);
    a->after = "it is cut off";
    return VAULT_OK;
}

/* A full chunk with more behind it. */
static enum vault_status
open_full(struct vlt_age_in *a, uint8_t *out, struct vault_error *err)
{
    if (opens(a, out, false, SEALED)) {
        a->sealed[0] = a->sealed[SEALED];
        a->have = 1;
        return VAULT_OK;
    }
    if (!opens(a, out, true, SEALED))
        return tampered("a chunk does not open", err);
    a->after = "more follows its last chunk";
    return VAULT_OK;
}

static enum vault_status
next_chunk(struct vlt_age_in *a, uint8_t *out, struct vault_error *err)
{
    size_t got = 0;
    enum vault_status st;

    a->pos = a->len = 0;
    if (a->after != NULL)
        return tampered(a->after, err);
    if (a->last)
        return VAULT_OK;
    st = vlt_age_bytes_read(&a->in, a->sealed + a->have,
        sizeof a->sealed - a->have, &got, err);
    if (st != VAULT_OK)
        return st;
    a->have += got;
    return a->have == sizeof a->sealed ? open_full(a, out, err)
                                       : open_last(a, out, a->have, err);
}

/* The same answer again: a stream that failed stays failed. */
static enum vault_status
again(const struct vlt_age_in *a, struct vault_error *err)
{
    if (err != NULL)
        *err = a->failed;
    return a->failed.code;
}

enum vault_status
vlt_age_read(struct vlt_age_in *a, void *p, size_t max, size_t *n,
    struct vault_error *err)
{
    bool direct = max >= VLT_AGE_CHUNK && a->pos == a->len; /* no copy */
    size_t take;
    enum vault_status st;

    if (a->failed.code != VAULT_OK)
        return again(a, err);
    if (a->pos == a->len) {
        st = next_chunk(a, direct ? p : a->plain, &a->failed);
        if (st != VAULT_OK) {
            a->stage = a->in.armor_bad ? VLT_AGE_ARMOR : VLT_AGE_PAYLOAD;
            a->failed.code = st;
            a->pos = a->len = 0;
            return again(a, err);
        }
    }
    take = a->len - a->pos < max ? a->len - a->pos : max;
    if (!direct)
        memcpy(p, a->plain + a->pos, take);
    a->pos += take;
    *n = take;
    return VAULT_OK;
}

enum vlt_age_stage
vlt_age_stage(const struct vlt_age_in *a)
{
    return a->stage;
}

bool
vlt_age_armored(const struct vlt_age_in *a)
{
    return a->in.armored;
}

bool
vlt_age_by_passphrase(const struct vlt_age_in *a)
{
    return a->by_passphrase;
}

size_t
vlt_age_opened_by(const struct vlt_age_in *a)
{
    return a->opened_by;
}

void
vlt_age_in_free(struct vlt_age_in *a)
{
    if (a == NULL)
        return;
    vlt_payload_free(a->key);
    vlt_wipe(a->plain, sizeof a->plain);
    free(a);
}
