/* SPDX-License-Identifier: Apache-2.0 */
/* share_out.c: a bundle on its way: the courier wrap, and minisign */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "os.h"
#include "pack.h"
#include "sharing.h"
#include "sign.h"

enum { PIECE = 1024 * 1024 };

/* ---- courier wrap: the file and zeros to Padmé of its length ---- */

struct leaving_file {
    struct vlt_outfile *to;
    struct vlt_sha256 hash;
};

static enum vault_status
write_out(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct leaving_file *f = ctx;

    vlt_sha256_update(&f->hash, p, n);
    return vlt_outfile_write(f->to, p, n, err);
}

static enum vault_status
pour(struct vault_share *s, struct vlt_file *in, struct vlt_age_out *out,
    uint8_t *piece, struct vault_error *err)
{
    uint64_t total = 0, padded;
    size_t n = 0;
    enum vault_status st;

    do {
        st = vlt_file_read(in, piece, PIECE, &n, err);
        if (st == VAULT_OK && n > 0)
            st = vlt_age_write(out, piece, n, err);
        total += n;
        if (st == VAULT_OK && !vlt_progress(&s->v->opt, total, 0, false))
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped");
    } while (st == VAULT_OK && n > 0);
    memset(piece, 0, PIECE);
    for (padded = vlt_padme(total); st == VAULT_OK && total < padded;
         total += n) {
        n = padded - total < PIECE ? (size_t)(padded - total) : PIECE;
        st = vlt_age_write(out, piece, n, err);
    }
    return st == VAULT_OK ? vlt_age_finish(out, err) : st;
}

/* The key of nobody. */
static void
throw_away(uint8_t kem[VLT_KEM_PK])
{
    uint8_t seed[32];

    vlt_random(seed, sizeof seed);
    vlt_kem_public(kem, seed);
    vlt_wipe(seed, sizeof seed);
}

static void
shuffle(uint8_t (*kem)[VLT_KEM_PK], size_t n)
{
    uint8_t one[VLT_KEM_PK];
    uint64_t draw;
    size_t i, k;

    for (i = n; i > 1; i--) {
        vlt_random(&draw, sizeof draw);
        k = (size_t)(draw % i);
        memcpy(one, kem[k], sizeof one);
        memcpy(kem[k], kem[i - 1], sizeof one);
        memcpy(kem[i - 1], one, sizeof one);
    }
}

/* As many as the epoch has wraps: their number says no more here than there,
 * and their order nothing. */
static enum vault_status
recipients(const struct vault_share *s, uint8_t (**kem)[VLT_KEM_PK], size_t *n,
    struct vault_error *err)
{
    size_t i;

    *n = vlt_epoch_padded(VLT_EPOCH_BUNDLE, (uint32_t)s->recipients);
    *kem = calloc(*n, sizeof **kem);
    if (*kem == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < *n; i++) {
        if (i < s->recipients)
            memcpy((*kem)[i], s->pin[i].card.kem, VLT_KEM_PK);
        else
            throw_away((*kem)[i]);
    }
    shuffle(*kem, *n);
    return VAULT_OK;
}

enum vault_status
vlt_share_courier(struct vault_share *s, const char *from,
    struct vlt_outfile *to, uint8_t sha256[32], struct vault_error *err)
{
    struct leaving_file f = {.to = to};
    uint8_t(*kem)[VLT_KEM_PK] = NULL;
    uint8_t *piece = malloc(PIECE);
    struct vlt_age_to who = {.passphrase = s->passphrase};
    struct vlt_age_out *out = NULL;
    struct vlt_file *in = NULL;
    enum vault_status st = VAULT_OK;

    if (piece == NULL)
        return vlt_fail_memory(err);
    vlt_sha256_init(&f.hash);
    if (s->passphrase == NULL) {
        st = recipients(s, &kem, &who.kems, err);
        who.kem = (const uint8_t(*)[VLT_KEM_PK])kem;
    }
    if (st == VAULT_OK)
        st = vlt_file_open(from, &in, err);
    if (st == VAULT_OK)
        st = vlt_age_begin(&out, write_out, &f, &who, err);
    if (st == VAULT_OK)
        st = pour(s, in, out, piece, err);
    if (st == VAULT_OK)
        vlt_sha256_final(&f.hash, sha256);
    vlt_age_out_free(out);
    vlt_file_close(in);
    free(kem);
    free(piece);
    return st;
}

/* ---- minisign ---- */

static enum vault_status
hash_file(const char *path, uint8_t out[64], struct vault_error *err)
{
    uint8_t *piece = malloc(PIECE);
    struct vlt_blake2b512 h;
    struct vlt_file *in = NULL;
    size_t n = 0;
    enum vault_status st;

    if (piece == NULL)
        return vlt_fail_memory(err);
    vlt_blake2b512_init(&h);
    st = vlt_file_open(path, &in, err);
    while (st == VAULT_OK) {
        st = vlt_file_read(in, piece, PIECE, &n, err);
        if (st != VAULT_OK || n == 0)
            break;
        vlt_blake2b512_update(&h, piece, n);
    }
    vlt_blake2b512_final(&h, out);
    vlt_file_close(in);
    free(piece);
    return st;
}

/* The bytes that minisign puts in front of a key or a signature. */
static void
prefix(uint8_t out[10], const char *form, const struct vlt_card *card)
{
    uint8_t id[32];

    vlt_sha256(id, card->mini, sizeof card->mini);
    memcpy(out, form, 2);
    memcpy(out + 2, id, 8);
}

static enum vault_status
signature_text(struct vault_share *s, const uint8_t hash[64],
    const uint8_t text[32], struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    uint8_t line[10 + 64], global[64];
    struct vlt_buf said;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_identity_mini_seed(key, s->v->seed, s->v->id);
    prefix(line, "ED", &s->v->card);
    vlt_sign(line + 10, key->b, hash, 64);
    vlt_buf_init(&said, 256);
    vlt_buf_put(&said, line + 10, 64);
    vlt_buf_put_str(&said, "sanduq.v1 ");
    vlt_lines_put_hex(&said, text, 32);
    vlt_sign(global, key->b, said.p, said.len);
    vlt_signkey_free(key);
    vlt_buf_put_str(out, "untrusted comment: signature of a bundle\n");
    vlt_lines_put_b64(out, line, sizeof line);
    vlt_buf_put_str(out, "\ntrusted comment: ");
    vlt_buf_put(out, said.p + 64, said.len - 64);
    vlt_buf_put_str(out, "\n");
    vlt_lines_put_b64(out, global, sizeof global);
    vlt_buf_put_str(out, "\n");
    vlt_buf_clear(&said);
    return vlt_buf_end(out, "signature", err);
}

/* What `minisign -V -P` takes. */
static void
public_key(const struct vault_share *s, char out[64])
{
    uint8_t key[42];
    struct vlt_buf b;

    prefix(key, "Ed", &s->v->card);
    memcpy(key + 10, s->v->card.mini, 32);
    vlt_buf_init(&b, 63);
    vlt_lines_put_b64(&b, key, sizeof key);
    (void)snprintf(out, 64, "%s", vlt_buf_cstr(&b));
    vlt_buf_clear(&b);
}

enum vault_status
vlt_share_minisig(struct vault_share *s, const char *path,
    const uint8_t text[32], struct vault_shared *out, struct vault_error *err)
{
    size_t len = strlen(path) + sizeof ".minisig";
    char *name = malloc(len);
    uint8_t hash[64];
    struct vlt_buf b;
    enum vault_status st;

    if (name == NULL)
        return vlt_fail_memory(err);
    (void)snprintf(name, len, "%s.minisig", path);
    vlt_buf_init(&b, 1024);
    st = hash_file(path, hash, err);
    if (st == VAULT_OK)
        st = signature_text(s, hash, text, &b, err);
    if (st == VAULT_OK)
        st = vlt_os_create_small(name, b.p, b.len, err);
    vlt_buf_clear(&b);
    if (st != VAULT_OK) {
        free(name);
        return st;
    }
    public_key(s, out->minisign_key);
    out->minisig = name;
    return VAULT_OK;
}
