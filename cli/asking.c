/* SPDX-License-Identifier: Apache-2.0 */
/* asking.c: asking others to withdraw, and what came of it */
#include "withdraw_more.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>
#include <vault/notice.h>

enum { HASH_SHORT = 12 };

/* ---- who answered ---- */

static const char *
answer_word(enum vault_answer a)
{
    switch (a) {
    case VAULT_ANSWER_DESTROYED:
        return tr("says it is destroyed there");
    case VAULT_ANSWER_HIDDEN:
        return tr("keeps it hidden");
    case VAULT_ANSWER_REFUSED:
        return tr("refused");
    default:
        return tr("has not answered");
    }
}

static const char *
answer_json(enum vault_answer a)
{
    static const char *const words[] = {"none", "destroyed", "hidden",
        "refused"};

    return words[a];
}

static void
put_person(const struct vault_told *p)
{
    if (p->shares[0] != 0)
        out_printf(tr("shares %s, which open it together"), p->shares);
    else if (p->name[0] != 0)
        out_column(p->name, 16, true);
    else
        out_column(p->fingerprint, 40, false);
}

static void
person_text(const struct vault_told *p)
{
    char when[WHEN_SIZE];

    out_text("  ");
    put_person(p);
    out_printf("  %s", answer_word(p->answer));
    if (p->answer != VAULT_ANSWER_NONE) {
        when_local(when, p->answered);
        out_printf(tr(" (record versions: %" PRIu64 ", %s)"), p->statements,
            when);
    } else if (p->told > 0) {
        when_local(when, p->told);
        out_printf("; %s %s", tr("a bundle took the request along"), when);
    }
    if (!p->recipient)
        out_printf("  %s", tr("(had it from others)"));
    out_text("\n");
}

static void
person_json(struct jline *j, const struct vault_told *p, bool answer)
{
    jline_object(j, NULL);
    jline_text(j, "fingerprint", p->fingerprint);
    jline_text(j, "name", p->name);
    if (p->shares[0] != 0)
        jline_text(j, "shares", p->shares);
    if (answer) {
        jline_bool(j, "recipient", p->recipient);
        jline_text(j, "answer", answer_json(p->answer));
        jline_time(j, "told", p->told > 0 ? p->told : -1);
        jline_u64(j, "statements", p->statements);
        jline_time(j, "answered",
            p->answer != VAULT_ANSWER_NONE ? p->answered : -1);
    } else {
        jline_time(j, "receipt", p->answered > 0 ? p->answered : -1);
    }
    jline_object_end(j);
}

static void
asked_json(const struct vault_asked *a)
{
    struct jline j;
    size_t i;

    jline_begin(&j, "asked");
    jline_hex(&j, "request", a->hash, VAULT_HASH);
    jline_time(&j, "date", a->date);
    jline_text(&j, "reason", a->reason);
    jline_bool(&j, "lifted", a->lifted);
    jline_u64(&j, "statements", a->statements);
    jline_u64(&j, "unanswered", a->unanswered);
    jline_array(&j, "to");
    for (i = 0; i < a->to_len; i++)
        person_json(&j, &a->to[i], true);
    jline_array_end(&j);
    jline_end(&j);
}

static void
asked_text(const struct vault_asked *a)
{
    char hex[HEX_HASH], when[WHEN_SIZE];
    size_t i;

    hex_hash(hex, a->hash);
    when_local(when, a->date);
    out_printf(tr("Request %.*s of %s, record versions: %" PRIu64),
        (int)HASH_SHORT, hex, when, a->statements);
    if (a->lifted)
        out_printf("  %s", tr("(taken back)"));
    if (a->reason[0] != 0) {
        out_printf("  %s ", tr("because"));
        out_safe(a->reason, strlen(a->reason), 0);
    }
    out_text("\n");
    for (i = 0; i < a->to_len; i++)
        person_text(&a->to[i]);
    if (!a->lifted)
        out_printf(tr("  not answered: %zu\n"), a->unanswered);
}

struct telling {
    const struct cli *c;
    size_t n;
};

static int
tell_asked(void *ctx, const struct vault_asked *a)
{
    struct telling *t = ctx;

    t->n++;
    if (t->c->g.json)
        asked_json(a);
    else
        asked_text(a);
    return 0;
}

/* ---- bundles and receipts ---- */

static void
given_json(const struct vault_given *g)
{
    struct jline j;
    size_t i;

    jline_begin(&j, "given");
    jline_hex(&j, "bundle", g->bundle, VAULT_ID);
    jline_time(&j, "time", g->time);
    jline_u64(&j, "records", g->records);
    jline_array(&j, "to");
    for (i = 0; i < g->to_len; i++)
        person_json(&j, &g->to[i], false);
    jline_array_end(&j);
    jline_end(&j);
}

static void
given_text(const struct vault_given *g)
{
    char hex[HEX_SHORT], when[WHEN_SIZE];
    size_t i;

    hex_short(hex, g->bundle);
    when_local(when, g->time);
    out_printf(tr("Bundle %s of %s, record versions: %" PRIu64 "\n"), hex, when,
        g->records);
    for (i = 0; i < g->to_len; i++) {
        out_text("  ");
        put_person(&g->to[i]);
        if (g->to[i].answered > 0) {
            when_local(when, g->to[i].answered);
            out_printf("  %s %s\n", tr("receipt of"), when);
        } else if (g->to[i].shares[0] != 0) {
            out_text("\n"); /* who opened it is listed behind */
        } else {
            out_printf("  %s\n", tr("no receipt"));
        }
    }
}

static int
tell_given(void *ctx, const struct vault_given *g)
{
    struct telling *t = ctx;

    t->n++;
    if (t->c->g.json)
        given_json(g);
    else
        given_text(g);
    return 0;
}

enum vault_status
asking_status(struct cli *c, const uint8_t *id, struct vault_error *err)
{
    struct telling asked = {c, 0}, given = {c, 0};
    enum vault_status st;

    st = vault_notice_status(c->vault, id, tell_asked, &asked, err);
    if (st == VAULT_OK)
        st = vault_given_list(c->vault, id, tell_given, &given, err);
    if (st != VAULT_OK || c->g.json)
        return st;
    if (given.n == 0)
        say_info("%s",
            id != NULL ? tr("no bundle of this vault held it")
                       : tr("this vault made no bundle"));
    else if (asked.n == 0)
        say_info("%s",
            tr("none of those who were given it was asked to withdraw"));
    return VAULT_OK;
}

/* ---- how far it went ---- */

struct reach {
    size_t bundles;
    size_t people;
    char seen[64][VAULT_FINGERPRINT];
};

static int
count_given(void *ctx, const struct vault_given *g)
{
    struct reach *r = ctx;
    size_t i, j;

    r->bundles++;
    for (i = 0; i < g->to_len; i++) {
        for (j = 0; j < r->people && j < VLT_COUNT(r->seen); j++) {
            if (strcmp(r->seen[j], g->to[i].fingerprint) == 0)
                break;
        }
        if (j < r->people && j < VLT_COUNT(r->seen))
            continue;
        if (r->people < VLT_COUNT(r->seen))
            memcpy(r->seen[r->people], g->to[i].fingerprint, VAULT_FINGERPRINT);
        r->people++;
    }
    return 0;
}

enum vault_status
asking_reach(struct cli *c, const uint8_t *id, size_t *people, size_t *bundles,
    struct vault_error *err)
{
    struct reach r = {0};
    enum vault_status st = vault_given_list(c->vault, id, count_given, &r, err);

    if (st != VAULT_OK)
        return st;
    *people = r.people;
    *bundles = r.bundles;
    return VAULT_OK;
}

/* ---- asking ---- */

static void
tell_made(const struct cli *c, const char *type,
    const struct vault_notice_made *m)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, type);
    jline_hex(&j, "request", m->hash, VAULT_HASH);
    jline_u64(&j, "statements", m->statements);
    jline_u64(&j, "bundles", m->bundles);
    jline_u64(&j, "recipients", m->recipients);
    jline_bool(&j, "again", m->again);
    jline_end(&j);
}

enum vault_status
asking_notify(struct cli *c, const uint8_t id[VAULT_ID], const char *reason,
    struct note_file *f, struct vault_error *err)
{
    struct vault_notice_made m;
    uint8_t ids[1][VAULT_ID];
    enum vault_status st;

    memcpy(ids[0], id, VAULT_ID);
    st = vault_notice_withdraw(c->vault, ids, 1, reason, &m, err);
    if (st != VAULT_OK)
        return st;
    c->changed = c->changed || !m.again;
    st = note_file_end(f, "notice", m.note, m.len, err);
    vault_text_free(m.note);
    if (st != VAULT_OK)
        return st;
    tell_made(c, "notified", &m);
    if (c->g.json)
        return VAULT_OK;
    say_info(tr("a signed request is written; record versions %" PRIu64
                ", recipients %" PRIu64),
        m.statements, m.recipients);
    say_info("%s",
        tr("give it to them; there it hides the record, and is destroyed only "
           "when a person decides so; the next bundle to them takes it along "
           "too"));
    return VAULT_OK;
}

enum vault_status
asking_lift(struct cli *c, const uint8_t id[VAULT_ID], const char *output,
    struct vault_error *err)
{
    struct vault_notice_made m;
    struct note_file f;
    enum vault_status st;

    if (output == NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "--lift writes a signed note: -o says where to");
    st = note_file_begin(c, output, &f, err);
    if (st != VAULT_OK)
        return st;
    st = vault_notice_lift(c->vault, id, &m, err);
    if (st == VAULT_OK) {
        c->changed = true;
        st = note_file_end(&f, "notice", m.note, m.len, err);
        vault_text_free(m.note);
    }
    note_file_discard(&f);
    if (st != VAULT_OK)
        return st;
    tell_made(c, "lifted", &m);
    if (!c->g.json)
        say_info("%s",
            tr("the request is taken back: where the note arrives, the record "
               "is shown again; what was destroyed stays destroyed"));
    return VAULT_OK;
}
