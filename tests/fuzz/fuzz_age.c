/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_age.c: an age file says the same however it comes, and never too much */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "ageheader.h"

enum { MOST = 1 << 22 };

static void
require(int holds)
{
    if (!holds)
        abort();
}

struct pieces {
    const uint8_t *p;
    size_t left;
    size_t piece;
};

static enum vault_status
give(void *ctx, void *p, size_t max, size_t *n, struct vault_error *err)
{
    struct pieces *s = ctx;

    (void)err;
    *n = s->piece < max ? s->piece : max;
    *n = *n < s->left ? *n : s->left;
    if (*n > 0)
        memcpy(p, s->p, *n);
    s->p += *n;
    s->left -= *n;
    return VAULT_OK;
}

/* The keys that the corpus is sealed to. */
static const uint8_t x25519[1][32] = {{0x42, 1}};
static struct vlt_kemkey *kem;
static struct vlt_guarded *passphrase;

static void
begin(void)
{
    if (kem != NULL)
        return;
    require(vlt_crypto_init(NULL) == VAULT_OK);
    kem = vlt_kemkey_new();
    passphrase = vlt_guarded_copy("fuzz", 4);
    require(kem != NULL && passphrase != NULL);
    kem->b[0] = 0x42;
}

/* How it ended, and what came out. */
static enum vault_status
read_all(const uint8_t *data, size_t size, size_t piece, struct vlt_buf *plain)
{
    const struct vlt_kemkey *kems[] = {kem};
    struct pieces s = {data, size, piece};
    struct vlt_age_identities who = {.kem = kems,
        .kems = 1,
        .x25519 = x25519,
        .x25519s = 1,
        .passphrase = passphrase,
        .work_max = 4};
    struct vlt_age_in *in = NULL;
    uint8_t out[3000];
    size_t n = 1;
    enum vault_status st = vlt_age_open(&in, give, &s, &who, NULL);

    vlt_buf_init(plain, MOST);
    while (st == VAULT_OK && n > 0) {
        st = vlt_age_read(in, out, sizeof out, &n, NULL);
        if (st == VAULT_OK)
            vlt_buf_put(plain, out, n);
    }
    vlt_age_in_free(in);
    return st;
}

/* A header of stanzas that we know is what we would write. */
static void
check_header(const uint8_t *data, size_t size)
{
    struct vlt_age_header h;
    struct vlt_age_stanza s;
    struct vlt_buf again;
    uint8_t mac[VLT_AGE_MAC];
    size_t covered = 0;
    bool more = true, known = true, ok;

    vlt_buf_init(&again, MOST);
    vlt_age_header_start(&again);
    ok = vlt_age_header_begin(&h, data, size);
    while (ok && more) {
        ok = vlt_age_header_next(&h, &s, &more);
        known = known && (!ok || !more || s.kind != VLT_AGE_FOREIGN);
        if (ok && more && known && s.work != 255)
            vlt_age_header_put(&again, &s);
        known = known && s.work != 255;
    }
    if (ok && known && vlt_age_header_mac(&h, mac, &covered)) {
        require(covered == again.len + 3);
        require(memcmp(again.p, data, again.len) == 0);
    }
    vlt_buf_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_buf whole, pieces;
    enum vault_status st;

    begin();
    check_header(data, size);
    st = read_all(data, size, SIZE_MAX, &whole);
    require(whole.len <= size);
    require(read_all(data, size, 7, &pieces) == st);
    require(pieces.len == whole.len);
    require(whole.len == 0 || memcmp(whole.p, pieces.p, whole.len) == 0);
    vlt_buf_clear(&whole);
    vlt_buf_clear(&pieces);
    return 0;
}
