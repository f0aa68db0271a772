/* SPDX-License-Identifier: Apache-2.0 */
/* verify_notice.c: withdrawals, answers and receipts, as they are given on */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bytes.h"
#include "fail.h"
#include "notices.h"
#include "verify_text.h"

/* One value of a note on its way to the caller. */
struct saying {
    struct vlt_verify *v;
    bool proved;
};

static void
say(const struct saying *s, enum vault_field_type type, const char *name,
    const void *value, size_t len)
{
    struct vault_said said = {.proved = s->proved, .bytes = len};

    said.field.type = type;
    said.field.state = VAULT_VALUE;
    said.field.name = name;
    said.field.value = value;
    said.field.value_len = len;
    vlt_say(s->v, &said);
}

static void
say_number(const struct saying *s, enum vault_field_type type, const char *name,
    uint64_t n)
{
    uint8_t b[8];

    vlt_store_u64(b, n);
    say(s, type, name, b, sizeof b);
}

static void
say_lists(const struct saying *s, const struct vlt_notice *n)
{
    char name[32];
    size_t i;

    for (i = 0; i < n->stmts; i++) {
        (void)snprintf(name, sizeof name, "statement.%zu", i + 1);
        say(s, VAULT_BYTES, name, n->stmt[i].b, sizeof n->stmt[i].b);
    }
    for (i = 0; i < n->bundles; i++) {
        (void)snprintf(name, sizeof name, "bundle.%zu", i + 1);
        say(s, VAULT_BYTES, name, n->bundle[i], sizeof n->bundle[i]);
    }
}

static void
say_all(const struct saying *s, const struct vlt_notice *n)
{
    const char *answer = vlt_ack_word(n->answer);

    say(s, VAULT_BYTES, "vault", n->vault, sizeof n->vault);
    say_number(s, VAULT_TIME, "date", n->date);
    if (n->kind == VLT_NOTICE_WITHDRAW)
        say(s, VAULT_BYTES, "id", n->id, sizeof n->id);
    else
        say(s, VAULT_BYTES,
            n->kind == VLT_NOTICE_RECEIPT ? "bundle-text" : "withdraw-text",
            n->of, sizeof n->of);
    if (n->kind == VLT_NOTICE_ACK)
        say(s, VAULT_TEXT, "answer", answer, strlen(answer));
    if (n->kind == VLT_NOTICE_RECEIPT)
        say_number(s, VAULT_NUMBER, "records", n->records);
    if (n->reason.len > 0)
        say(s, VAULT_TEXT, "reason", n->reason.p, n->reason.len);
    say_lists(s, n);
}

/* What may be concluded once the signature held. */
static void
say_meaning(struct vlt_verify *v, const struct vlt_notice *n)
{
    switch (n->kind) {
    case VLT_NOTICE_WITHDRAW:
        vlt_not_seen(v, "conclude", n->stmts,
            "whether who signed it was free, and whether the %zu records are "
            "that vault's: a withdrawal is a request, and destroys nothing",
            n->stmts);
        break;
    case VLT_NOTICE_WITHDRAW_REVOKED:
        vlt_not_seen(v, "conclude", 0,
            "whether who signed it was free; it lifts an earlier request");
        break;
    case VLT_NOTICE_ACK:
        vlt_not_seen(v, "conclude", n->stmts,
            "whether the %zu records were really treated so", n->stmts);
        break;
    case VLT_NOTICE_RECEIPT:
        vlt_not_seen(v, "conclude", n->records,
            "what became of the %" PRIu64
            " records: the holder of this key says that the bundle came in",
            n->records);
        break;
    }
}

enum vault_status
vlt_verify_notice(struct vlt_verify *v, const char *text, size_t len,
    struct vault_error *err)
{
    struct saying s = {.v = v};
    struct vlt_notice n;
    enum vault_status st;

    vlt_notice_init(&n);
    st = vlt_notice_parse(&n, text, len, err);
    if (st != VAULT_OK)
        return st;
    vlt_held(v, "structure", 1, "a text of kind %-s, in the exact form",
        v->verdict.text);
    st = vlt_judge_note(v, text, len, n.card, vlt_notice_check, &s.proved, err);
    if (st == VAULT_OK && v->verdict.failed == 0) {
        say_meaning(v, &n);
        say_all(&s, &n);
    }
    vlt_notice_clear(&n);
    return st;
}
