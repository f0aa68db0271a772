/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure.c: the text of a disclosure, part by part (section 9.5) */
#include "disclosure.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "record.h"
#include "text.h"

static const char first_line[] = "sanduq.v1/disclosure\n";

enum { LEAST = 8, FIELD_LINES = 3, STATEMENT_LINES = 7, LEAF_LINES = 4 };

void
vlt_disclosure_init(struct vlt_disclosure *d)
{
    memset(d, 0, sizeof *d);
    vlt_fields_init(&d->fields);
}

void
vlt_disclosure_clear(struct vlt_disclosure *d)
{
    vlt_fields_clear(&d->fields);
    free(d->at);
    free(d->note);
    vlt_wipe(d, sizeof *d);
    vlt_disclosure_init(d);
}

enum vault_status
vlt_disclosure_add_note(struct vlt_disclosure *d, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_text_part *more;

    if (d->notes == VLT_DISCLOSURE_NOTES)
        return vlt_fail(err, VAULT_E_LIMIT,
            "disclosure: more than %d notes of one log",
            (int)VLT_DISCLOSURE_NOTES);
    more = realloc(d->note, (d->notes + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    d->note = more;
    d->note[d->notes++] = (struct vlt_text_part){note, len};
    return VAULT_OK;
}

enum vault_status
vlt_disclosure_add_field(struct vlt_disclosure *d, const struct vlt_field *f,
    const struct vlt_disclosed *at, struct vault_error *err)
{
    char name[VLT_FIELD_NAME + 1];
    struct vlt_disclosed *more;
    size_t n = d->fields.n;
    enum vault_status st;

    if (f->name_len > VLT_FIELD_NAME)
        return vlt_fail(err, VAULT_E_FORMAT, "disclosure: a name too long");
    memcpy(name, f->name, f->name_len);
    name[f->name_len] = 0;
    more = realloc(d->at, (n + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    d->at = more;
    st = vlt_fields_add(&d->fields, f->type, f->state, name, f->value,
        f->value_len, err);
    if (st == VAULT_E_USAGE || st == VAULT_E_EXISTS)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "disclosure: field %s is there twice or malformed", name);
    if (st != VAULT_OK)
        return st;
    d->at[n] = *at;
    if (d->fields.f[n].name_len != f->name_len ||
        memcmp(d->fields.f[n].name, name, f->name_len) != 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "disclosure: the names of the fields do not ascend");
    return VAULT_OK;
}

static size_t
depth_of(unsigned leaves)
{
    size_t depth = 0;

    while (1u << depth < leaves)
        depth++;
    return depth;
}

void
vlt_disclosure_path(struct vlt_disclosed *at, const struct vlt_hash32 *leaves,
    size_t t)
{
    size_t depth = depth_of((unsigned)t);
    size_t k, from, width = 1;

    for (k = 0; k < depth; k++) {
        from = ((at->index / width) ^ 1) * width;
        vlt_mth(at->path[k].b, leaves + from, width);
        width *= 2;
    }
}

/* ---- writing ---- */

static bool
leaves_ok(uint64_t t)
{
    return t >= LEAST && t <= VLT_FIELDS_MAX && (t & (t - 1)) == 0;
}

static enum vault_status
check(const struct vlt_disclosure *d, struct vault_error *err)
{
    size_t k;

    if (d->fields.n > 0 ? !leaves_ok(d->leaves) : d->leaves != 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "disclosure: %u is no number of leaves", d->leaves);
    for (k = 0; k < d->fields.n; k++) {
        if (d->at[k].index >= d->leaves ||
            (k > 0 && d->at[k - 1].index >= d->at[k].index))
            return vlt_fail(err, VAULT_E_FORMAT,
                "disclosure: the fields' indices do not ascend below %u",
                d->leaves);
    }
    if (d->notes == 0)
        return vlt_fail(err, VAULT_E_FORMAT,
            "disclosure: the note of the log is missing");
    return VAULT_OK;
}

static void
put_part(struct vlt_buf *out, const char *name, uint64_t lines)
{
    vlt_buf_printf(out, "part %s %" PRIu64 "\n", name, lines);
}

/* A part whose lines are counted as they are; it must end in LF. */
static enum vault_status
put_text(struct vlt_buf *out, const char *name, const char *text, size_t len,
    struct vault_error *err)
{
    uint64_t lines = 0;
    size_t i;

    if (len == 0 || text[len - 1] != '\n')
        return vlt_fail(err, VAULT_E_FORMAT, "disclosure: %s is no text", name);
    for (i = 0; i < len; i++)
        lines += text[i] == '\n';
    put_part(out, name, lines);
    vlt_buf_put(out, text, len);
    return vlt_buf_end(out, "disclosure", err);
}

static void
put_field(struct vlt_buf *out, const struct vlt_disclosure *d, size_t k)
{
    const struct vlt_field *f = &d->fields.f[k];
    const struct vlt_disclosed *at = &d->at[k];
    size_t depth = depth_of(d->leaves);
    size_t i;

    put_part(out, "field", FIELD_LINES + depth);
    vlt_buf_printf(out, "%u %u %u %u ", (unsigned)at->index, d->leaves,
        (unsigned)f->type, (unsigned)f->state);
    vlt_buf_put(out, f->name, f->name_len);
    vlt_buf_put_str(out, "\nsalt ");
    vlt_lines_put_b64(out, at->salt, 32);
    vlt_buf_printf(out, "\nvalue %" PRIu64 " ", at->length);
    vlt_lines_put_b64(out, at->hash, 32);
    vlt_buf_put_str(out, " ");
    if (at->beside || f->value_len == 0)
        vlt_buf_put_str(out, "-");
    else
        vlt_lines_put_b64(out, f->value, f->value_len);
    vlt_buf_put_str(out, "\n");
    for (i = 0; i < depth; i++) {
        vlt_lines_put_b64(out, at->path[i].b, 32);
        vlt_buf_put_str(out, "\n");
    }
}

static enum vault_status
put_proof(struct vlt_buf *out, const struct vlt_tlogproof *p,
    struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VLT_TLOGPROOF_TEXT);
    st = vlt_tlogproof_encode(&text, p, err);
    if (st == VAULT_OK)
        st = put_text(out, "proof", (const char *)text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_disclosure_encode(struct vlt_buf *out, const struct vlt_disclosure *d,
    struct vault_error *err)
{
    enum vault_status st = check(d, err);
    size_t i;

    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(out, first_line);
    put_part(out, "statement", STATEMENT_LINES);
    st = vlt_statement_encode(out, &d->statement, err);
    if (st != VAULT_OK)
        return st;
    put_part(out, "leaf", LEAF_LINES);
    st = vlt_leaf_encode(out, &d->leaf, err);
    if (st != VAULT_OK)
        return st;
    for (i = 0; i < d->fields.n; i++)
        put_field(out, d, i);
    st = put_proof(out, &d->tlog, err);
    for (i = 0; st == VAULT_OK && i < d->notes; i++)
        st = put_text(out, "note", d->note[i].p, d->note[i].len, err);
    if (st == VAULT_OK)
        st = put_text(out, "card", d->card.p, d->card.len, err);
    return st;
}

/* ---- reading ---- */

/* The lines of a part named so; a failed cursor gives an empty text. */
static struct vlt_text_part
read_part(struct vlt_lines *l, const char *name)
{
    struct vlt_text_part part = {"", 0};
    const char *from, *at, *lf;
    uint64_t lines;

    vlt_lines_expect(l, "part ");
    vlt_lines_expect(l, name);
    vlt_lines_expect(l, " ");
    lines = vlt_lines_u64(l);
    vlt_lines_expect(l, "\n");
    if (l->failed || lines == 0 || lines > l->len - l->pos) {
        vlt_lines_fail(l);
        return part;
    }
    at = from = l->p + l->pos;
    while (lines-- > 0) {
        lf = memchr(at, '\n', l->len - (size_t)(at - l->p));
        if (lf == NULL) {
            vlt_lines_fail(l);
            return part;
        }
        at = lf + 1;
        l->line++;
    }
    part = (struct vlt_text_part){from, (size_t)(at - from)};
    l->pos += part.len;
    return part;
}

static bool
type_known(uint32_t type, uint32_t state)
{
    return ((type >= VLT_FIELD_TEXT && type <= VLT_FIELD_NUMBER) ||
               (type >= 64 && type <= 127)) &&
        state <= VLT_STATE_UNKNOWN;
}

/* The base64 of the value, or none; the bytes are put into `value`. */
static void
read_value(struct vlt_lines *l, struct vlt_field *f, struct vlt_disclosed *at,
    struct vlt_buf *value)
{
    const char *word;
    uint8_t *room;
    size_t len, got = 0;

    if (vlt_lines_at(l, "-")) {
        vlt_lines_expect(l, "-");
        at->beside = f->type == VLT_FIELD_BODY && at->length > 0;
        if (!at->beside && at->length > 0)
            vlt_lines_fail(l);
        f->value = at->beside ? at->hash : NULL;
        f->value_len = at->beside ? 32 : 0;
        return;
    }
    word = vlt_lines_word(l, &len);
    if (l->failed || at->length == 0 || at->length > VLT_META_MAX ||
        len != VLT_B64_SIZE((size_t)at->length)) {
        vlt_lines_fail(l);
        return;
    }
    room = vlt_buf_room(value, (size_t)at->length);
    if (room != NULL &&
        (!vlt_unb64(room, (size_t)at->length, &got, word, len) ||
            got != at->length))
        vlt_lines_fail(l);
    f->value = room;
    f->value_len = (uint32_t)at->length;
}

/* The first line's words; the type and state may be a newer version's. */
static void
read_place(struct vlt_lines *l, uint32_t n[4], struct vlt_field *f)
{
    size_t i, len;

    for (i = 0; i < 4; i++) {
        n[i] = vlt_lines_u32(l);
        vlt_lines_expect(l, " ");
    }
    f->name = vlt_lines_word(l, &len);
    if (len > VLT_FIELD_NAME || n[1] > VLT_FIELDS_MAX || n[0] >= n[1] ||
        n[2] > UINT8_MAX || n[3] > UINT8_MAX)
        vlt_lines_fail(l);
    f->name_len = (uint8_t)len;
    f->type = (uint8_t)n[2];
    f->state = (uint8_t)n[3];
    vlt_lines_expect(l, "\n");
}

static enum vault_status
read_field(struct vlt_disclosure *d, struct vlt_lines *l, struct vlt_buf *value,
    struct vault_error *err)
{
    struct vlt_disclosed at = {0};
    struct vlt_field f = {0};
    uint32_t n[4];
    size_t i, depth;

    read_place(l, n, &f);
    vlt_lines_expect(l, "salt ");
    vlt_lines_b64(l, at.salt, 32);
    vlt_lines_expect(l, "\nvalue ");
    at.length = vlt_lines_u64(l);
    vlt_lines_expect(l, " ");
    vlt_lines_b64(l, at.hash, 32);
    vlt_lines_expect(l, " ");
    read_value(l, &f, &at, value);
    vlt_lines_expect(l, "\n");
    depth = l->failed ? 0 : depth_of(n[1]);
    for (i = 0; i < depth; i++) {
        vlt_lines_b64(l, at.path[i].b, 32);
        vlt_lines_expect(l, "\n");
    }
    if (l->failed || l->pos != l->len || value->failed)
        return value->failed ? vlt_buf_end(value, "field", err)
                             : vlt_lines_end(l, "disclosed field", err);
    if (!type_known(f.type, f.state))
        return vlt_fail(err, VAULT_E_NEWER,
            "disclosure: a field of type %u and state %u, of a newer program",
            n[2], n[3]);
    if (d->leaves != 0 && d->leaves != n[1])
        return vlt_fail(err, VAULT_E_FORMAT,
            "disclosure: fields of %u and of %u leaves", d->leaves, n[1]);
    d->leaves = n[1];
    at.index = (uint16_t)n[0];
    return vlt_disclosure_add_field(d, &f, &at, err);
}

static enum vault_status
read_fields(struct vlt_disclosure *d, struct vlt_lines *l,
    struct vault_error *err)
{
    struct vlt_text_part part;
    struct vlt_lines lines;
    struct vlt_buf value;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&value, VLT_META_MAX);
    while (st == VAULT_OK && vlt_lines_at(l, "part field ")) {
        part = read_part(l, "field");
        vlt_lines_init(&lines, part.p, part.len);
        vlt_buf_reset(&value);
        st = l->failed ? vlt_lines_end(l, "disclosure", err)
                       : read_field(d, &lines, &value, err);
    }
    vlt_buf_clear(&value);
    return st;
}

static enum vault_status
read_note(struct vlt_lines *l, const char *name, struct vlt_text_part *out,
    struct vault_error *err)
{
    struct vlt_note n;

    *out = read_part(l, name);
    return l->failed ? vlt_lines_end(l, "disclosure", err)
                     : vlt_note_parse(&n, out->p, out->len, err);
}

static enum vault_status
read_notes(struct vlt_disclosure *d, struct vlt_lines *l,
    struct vault_error *err)
{
    struct vlt_text_part part;
    enum vault_status st;

    do {
        st = read_note(l, "note", &part, err);
        if (st == VAULT_OK)
            st = vlt_disclosure_add_note(d, part.p, part.len, err);
    } while (st == VAULT_OK && vlt_lines_at(l, "part note "));
    if (st == VAULT_OK)
        st = read_note(l, "card", &d->card, err);
    return st;
}

static enum vault_status
read_all(struct vlt_disclosure *d, struct vlt_lines *l, struct vault_error *err)
{
    struct vlt_text_part part;
    enum vault_status st;

    vlt_lines_expect(l, first_line);
    part = read_part(l, "statement");
    if (l->failed)
        return vlt_lines_end(l, "disclosure", err);
    st = vlt_statement_decode(&d->statement, part.p, part.len, err);
    if (st != VAULT_OK)
        return st;
    part = read_part(l, "leaf");
    if (l->failed)
        return vlt_lines_end(l, "disclosure", err);
    st = vlt_leaf_decode(&d->leaf, part.p, part.len, err);
    if (st == VAULT_OK)
        st = read_fields(d, l, err);
    if (st != VAULT_OK)
        return st;
    part = read_part(l, "proof");
    if (l->failed)
        return vlt_lines_end(l, "disclosure", err);
    st = vlt_tlogproof_decode(&d->tlog, part.p, part.len, err);
    if (st == VAULT_OK)
        st = read_notes(d, l, err);
    return st == VAULT_OK ? vlt_lines_end(l, "disclosure", err) : st;
}

bool
vlt_disclosure_is(const char *text, size_t len)
{
    return len >= sizeof first_line - 1 &&
        memcmp(text, first_line, sizeof first_line - 1) == 0;
}

enum vault_status
vlt_disclosure_decode(struct vlt_disclosure *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_disclosure d;
    struct vlt_buf again;
    struct vlt_lines l;
    enum vault_status st;

    if (len > VLT_DISCLOSURE_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "disclosure: longer than %d bytes",
            (int)VLT_DISCLOSURE_MAX);
    vlt_disclosure_init(&d);
    vlt_lines_init(&l, text, len);
    st = read_all(&d, &l, err);
    vlt_buf_init(&again, VLT_DISCLOSURE_MAX);
    if (st == VAULT_OK)
        st = vlt_disclosure_encode(&again, &d, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "disclosure", err);
    vlt_buf_clear(&again);
    if (st != VAULT_OK) {
        vlt_disclosure_clear(&d);
        return st;
    }
    *out = d;
    return VAULT_OK;
}
