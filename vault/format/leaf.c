/* SPDX-License-Identifier: Apache-2.0 */
/* leaf.c: one line of the custody log (section 7.1) */
#include "leaf.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "lines.h"
#include "merkle.h"
#include "text.h"

enum { TEXT_MAX = 192 }; /* 166 with the longest kind and version */

/* The kinds of section 7.1, and whether such a leaf names a record. */
static const struct {
    const char *kind;
    bool record;
} kinds[] = {
    {"genesis", false},
    {"card", false},
    {"slots", false},
    {"settings", false},
    {"seal", true},
    {"take", true},
    {"join", false},
    {"import", false},
    {"merge", false},
    {"share", false},
    {"withdraw", true},
    {"rekey", false},
    {"ask", false},
    {"drop", false},
    {"ack", false},
    {"revoke", false},
    {"stamp", false},
    {"note", false},
    {"open", false},
};

bool
vlt_leaf_kind_ok(const char *kind)
{
    size_t n;

    for (n = 0; n <= VLT_LEAF_KIND && kind[n] != '\0'; n++)
        if (!(kind[n] >= 'a' && kind[n] <= 'z') && kind[n] != '-')
            return false;
    return n >= 1 && n <= VLT_LEAF_KIND;
}

bool
vlt_leaf_kind_known(const char *kind)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return true;
    return false;
}

bool
vlt_leaf_fits_kind(const struct vlt_leaf *l)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(kinds); i++) {
        if (strcmp(kinds[i].kind, l->kind) != 0)
            continue;
        if (l->has_record != kinds[i].record)
            return false;
        return !l->has_record || l->version != 0 ||
            strcmp(l->kind, "withdraw") == 0;
    }
    return true;
}

static size_t
build(char out[TEXT_MAX], const struct vlt_leaf *l)
{
    char record[33] = "-", version[11] = "-";
    char subject[VLT_B64_32 + 1], event[VLT_B64_32 + 1];
    int n;

    if (l->has_record) {
        vlt_hex(record, l->record, 16);
        snprintf(version, sizeof version, "%" PRIu32, l->version);
    }
    vlt_b64(subject, l->subject, 32);
    vlt_b64(event, l->event, 32);
    n = snprintf(out, TEXT_MAX,
        "sanduq.v1/leaf\n"
        "%s %s %s\n"
        "%s\n"
        "%s\n",
        l->kind, record, version, subject, event);
    assert(n > 0 && n < TEXT_MAX);
    return (size_t)n;
}

enum vault_status
vlt_leaf_encode(struct vlt_buf *out, const struct vlt_leaf *l,
    struct vault_error *err)
{
    char text[TEXT_MAX];

    if (!vlt_leaf_kind_ok(l->kind))
        return vlt_fail(err, VAULT_E_FORMAT, "leaf: malformed kind");
    vlt_buf_put(out, text, build(text, l));
    return vlt_buf_end(out, "leaf", err);
}

static void
read_kind(struct vlt_lines *l, char kind[VLT_LEAF_KIND + 1])
{
    size_t len;
    const char *word = vlt_lines_word(l, &len);

    if (len > VLT_LEAF_KIND) {
        vlt_lines_fail(l);
        return;
    }
    memcpy(kind, word, len);
    kind[len] = '\0';
    if (!vlt_leaf_kind_ok(kind))
        vlt_lines_fail(l);
}

static void
read_record(struct vlt_lines *l, struct vlt_leaf *leaf)
{
    if (vlt_lines_at(l, "- -\n")) {
        vlt_lines_expect(l, "- -");
        return;
    }
    leaf->has_record = true;
    vlt_lines_hex(l, leaf->record, 16);
    vlt_lines_expect(l, " ");
    leaf->version = vlt_lines_u32(l);
}

enum vault_status
vlt_leaf_decode(struct vlt_leaf *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_leaf leaf = {0};
    struct vlt_lines l;
    struct vlt_buf again;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, "sanduq.v1/leaf\n");
    read_kind(&l, leaf.kind);
    vlt_lines_expect(&l, " ");
    read_record(&l, &leaf);
    vlt_lines_expect(&l, "\n");
    vlt_lines_b64(&l, leaf.subject, 32);
    vlt_lines_expect(&l, "\n");
    vlt_lines_b64(&l, leaf.event, 32);
    vlt_lines_expect(&l, "\n");
    st = vlt_lines_end(&l, "leaf", err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&again, TEXT_MAX);
    st = vlt_leaf_encode(&again, &leaf, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, text, len, "leaf", err);
    vlt_buf_clear(&again);
    if (st == VAULT_OK)
        *out = leaf;
    return st;
}

void
vlt_leaf_text_hash(uint8_t out[32], const struct vlt_leaf *l)
{
    char text[TEXT_MAX];

    if (!vlt_leaf_kind_ok(l->kind)) {
        memset(out, 0, 32); /* a hash that no leaf has */
        return;
    }
    vlt_leaf_hash(out, text, build(text, l));
}
