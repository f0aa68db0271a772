/* SPDX-License-Identifier: Apache-2.0 */
/* witnessed.c: which logs of a vault a witness has seen (section 7.5) */
#include "witnessed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "text.h"

#define FIRST "sanduq.v1/witnessed\n"

void
vlt_witnessed_clear(struct vlt_witnessed *w)
{
    free(w->log);
    w->log = NULL;
    w->n = 0;
}

bool
vlt_witnessed_is(const char *text, size_t len)
{
    return len >= sizeof FIRST - 1 &&
        memcmp(text, FIRST, sizeof FIRST - 1) == 0;
}

/* All origins of one vault have one beginning and one length: sorted as bytes
 * they are sorted by id. */
static bool
sound(const struct vlt_witnessed *w)
{
    size_t i;

    if (w->n > VLT_WITNESSED_LOGS || w->time > INT64_MAX)
        return false;
    for (i = 0; i < w->n; i++) {
        if (w->log[i].size == 0 || w->log[i].size > INT64_MAX)
            return false;
        if (i > 0 && memcmp(w->log[i - 1].id, w->log[i].id, 8) >= 0)
            return false;
    }
    return true;
}

enum vault_status
vlt_witnessed_encode(struct vlt_buf *out, const struct vlt_witnessed *w,
    struct vault_error *err)
{
    char origin[VLT_NAME_MAX + 1];
    size_t i;

    if (!sound(w))
        return vlt_fail(err, VAULT_E_FORMAT,
            "what a witness has seen: malformed, or more than %d logs",
            VLT_WITNESSED_LOGS);
    vlt_buf_put_str(out, FIRST);
    vlt_lines_put_hex(out, w->vault, sizeof w->vault);
    vlt_buf_put_str(out, " ");
    vlt_lines_put_b64(out, w->card, sizeof w->card);
    vlt_buf_printf(out, "\ntime %" PRIu64 "\n", w->time);
    for (i = 0; i < w->n; i++) {
        vlt_name_origin(origin, w->vault, w->log[i].id);
        vlt_buf_printf(out, "log %s %" PRIu64 " ", origin, w->log[i].size);
        vlt_lines_put_b64(out, w->log[i].root, sizeof w->log[i].root);
        vlt_buf_put_str(out, "\n");
    }
    return vlt_buf_end(out, "what a witness has seen", err);
}

static void
read_log(struct vlt_lines *l, struct vlt_witnessed *w)
{
    struct vlt_witnessed_log *at = &w->log[w->n++];
    char hex[33];

    vlt_hex(hex, w->vault, sizeof w->vault);
    vlt_lines_expect(l, "log sanduq.invalid/");
    vlt_lines_expect(l, hex);
    vlt_lines_expect(l, "/");
    vlt_lines_hex(l, at->id, sizeof at->id);
    vlt_lines_expect(l, " ");
    at->size = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, at->root, sizeof at->root);
    vlt_lines_expect(l, "\n");
    vlt_name_origin(at->origin, w->vault, at->id);
}

static enum vault_status
read_text(struct vlt_witnessed *w, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_lines l;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, FIRST);
    vlt_lines_hex(&l, w->vault, sizeof w->vault);
    vlt_lines_expect(&l, " ");
    vlt_lines_b64(&l, w->card, sizeof w->card);
    vlt_lines_expect(&l, "\ntime ");
    w->time = vlt_lines_u64(&l);
    vlt_lines_expect(&l, "\n");
    while (vlt_lines_more(&l)) {
        if (w->n == VLT_WITNESSED_LOGS) {
            vlt_lines_fail(&l);
            break;
        }
        read_log(&l, w);
    }
    return vlt_lines_end(&l, "what a witness has seen", err);
}

enum vault_status
vlt_witnessed_decode(struct vlt_witnessed *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_witnessed w = {0};
    struct vlt_buf again;
    enum vault_status st;

    w.log = calloc(VLT_WITNESSED_LOGS, sizeof *w.log);
    if (w.log == NULL)
        return vlt_fail_memory(err);
    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = read_text(&w, text, len, err);
    if (st == VAULT_OK)
        st = vlt_witnessed_encode(&again, &w, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "what a witness has seen", err);
    vlt_buf_clear(&again);
    if (st != VAULT_OK) {
        vlt_witnessed_clear(&w);
        return st;
    }
    vlt_sha256(w.text_hash, text, len);
    *out = w;
    return VAULT_OK;
}

static int
by_id(const void *a, const void *b)
{
    const struct vlt_witnessed_log *x = a, *y = b;

    return memcmp(x->id, y->id, sizeof x->id);
}

enum vault_status
vlt_witnessed_make(struct vlt_witnessed *w, const struct vlt_seed *seed,
    const uint8_t witness[16], struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    struct vlt_buf text;
    enum vault_status st;

    if (w->n > 0)
        qsort(w->log, w->n, sizeof *w->log, by_id);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = key == NULL ? vlt_fail_memory(err)
                     : vlt_witnessed_encode(&text, w, err);
    if (st != VAULT_OK)
        goto out;
    vlt_identity_sign_seed(key, seed, witness);
    vlt_name_sign(name, witness);
    st = vlt_note_sign(out, (const char *)text.p, text.len, name, key->b, err);
    if (st == VAULT_OK)
        vlt_sha256(w->text_hash, text.p, text.len);
out:
    vlt_buf_clear(&text);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_witnessed_parse(struct vlt_witnessed *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    return st == VAULT_OK ? vlt_witnessed_decode(out, n.text, n.text_len, err)
                          : st;
}

enum vault_status
vlt_witnessed_check(const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err)
{
    struct vlt_witnessed w = {0};
    char name[VLT_NAME_MAX + 1];
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st == VAULT_OK)
        st = vlt_witnessed_decode(&w, n.text, n.text_len, err);
    if (st == VAULT_OK && memcmp(w.card, card->fingerprint, 32) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "what a witness has seen is said by another card");
    if (st == VAULT_OK) {
        vlt_name_sign(name, card->vault);
        st = vlt_note_check(&n, name, card->sign, err);
    }
    vlt_witnessed_clear(&w);
    return st;
}
