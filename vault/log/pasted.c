/* SPDX-License-Identifier: Apache-2.0 */
/* pasted.c: checkpoints in what a person typed off paper or got by messenger */
#include "pasted.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "fixedtext.h"
#include "text.h"

#define MARK "sanduq.invalid/"
#define DASH "\xe2\x80\x94 "
enum {
    MARK_LEN = sizeof MARK - 1,
    HEX_VAULT = 32,
    HEX_LOG = 16,
    ORIGIN_LEN = MARK_LEN + HEX_VAULT + 1 + HEX_LOG,
    SIG_LEN = VLT_B64_SIZE(VLT_PASTED_SIG)
};

struct walk {
    const char *p;
    size_t len, pos;
};

static size_t
nothing(const struct walk *w)
{
    return vlt_means_nothing(w->p + w->pos, w->len - w->pos);
}

static void
skip(struct walk *w)
{
    size_t n = 1;

    while (w->pos < w->len && n > 0) {
        n = nothing(w);
        w->pos += n;
    }
}

/* Exactly n characters that mean something. */
static bool
take(struct walk *w, char *out, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        skip(w);
        if (w->pos == w->len)
            return false;
        out[i] = w->p[w->pos++];
    }
    out[n] = 0;
    return true;
}

static bool
is_origin(const char *s)
{
    uint8_t id[HEX_VAULT / 2];

    return memcmp(s, MARK, MARK_LEN) == 0 &&
        vlt_unhex(id, HEX_VAULT / 2, s + MARK_LEN, HEX_VAULT) &&
        s[MARK_LEN + HEX_VAULT] == '/' &&
        vlt_unhex(id, HEX_LOG / 2, s + MARK_LEN + HEX_VAULT + 1, HEX_LOG);
}

/* A number is a word: what stands behind it must mean nothing. */
static bool
take_size(struct walk *w, uint64_t *out)
{
    size_t from;

    skip(w);
    for (from = w->pos;
         w->pos < w->len && w->p[w->pos] >= '0' && w->p[w->pos] <= '9';)
        w->pos++;
    return w->pos < w->len && nothing(w) > 0 &&
        vlt_parse_u64(out, w->p + from, w->pos - from);
}

/* The dash of a signature line, as keyboards and messengers have it. */
static bool
take_dash(struct walk *w)
{
    static const char *const dash[] = {"\xe2\x80\x94", "\xe2\x80\x93",
        "\xe2\x80\x92", "\xe2\x80\x95", "\xe2\x88\x92", "--", "-"};
    size_t i;

    skip(w);
    for (i = 0; i < VLT_COUNT(dash); i++) {
        size_t n = strlen(dash[i]);

        if (w->len - w->pos >= n && memcmp(w->p + w->pos, dash[i], n) == 0) {
            w->pos += n;
            return true;
        }
    }
    return false;
}

/* Past a line by another name: to the next dash or origin. */
static void
pass_over(struct walk *w)
{
    while (w->pos < w->len) {
        struct walk look = *w;

        skip(w);
        if ((w->pos > look.pos && take_dash(&look)) ||
            (w->len - w->pos >= MARK_LEN &&
                memcmp(w->p + w->pos, MARK, MARK_LEN) == 0))
            return;
        while (w->pos < w->len && nothing(w) == 0)
            w->pos++;
    }
}

/* One signature line, when there is one: by the log's name, or another's. */
static enum vault_status
take_signature(struct walk *w, struct vlt_pasted *p, bool *more,
    struct vault_error *err)
{
    char name[ORIGIN_LEN + 1], b64[SIG_LEN + 1];
    struct walk look = *w;
    size_t n = 0;

    *more = take_dash(&look);
    if (!*more)
        return VAULT_OK;
    w->pos = look.pos;
    if (!take(&look, name, ORIGIN_LEN) || strcmp(name, p->cp.origin) != 0) {
        skip(w);
        while (w->pos < w->len && nothing(w) == 0)
            w->pos++; /* its name, which may be like an origin */
        pass_over(w);
        return VAULT_OK;
    }
    if (p->has_signature || !take(&look, b64, SIG_LEN) ||
        !vlt_unb64(p->signature, sizeof p->signature, &n, b64, SIG_LEN) ||
        n != sizeof p->signature)
        return vlt_fail(err, VAULT_E_FORMAT,
            "the signature of the checkpoint is cut or damaged");
    p->has_signature = true;
    *w = look;
    return VAULT_OK;
}

static enum vault_status
read_one(struct walk *w, struct vlt_pasted *p, struct vault_error *err)
{
    char b64[VLT_B64_32 + 1];
    enum vault_status st = VAULT_OK;
    bool more = true;
    size_t n = 0;

    if (!take(w, p->cp.origin, ORIGIN_LEN) || !is_origin(p->cp.origin) ||
        !take_size(w, &p->cp.size) || !take(w, b64, VLT_B64_32) ||
        !vlt_unb64(p->cp.root, 32, &n, b64, VLT_B64_32) || n != 32)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "compare it with the paper, or ask for it once more",
            "the checkpoint is cut or damaged");
    while (st == VAULT_OK && more)
        st = take_signature(w, p, &more, err);
    return st;
}

/* Where an origin begins; a signature line's name is none. */
static bool
find(struct walk *w)
{
    for (; w->len - w->pos >= MARK_LEN; w->pos++) {
        if (memcmp(w->p + w->pos, MARK, MARK_LEN) == 0)
            return true;
    }
    return false;
}

enum vault_status
vlt_pasted_next(struct vlt_pasted *out, const char *text, size_t len,
    size_t *at, struct vault_error *err)
{
    struct walk w = {text, len, *at};
    struct vlt_pasted p;
    enum vault_status st;

    memset(&p, 0, sizeof p);
    if (len > VLT_PASTED_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "this is too long for checkpoints");
    if (*at > len || !find(&w))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no checkpoint is in it");
    *at = w.pos + MARK_LEN;
    st = read_one(&w, &p, err);
    if (st != VAULT_OK)
        return st;
    *at = w.pos;
    *out = p;
    return VAULT_OK;
}

enum vault_status
vlt_pasted_note(struct vlt_buf *out, const struct vlt_pasted *p,
    struct vault_error *err)
{
    char b64[SIG_LEN + 1];
    enum vault_status st = vlt_checkpoint_encode(out, &p->cp, err);

    if (st != VAULT_OK)
        return st;
    vlt_b64(b64, p->signature, sizeof p->signature);
    vlt_buf_printf(out, "\n" DASH "%s %s\n", p->cp.origin, b64);
    return vlt_buf_end(out, "checkpoint", err);
}
