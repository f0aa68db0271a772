/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_addcheckpoint.c: texts to and from witnesses are taken apart whole */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "addcheckpoint.h"
#include "lines.h"
#include "secret.h"
#include "witnessed.h"

static void
require(int holds)
{
    if (!holds)
        abort();
}

/* What is read encodes to the same bytes. */
static void
exact(const char *p, size_t n)
{
    struct vlt_witnessed w;
    struct vlt_buf again;
    struct vlt_ask *ask = calloc(1, sizeof *ask);

    require(ask != NULL);
    vlt_buf_init(&again, 2 * VLT_NOTE_MAX);
    if (vlt_ask_decode(ask, p, n, NULL) == VAULT_OK) {
        require(vlt_ask_encode(&again, ask, NULL) == VAULT_OK);
        require(again.len == n && memcmp(again.p, p, n) == 0);
    }
    free(ask);
    vlt_buf_reset(&again);
    if (vlt_witnessed_decode(&w, p, n, NULL) == VAULT_OK) {
        require(vlt_witnessed_is(p, n));
        require(vlt_witnessed_encode(&again, &w, NULL) == VAULT_OK);
        require(again.len == n && memcmp(again.p, p, n) == 0);
        vlt_witnessed_clear(&w);
    }
    vlt_buf_clear(&again);
}

/* Texts lie one behind the other, with nothing but empty lines between. */
static void
split(const struct vlt_buf *b)
{
    struct vlt_known_size k;
    struct vlt_text t;
    size_t at = 0, before = 0;
    bool any = true;

    while (vlt_texts_next((const char *)b->p, b->len, &at, &t, &any, NULL) ==
            VAULT_OK &&
        any) {
        size_t from = (size_t)(t.p - (const char *)b->p);

        require(t.len > 0 && from >= before && from + t.len == at);
        while (before < from)
            require(b->p[before++] == '\n');
        before = at;
        require(t.p[t.len - 1] == '\n');
        if (t.kind == VLT_TEXT_LINE || t.kind == VLT_TEXT_KNOWN)
            require(memchr(t.p, '\n', t.len) == t.p + t.len - 1);
        if (t.kind == VLT_TEXT_KNOWN)
            (void)!vlt_known_size_decode(&k, t.p, t.len, NULL);
        exact(t.p, t.len);
    }
}

/* A line goes under a note once, and the note stays what it was. */
static void
add(const uint8_t *data, size_t size)
{
    static const char note[] = "text\n\n\xe2\x80\x94 a AAAAAAA=\n";
    struct vlt_buf b;
    bool added = false;

    vlt_buf_init(&b, VLT_NOTE_MAX);
    vlt_buf_put_str(&b, note);
    if (vlt_note_add_line(&b, (const char *)data, size, &added, NULL) ==
            VAULT_OK &&
        added) {
        require(b.len == sizeof note - 1 + size);
        require(memcmp(b.p, note, sizeof note - 1) == 0);
        if (memchr(data, '\n', size) == data + size - 1) {
            require(vlt_note_add_line(&b, (const char *)data, size, &added,
                        NULL) == VAULT_OK);
            require(!added);
        }
    }
    vlt_buf_clear(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;
    struct vlt_buf mended, again;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        abort();
    exact(p, size);
    add(data, size);
    vlt_buf_init(&mended, VLT_TEXTS_MAX + 1);
    vlt_buf_init(&again, VLT_TEXTS_MAX + 1);
    if (vlt_texts_mend(&mended, p, size, NULL) == VAULT_OK) {
        require(memchr(mended.p == NULL ? (const void *)"" : mended.p, '\r',
                    mended.len) == NULL);
        split(&mended);
    }
    vlt_buf_clear(&again);
    vlt_buf_clear(&mended);
    return 0;
}
