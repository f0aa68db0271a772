/* SPDX-License-Identifier: Apache-2.0 */
/* addcheckpoint.c: texts between a log and its witness (section 7.5) */
#include "addcheckpoint.h"

#include <inttypes.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "text.h"

#define DASH "\xe2\x80\x94 " /* em dash U+2014, space */

enum { DASH_LEN = 4, REQUEST_TEXT = 4096 + VLT_NOTE_MAX };

/* ---- a request ---- */

static enum vault_status
check(const struct vlt_ask *r, struct vault_error *err)
{
    struct vlt_note n;

    if (r->n > VLT_ASK_PROOF)
        return vlt_fail(err, VAULT_E_FORMAT,
            "request to a witness: a proof of more than %d hashes",
            VLT_ASK_PROOF);
    return vlt_note_parse(&n, r->checkpoint, r->checkpoint_len, err);
}

enum vault_status
vlt_ask_encode(struct vlt_buf *out, const struct vlt_ask *r,
    struct vault_error *err)
{
    enum vault_status st = check(r, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    vlt_buf_printf(out, "old %" PRIu64 "\n", r->old);
    for (i = 0; i < r->n; i++) {
        vlt_lines_put_b64(out, r->path[i].b, sizeof r->path[i].b);
        vlt_buf_put_str(out, "\n");
    }
    vlt_buf_put_str(out, "\n");
    vlt_buf_put(out, r->checkpoint, r->checkpoint_len);
    return vlt_buf_end(out, "request to a witness", err);
}

static void
read_path(struct vlt_ask *r, struct vlt_lines *l)
{
    while (vlt_lines_more(l) && !vlt_lines_at(l, "\n")) {
        if (r->n == VLT_ASK_PROOF) {
            vlt_lines_fail(l);
            return;
        }
        vlt_lines_b64(l, r->path[r->n].b, sizeof r->path[r->n].b);
        vlt_lines_expect(l, "\n");
        r->n++;
    }
}

enum vault_status
vlt_ask_decode(struct vlt_ask *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_ask r = {0};
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, "old ");
    r.old = vlt_lines_u64(&l);
    vlt_lines_expect(&l, "\n");
    read_path(&r, &l);
    vlt_lines_expect(&l, "\n");
    if (l.failed)
        return vlt_lines_end(&l, "request to a witness", err);
    r.checkpoint = text + l.pos;
    r.checkpoint_len = len - l.pos;
    vlt_buf_init(&again, REQUEST_TEXT);
    st = vlt_ask_encode(&again, &r, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "request to a witness", err);
    vlt_buf_clear(&again);
    if (st == VAULT_OK)
        *out = r;
    return st;
}

enum vault_status
vlt_known_size_decode(struct vlt_known_size *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_known_size k = {0};
    struct vlt_lines l;
    const char *name;
    size_t n = 0;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, "old ");
    k.size = vlt_lines_u64(&l);
    vlt_lines_expect(&l, " ");
    name = vlt_lines_word(&l, &n);
    vlt_lines_expect(&l, "\n");
    if (!l.failed && !vlt_name_ok(name, n))
        vlt_lines_fail(&l);
    st = vlt_lines_end(&l, "answer of a witness", err);
    if (st != VAULT_OK)
        return st;
    memcpy(k.origin, name, n);
    *out = k;
    return VAULT_OK;
}

/* ---- what mail did ---- */

static size_t
line_len(const char *p, size_t len)
{
    size_t n = 0;

    while (n < len && p[n] != '\n' && p[n] != '\r')
        n++;
    return n;
}

/* A line without quotation marks in front and blanks behind. */
static void
trim(const char **p, size_t *n)
{
    while (*n > 0 && (*p)[0] == '>') {
        size_t skip = *n > 1 && (*p)[1] == ' ' ? 2 : 1;

        *p += skip;
        *n -= skip;
    }
    while (*n > 0 && ((*p)[*n - 1] == ' ' || (*p)[*n - 1] == '\t'))
        --*n;
}

/* An em dash, a name, and nothing behind it. */
static bool
broken(const char *p, size_t n)
{
    return n > DASH_LEN && memcmp(p, DASH, DASH_LEN) == 0 &&
        memchr(p + DASH_LEN, ' ', n - DASH_LEN) == NULL;
}

enum vault_status
vlt_texts_mend(struct vlt_buf *out, const char *raw, size_t len,
    struct vault_error *err)
{
    size_t at = 0;
    bool join = false;

    if (len > VLT_TEXTS_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "a text of %zu bytes is too long",
            len);
    if (len >= 3 && memcmp(raw, "\xef\xbb\xbf", 3) == 0)
        at = 3;
    while (at < len) {
        const char *p = raw + at;
        size_t n = line_len(p, len - at);

        at += n;
        if (at + 1 < len && raw[at] == '\r' && raw[at + 1] == '\n')
            at++;
        at += at < len ? 1 : 0;
        trim(&p, &n);
        join = join && vlt_lines_b64_ok(p, n, &(size_t){0});
        if (join)
            out->p[out->len - 1] = ' ';
        vlt_buf_put(out, p, n);
        vlt_buf_put_u8(out, '\n');
        join = !out->failed && broken(p, n);
    }
    return vlt_buf_end(out, "text", err);
}

/* ---- one after the other ---- */

static bool
at_dash(const char *p, size_t len)
{
    return len >= DASH_LEN && memcmp(p, DASH, DASH_LEN) == 0;
}

/* Length of the line here with its LF; 0: it has none. */
static size_t
whole_line(const char *p, size_t len)
{
    const char *lf = len > 0 ? memchr(p, '\n', len) : NULL;

    return lf == NULL ? 0 : (size_t)(lf - p) + 1;
}

/* Up to and with the next empty line; 0: there is none, or it comes first. */
static size_t
to_blank(const char *p, size_t len)
{
    size_t at = 0, n;

    while ((n = whole_line(p + at, len - at)) > 1)
        at += n;
    return n == 1 && at > 0 ? at + 1 : 0;
}

size_t
vlt_note_len(const char *p, size_t len)
{
    size_t at = to_blank(p, len), lines = at;

    while (at > 0 && at_dash(p + at, len - at)) {
        size_t n = whole_line(p + at, len - at);

        if (n == 0)
            return 0;
        at += n;
    }
    return at > lines ? at : 0;
}

static size_t
request_len(const char *p, size_t len)
{
    size_t head = to_blank(p, len);
    size_t note = head == 0 ? 0 : vlt_note_len(p + head, len - head);

    return note == 0 ? 0 : head + note;
}

static enum vlt_text_kind
kind_of(const char *p, size_t len)
{
    size_t n = whole_line(p, len);

    if (at_dash(p, len))
        return VLT_TEXT_LINE;
    if (n < 5 || memcmp(p, "old ", 4) != 0)
        return VLT_TEXT_NOTE;
    return memchr(p + 4, ' ', n - 4) == NULL ? VLT_TEXT_REQUEST
                                             : VLT_TEXT_KNOWN;
}

static size_t
text_len(enum vlt_text_kind kind, const char *p, size_t len)
{
    switch (kind) {
    case VLT_TEXT_REQUEST:
        return request_len(p, len);
    case VLT_TEXT_NOTE:
        return vlt_note_len(p, len);
    case VLT_TEXT_LINE:
    case VLT_TEXT_KNOWN:
        break;
    }
    return whole_line(p, len);
}

enum vault_status
vlt_texts_next(const char *p, size_t len, size_t *at, struct vlt_text *out,
    bool *any, struct vault_error *err)
{
    while (*at < len && p[*at] == '\n')
        ++*at;
    *any = *at < len;
    if (!*any)
        return VAULT_OK;
    out->p = p + *at;
    out->kind = kind_of(out->p, len - *at);
    out->len = text_len(out->kind, out->p, len - *at);
    if (out->len == 0)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "ask for it once more, as a file: mail breaks long lines",
            "at byte %zu stands no text of a log or a witness, or one that "
            "was cut or broken on its way",
            *at);
    *at += out->len;
    return VAULT_OK;
}

/* ---- a line under a note ---- */

enum vault_status
vlt_note_add_line(struct vlt_buf *note, const char *line, size_t len,
    bool *added, struct vault_error *err)
{
    struct vlt_note n;
    struct vlt_buf b;
    enum vault_status st =
        vlt_note_parse(&n, (const char *)note->p, note->len, err);
    size_t at = n.text_len + 1;

    *added = false;
    while (st == VAULT_OK && at < note->len) {
        size_t l = whole_line((const char *)note->p + at, note->len - at);

        if (l == len && memcmp(note->p + at, line, len) == 0)
            return VAULT_OK;
        at += l;
    }
    if (st == VAULT_OK && n.lines == VLT_NOTE_LINES)
        st = vlt_fail(err, VAULT_E_LIMIT,
            "the checkpoint has %d signature lines already", VLT_NOTE_LINES);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    vlt_buf_put(&b, note->p, note->len);
    vlt_buf_put(&b, line, len);
    st = vlt_buf_end(&b, "checkpoint", err);
    if (st == VAULT_OK)
        st = vlt_note_parse(&n, (const char *)b.p, b.len, err);
    if (st == VAULT_OK) {
        vlt_buf_reset(note);
        vlt_buf_put(note, b.p, b.len);
        st = vlt_buf_end(note, "checkpoint", err);
        *added = st == VAULT_OK;
    }
    vlt_buf_clear(&b);
    return st;
}
