/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_age_armor.c: what comes out of an armor goes into one and comes back */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agebytes.h"

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

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    vlt_buf_put(ctx, p, n);
    return vlt_buf_end(ctx, "armor", err);
}

static enum vault_status
decode(const uint8_t *data, size_t size, size_t piece, struct vlt_buf *out,
    bool *armored)
{
    static struct vlt_age_bytes b;
    struct pieces s = {data, size, piece};
    uint8_t some[100];
    size_t n = sizeof some;
    enum vault_status st = VAULT_OK;

    memset(&b, 0, sizeof b);
    b.read = give;
    b.ctx = &s;
    vlt_buf_init(out, MOST);
    while (st == VAULT_OK && n == sizeof some) {
        st = vlt_age_bytes_read(&b, some, sizeof some, &n, NULL);
        if (st == VAULT_OK)
            vlt_buf_put(out, some, n);
    }
    require(st == VAULT_OK || b.armor_bad);
    *armored = b.armored;
    return st;
}

/* In two writes, so that a line is cut. */
static void
comes_back(const uint8_t *p, size_t n)
{
    struct vlt_buf text, back;
    struct vlt_age_armor a = {.write = put, .ctx = &text, .armor = true};
    bool armored = false;

    vlt_buf_init(&text, MOST);
    require(vlt_age_armor_write(&a, p, n / 3, NULL) == VAULT_OK);
    require(vlt_age_armor_write(&a, p + n / 3, n - n / 3, NULL) == VAULT_OK);
    require(vlt_age_armor_finish(&a, NULL) == VAULT_OK);
    require(decode(text.p, text.len, 11, &back, &armored) == VAULT_OK);
    require(armored && back.len == n);
    require(n == 0 || memcmp(back.p, p, n) == 0);
    vlt_buf_clear(&text);
    vlt_buf_clear(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t none[1];
    struct vlt_buf whole, pieces;
    bool armored = false, also = false;
    enum vault_status st = decode(data, size, SIZE_MAX, &whole, &armored);

    require(decode(data, size, 5, &pieces, &also) == st && also == armored);
    require(pieces.len == whole.len);
    require(whole.len == 0 || memcmp(whole.p, pieces.p, whole.len) == 0);
    if (st == VAULT_OK && armored)
        comes_back(whole.len > 0 ? whole.p : none, whole.len);
    comes_back(size > 0 ? data : none, size);
    vlt_buf_clear(&whole);
    vlt_buf_clear(&pieces);
    return 0;
}
