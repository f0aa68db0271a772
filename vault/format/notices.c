/* SPDX-License-Identifier: Apache-2.0 */
/* notices.c: withdraw, withdraw-revoked, ack, receipt (section 11) */
#include "notices.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "lines.h"
#include "nmark.h"
#include "text.h"

#define PREFIX "sanduq.v1/"

static const struct {
    const char *word;
    const char *first; /* the text's first line */
    const char *what;  /* in messages */
    bool ext;          /* may end in lines `ext` (section 15) */
} kinds[] = {
    {"withdraw", PREFIX "withdraw\n", N_("withdrawal notice"), true},
    {"withdraw-revoked", PREFIX "withdraw-revoked\n", N_("lifting notice"),
        false},
    {"ack", PREFIX "ack\n", "answer", true},
    {"receipt", PREFIX "receipt\n", "receipt", false},
};
static const char *const answers[] = {"destroyed", "hidden", "refused"};

const char *
vlt_notice_word(enum vlt_notice_kind kind)
{
    return kinds[kind].word;
}

const char *
vlt_ack_word(enum vlt_ack_answer answer)
{
    return answers[answer];
}

void
vlt_notice_init(struct vlt_notice *n)
{
    *n = (struct vlt_notice){0};
    vlt_buf_init(&n->reason, VLT_NOTICE_REASON);
}

void
vlt_notice_clear(struct vlt_notice *n)
{
    vlt_buf_clear(&n->reason);
    free(n->stmt);
    free(n->bundle);
    vlt_notice_init(n);
}

/* ---- what may stand in them ---- */

static bool
has_stmts(enum vlt_notice_kind kind)
{
    return kind == VLT_NOTICE_WITHDRAW || kind == VLT_NOTICE_ACK;
}

/* As the lines they stand in, whose base64 sorts otherwise than its bytes. */
static int
compare_stmts(const void *a, const void *b)
{
    char x[VLT_B64_32 + 1], y[VLT_B64_32 + 1];

    vlt_b64(x, a, sizeof(struct vlt_hash32));
    vlt_b64(y, b, sizeof(struct vlt_hash32));
    return memcmp(x, y, VLT_B64_32);
}

static int
compare_bundles(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static bool
ascending(const struct vlt_notice *n)
{
    size_t i;

    for (i = 1; i < n->stmts; i++)
        if (compare_stmts(&n->stmt[i - 1], &n->stmt[i]) >= 0)
            return false;
    for (i = 1; i < n->bundles; i++)
        if (compare_bundles(n->bundle[i - 1], n->bundle[i]) >= 0)
            return false;
    return true;
}

static enum vault_status
check(const struct vlt_notice *n, struct vault_error *err)
{
    const char *what = kinds[n->kind].what;

    if (n->date > INT64_MAX)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s: a date that is none", what);
    if (n->kind == VLT_NOTICE_RECEIPT && n->records == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s of no record", what);
    if (has_stmts(n->kind) && n->stmts == 0)
        return vlt_fail(err, VAULT_E_FORMAT, "%-s names no statement", what);
    if (n->stmts > VLT_NOTICE_LINES || n->bundles > VLT_NOTICE_LINES ||
        n->stmts + n->bundles > VLT_NOTICE_LINES)
        return vlt_fail(err, VAULT_E_FORMAT,
            "%-s: more than %d statements and bundles", what, VLT_NOTICE_LINES);
    if (!ascending(n))
        return vlt_fail(err, VAULT_E_FORMAT,
            "%-s: lines out of order or doubled", what);
    if (n->reason.len > VLT_NOTICE_REASON || n->reason.failed ||
        !vlt_utf8_valid(n->reason.p, n->reason.len))
        return vlt_fail(err, VAULT_E_FORMAT,
            "%-s: a reason that is no text of at most %d bytes", what,
            VLT_NOTICE_REASON);
    return VAULT_OK;
}

/* ---- writing ---- */

static void
put_hash(struct vlt_buf *out, const char *word, const uint8_t hash[32])
{
    vlt_buf_put_str(out, word);
    vlt_lines_put_b64(out, hash, 32);
    vlt_buf_put_str(out, "\n");
}

static void
put_id(struct vlt_buf *out, const char *word, const uint8_t id[16])
{
    vlt_buf_put_str(out, word);
    vlt_lines_put_hex(out, id, 16);
    vlt_buf_put_str(out, "\n");
}

static void
put_reason(struct vlt_buf *out, const struct vlt_buf *reason)
{
    vlt_buf_put_str(out, "reason ");
    if (reason->len == 0)
        vlt_buf_put_str(out, "-");
    else
        vlt_lines_put_b64(out, reason->p, reason->len);
    vlt_buf_put_str(out, "\n");
}

static void
put_stmts(struct vlt_buf *out, const struct vlt_notice *n)
{
    size_t i;

    for (i = 0; i < n->stmts; i++)
        put_hash(out, "stmt ", n->stmt[i].b);
}

static void
put_withdraw(struct vlt_buf *out, const struct vlt_notice *n)
{
    size_t i;

    put_id(out, "id ", n->id);
    vlt_buf_printf(out, "date %" PRIu64 "\n", n->date);
    put_reason(out, &n->reason);
    put_stmts(out, n);
    for (i = 0; i < n->bundles; i++)
        put_id(out, "bundle ", n->bundle[i]);
}

enum vault_status
vlt_notice_encode(struct vlt_buf *out, const struct vlt_notice *n,
    struct vault_error *err)
{
    enum vault_status st = check(n, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_put_str(out, kinds[n->kind].first);
    vlt_lines_put_hex(out, n->vault, sizeof n->vault);
    put_hash(out, " ", n->card);
    if (n->kind == VLT_NOTICE_WITHDRAW) {
        put_withdraw(out, n);
        return vlt_buf_end(out, kinds[n->kind].what, err);
    }
    put_hash(out, n->kind == VLT_NOTICE_RECEIPT ? "bundle " : "withdraw ",
        n->of);
    vlt_buf_printf(out, "date %" PRIu64 "\n", n->date);
    if (n->kind == VLT_NOTICE_RECEIPT)
        vlt_buf_printf(out, "records %" PRIu64 "\n", n->records);
    if (n->kind == VLT_NOTICE_ACK)
        vlt_buf_printf(out, "answer %s\n", answers[n->answer]);
    if (n->kind == VLT_NOTICE_ACK)
        put_stmts(out, n);
    return vlt_buf_end(out, kinds[n->kind].what, err);
}

/* ---- reading ---- */

bool
vlt_notice_is(const char *text, size_t len, enum vlt_notice_kind *out)
{
    size_t i, n;

    for (i = 0; i < VLT_COUNT(kinds); i++) {
        n = strlen(kinds[i].first);
        if (len < n || memcmp(text, kinds[i].first, n) != 0)
            continue;
        *out = (enum vlt_notice_kind)i;
        return true;
    }
    return false;
}

static void
read_hash(struct vlt_lines *l, const char *word, uint8_t out[32])
{
    vlt_lines_expect(l, word);
    vlt_lines_b64(l, out, 32);
    vlt_lines_expect(l, "\n");
}

static void
read_id(struct vlt_lines *l, const char *word, uint8_t out[16])
{
    vlt_lines_expect(l, word);
    vlt_lines_hex(l, out, 16);
    vlt_lines_expect(l, "\n");
}

static uint64_t
read_number(struct vlt_lines *l, const char *word)
{
    uint64_t v;

    vlt_lines_expect(l, word);
    v = vlt_lines_u64(l);
    vlt_lines_expect(l, "\n");
    return v;
}

static void
read_reason(struct vlt_lines *l, struct vlt_buf *out)
{
    size_t len, n = 0, got = 0;
    uint8_t *room = NULL;
    const char *word;

    vlt_lines_expect(l, "reason ");
    word = vlt_lines_word(l, &len);
    vlt_lines_expect(l, "\n");
    if (l->failed || (len == 1 && word[0] == '-'))
        return;
    if (vlt_lines_b64_ok(word, len, &n) && n <= VLT_NOTICE_REASON)
        room = vlt_buf_room(out, n);
    if (room == NULL || !vlt_unb64(room, n, &got, word, len))
        vlt_lines_fail(l);
}

static void
read_answer(struct vlt_lines *l, struct vlt_notice *n)
{
    size_t i, len;
    const char *word;

    vlt_lines_expect(l, "answer ");
    word = vlt_lines_word(l, &len);
    vlt_lines_expect(l, "\n");
    for (i = 0; i < VLT_COUNT(answers); i++) {
        if (len == strlen(answers[i]) && memcmp(word, answers[i], len) == 0) {
            n->answer = (enum vlt_ack_answer)i;
            return;
        }
    }
    vlt_lines_fail(l);
}

/* stmt and bundle have room for VLT_NOTICE_LINES each. */
static void
read_lists(struct vlt_lines *l, struct vlt_notice *n)
{
    while (vlt_lines_at(l, "stmt ")) {
        if (n->stmts == VLT_NOTICE_LINES) {
            vlt_lines_fail(l);
            return;
        }
        read_hash(l, "stmt ", n->stmt[n->stmts++].b);
    }
    while (n->kind == VLT_NOTICE_WITHDRAW && vlt_lines_at(l, "bundle ")) {
        if (n->bundles == VLT_NOTICE_LINES) {
            vlt_lines_fail(l);
            return;
        }
        read_id(l, "bundle ", n->bundle[n->bundles++]);
    }
}

static void
read_withdraw(struct vlt_lines *l, struct vlt_notice *n)
{
    read_id(l, "id ", n->id);
    n->date = read_number(l, "date ");
    read_reason(l, &n->reason);
    read_lists(l, n);
}

static void
read_about(struct vlt_lines *l, struct vlt_notice *n)
{
    read_hash(l, n->kind == VLT_NOTICE_RECEIPT ? "bundle " : "withdraw ",
        n->of);
    n->date = read_number(l, "date ");
    if (n->kind == VLT_NOTICE_RECEIPT)
        n->records = read_number(l, "records ");
    if (n->kind == VLT_NOTICE_ACK) {
        read_answer(l, n);
        read_lists(l, n);
    }
}

static enum vault_status
encodes_again(const struct vlt_notice *n, const struct vlt_lines *l,
    struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;

    vlt_buf_init(&again, VLT_NOTE_MAX);
    st = vlt_notice_encode(&again, n, err);
    if (st == VAULT_OK)
        st = vlt_lines_same(&again, l->p, l->pos, kinds[n->kind].what, err);
    vlt_buf_clear(&again);
    return st;
}

/* Into n, whose lists have room. */
static enum vault_status
decode(struct vlt_notice *n, const char *text, size_t len,
    struct vault_error *err)
{
    const char *what = kinds[n->kind].what;
    struct vlt_lines l;
    enum vault_status st;

    vlt_lines_init(&l, text, len);
    vlt_lines_expect(&l, kinds[n->kind].first);
    vlt_lines_hex(&l, n->vault, sizeof n->vault);
    read_hash(&l, " ", n->card);
    if (n->kind == VLT_NOTICE_WITHDRAW)
        read_withdraw(&l, n);
    else
        read_about(&l, n);
    if (l.failed)
        return vlt_lines_end(&l, what, err);
    st = encodes_again(n, &l, err);
    if (st == VAULT_OK)
        st = kinds[n->kind].ext ? vlt_lines_end_ext(&l, what, err)
                                : vlt_lines_end(&l, what, err);
    if (st == VAULT_OK)
        vlt_sha256(n->text_hash, text, len);
    return st;
}

enum vault_status
vlt_notice_decode(struct vlt_notice *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_notice n;
    enum vault_status st = VAULT_OK;

    vlt_notice_init(&n);
    if (len > VLT_NOTE_MAX || !vlt_notice_is(text, len, &n.kind))
        return vlt_fail(err, VAULT_E_FORMAT,
            "not a withdrawal notice, an answer or a receipt");
    if (has_stmts(n.kind)) {
        n.stmt = calloc(VLT_NOTICE_LINES, sizeof *n.stmt);
        n.bundle = calloc(VLT_NOTICE_LINES, sizeof *n.bundle);
        if (n.stmt == NULL || n.bundle == NULL)
            st = vlt_fail_memory(err);
    }
    if (st == VAULT_OK)
        st = decode(&n, text, len, err);
    if (st != VAULT_OK) {
        vlt_notice_clear(&n);
        return st;
    }
    *out = n;
    return VAULT_OK;
}

/* ---- notes ---- */

static enum vault_status
sign(struct vlt_notice *n, const struct vlt_seed *seed,
    const struct vlt_buf *text, struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_signkey *key = vlt_signkey_new();
    char name[VLT_NAME_MAX + 1];
    enum vault_status st;

    if (key == NULL)
        return vlt_fail_memory(err);
    vlt_identity_sign_seed(key, seed, n->vault);
    vlt_name_sign(name, n->vault);
    st =
        vlt_note_sign(out, (const char *)text->p, text->len, name, key->b, err);
    if (st == VAULT_OK)
        vlt_sha256(n->text_hash, text->p, text->len);
    vlt_signkey_free(key);
    return st;
}

enum vault_status
vlt_notice_make(struct vlt_notice *n, const struct vlt_seed *seed,
    struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_buf text;
    enum vault_status st;

    if (n->stmts > 1)
        qsort(n->stmt, n->stmts, sizeof *n->stmt, compare_stmts);
    if (n->bundles > 1)
        qsort(n->bundle, n->bundles, sizeof *n->bundle, compare_bundles);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    st = vlt_notice_encode(&text, n, err);
    if (st == VAULT_OK)
        st = sign(n, seed, &text, out, err);
    vlt_buf_clear(&text);
    return st;
}

enum vault_status
vlt_notice_parse(struct vlt_notice *out, const char *note, size_t len,
    struct vault_error *err)
{
    struct vlt_note n;
    enum vault_status st = vlt_note_parse(&n, note, len, err);

    if (st != VAULT_OK)
        return st;
    return vlt_notice_decode(out, n.text, n.text_len, err);
}

enum vault_status
vlt_notice_check(const char *note, size_t len, const struct vlt_card *card,
    struct vault_error *err)
{
    char name[VLT_NAME_MAX + 1];
    struct vlt_notice n;
    struct vlt_note parsed;
    enum vault_status st = vlt_note_parse(&parsed, note, len, err);

    if (st == VAULT_OK)
        st = vlt_notice_decode(&n, parsed.text, parsed.text_len, err);
    if (st != VAULT_OK)
        return st;
    vlt_name_sign(name, card->vault);
    if (memcmp(n.vault, card->vault, sizeof n.vault) != 0 ||
        memcmp(n.card, card->fingerprint, sizeof n.card) != 0)
        st = vlt_fail(err, VAULT_E_TAMPERED, "%-s names another vault or card",
            kinds[n.kind].what);
    else
        st = vlt_note_check(&parsed, name, card->sign, err);
    vlt_notice_clear(&n);
    return st;
}
