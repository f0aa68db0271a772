/* SPDX-License-Identifier: Apache-2.0 */
/* tokenset.c: the tokens of one record, each once, as one text */
#include "tokenset.h"
#include <stdlib.h>
#include <string.h>
#include "beginnings.h"
#include "fail.h"
#include "secret.h"

void
vlt_tokenset_init(struct vlt_tokenset *t)
{
    memset(t, 0, sizeof *t);
    vlt_buf_init(&t->text, VLT_TOKENSET_MAX + VLT_TOKEN + 1);
    vlt_random(&t->seed, sizeof t->seed);
}

void
vlt_tokenset_clear(struct vlt_tokenset *t)
{
    vlt_buf_clear(&t->text);
    free(t->slot);
    t->slot = NULL;
    t->slots = 0;
    t->n = 0;
}

void
vlt_tokenset_reset(struct vlt_tokenset *t)
{
    vlt_buf_reset(&t->text);
    if (t->slot != NULL)
        memset(t->slot, 0, t->slots * sizeof *t->slot);
    t->n = 0;
    t->full = false;
}

/* FNV-1a from a random start. */
static uint64_t
hash(const struct vlt_tokenset *t, const char *p, size_t n)
{
    uint64_t h = t->seed ^ UINT64_C(0xcbf29ce484222325);
    size_t i;

    for (i = 0; i < n; i++)
        h = (h ^ (uint8_t)p[i]) * UINT64_C(0x100000001b3);
    return h ^ h >> 29;
}

/* Where the token is, or the free slot where it belongs. */
static uint32_t *
find(const struct vlt_tokenset *t, const char *p, size_t n)
{
    size_t i = (size_t)hash(t, p, n) & (t->slots - 1);

    for (; t->slot[i] != 0; i = (i + 1) & (t->slots - 1)) {
        size_t at = t->slot[i] - 1;

        if (t->text.len - at > n && t->text.p[at + n] == ' ' &&
            memcmp(t->text.p + at, p, n) == 0)
            break;
    }
    return &t->slot[i];
}

static bool
grow(struct vlt_tokenset *t)
{
    size_t slots = t->slots == 0 ? 256 : 4 * t->slots;
    uint32_t *old = t->slot;
    size_t at = 0;

    t->slot = calloc(slots, sizeof *t->slot);
    if (t->slot == NULL) {
        t->slot = old;
        return false;
    }
    t->slots = slots;
    free(old);
    while (at < t->text.len) {
        const uint8_t *p = t->text.p + at;
        const uint8_t *end = memchr(p, ' ', t->text.len - at);
        size_t n = (size_t)(end - p);

        *find(t, (const char *)p, n) = (uint32_t)at + 1;
        at += n + 1;
    }
    return true;
}

enum vault_status
vlt_tokenset_add(void *ctx, const char *token, size_t n,
    struct vault_error *err)
{
    struct vlt_tokenset *t = ctx;
    uint32_t *slot;

    if (2 * t->n >= t->slots && !grow(t))
        return vlt_fail_memory(err);
    slot = find(t, token, n);
    if (*slot != 0)
        return VAULT_OK;
    if (t->full || t->text.len + n + 1 > VLT_TOKENSET_MAX) {
        t->full = true;
        return VAULT_OK;
    }
    *slot = (uint32_t)t->text.len + 1;
    t->n++;
    vlt_buf_put(&t->text, token, n);
    vlt_buf_put_u8(&t->text, ' ');
    return vlt_buf_end(&t->text, "the words of a record", err);
}

enum vault_status
vlt_tokenset_add_word(void *ctx, const char *token, size_t n,
    struct vault_error *err)
{
    struct vlt_tokenset *t = ctx;
    size_t had = t->n;
    enum vault_status st = vlt_tokenset_add(t, token, n, err);

    if (st == VAULT_OK && t->n > had)
        st = vlt_beginnings(token, n, vlt_tokenset_add, t, err);
    return st;
}
