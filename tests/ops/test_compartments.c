/* SPDX-License-Identifier: Apache-2.0 */
/* test_compartments.c: what goes to others leaves nothing here that opens it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/compartments.h>
#include <vault/rekey.h>
#include <vault/cards.h>

#include "action.h"
#include "circle.h"
#include "epoch_rows.h"
#include "record_rows.h"

/* v0 carries, v1 is headquarters, v2 somebody else. */
static struct circle w;

static void
must(enum vault_status st, const struct vault_error *err)
{
    if (st != VAULT_OK)
        fail_msg("%s: %s", vault_status_name(st), err->message);
}

static enum vault_status
change_to(const char *name, bool fresh, enum vault_compartment_own own,
    const char *member, const char *drop, const char *type,
    struct vault_error *err)
{
    struct vault_compartment_change c = {.name = name,
        .fresh = fresh,
        .own = own,
        .add = &member,
        .add_len = member != NULL,
        .drop = &drop,
        .drop_len = drop != NULL,
        .bind = &type,
        .bind_len = type != NULL};

    return vault_compartment_change(w.q[0].v, &c, err);
}

/* identities: contacts, for v1 only. */
static void
begin(void)
{
    struct vault_error err;

    circle_make(&w, 3);
    must(change_to("identities", true, VAULT_COMPARTMENT_WITHOUT_ME, "v1", NULL,
             "contact", &err),
        &err);
}

static void
end(void)
{
    circle_end(&w);
}

static struct vault_sealed
add_to(struct vault *v, const char *type, const char *title, const char *body,
    const char *compartment)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err;

    must(vault_seal_begin(v, type, &s, &err), &err);
    must(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "title", title,
             strlen(title), &err),
        &err);
    if (body != NULL)
        must(vault_seal_write(s, body, strlen(body), &err), &err);
    if (body != NULL)
        vault_seal_unless_known(s);
    if (compartment != NULL)
        must(vault_seal_compartment(s, compartment, true, &err), &err);
    must(vault_seal_commit(s, &done, &err), &err);
    return done;
}

static struct vault_sealed
add(const char *type, const char *title)
{
    return add_to(w.q[0].v, type, title, NULL, NULL);
}

static enum vault_status
open_by(size_t i, const uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st = vault_record_open(w.q[i].v, id, 0, &r, err);

    vault_record_close(r);
    return st;
}

/* ---- settings ---- */

struct listed {
    unsigned n;
    char text[2048];
};

static int
take_compartment(void *ctx, const struct vault_compartment *c)
{
    struct listed *l = ctx;
    size_t at = strlen(l->text);
    size_t i;

    l->n++;
    at += (size_t)snprintf(l->text + at, sizeof l->text - at, "%s %s", c->name,
        c->own ? "own" : "away");
    for (i = 0; i < c->members_len; i++)
        at += (size_t)snprintf(l->text + at, sizeof l->text - at, " %s%s",
            c->members[i].name, c->members[i].left_out ? "!" : "");
    for (i = 0; i < c->types_len; i++)
        at += (size_t)snprintf(l->text + at, sizeof l->text - at, " -t%s",
            c->types[i]);
    (void)snprintf(l->text + at, sizeof l->text - at, ";");
    return 0;
}

static void
expect_listed(const char *text)
{
    struct listed l = {0};
    struct vault_error err;

    must(vault_compartments(w.q[0].v, take_compartment, &l, &err), &err);
    assert_string_equal(l.text, text);
}

static void
a_compartment_is_a_setting_with_members_and_types(void **state)
{
    struct vault_error err;
    char name[VAULT_COMPARTMENT_NAME];
    bool own = true;

    (void)state;
    begin();
    expect_listed("identities away v1 -tcontact;");
    must(change_to("case 12", true, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             "letter", &err),
        &err);
    must(change_to("default", false, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             NULL, &err),
        &err);
    must(change_to("IDENTITIES", false, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             "testimony", &err),
        &err);
    quick_again(&w.q[0]);
    {
        struct listed l = {0};

        must(vault_compartments(w.q[0].v, take_compartment, &l, &err), &err);
        assert_int_equal(l.n, 3);
        assert_non_null(strstr(l.text,
            "default own v2;case 12 own v2 "
            "-tletter;identities away v"));
        assert_non_null(strstr(l.text, "-tcontact -ttestimony;"));
    }
    must(vault_compartment_of_type(w.q[0].v, "letter", name, &own, &err), &err);
    assert_string_equal(name, "case 12");
    assert_true(own);
    must(vault_compartment_of_type(w.q[0].v, "contact", name, &own, &err),
        &err);
    assert_false(own);
    must(vault_compartment_of_type(w.q[0].v, "note", name, &own, &err), &err);
    assert_string_equal(name, "");
    must(vault_compartment_remove(w.q[0].v, "case 12", &err), &err);
    assert_int_equal(vault_compartment_remove(w.q[0].v, "case 12", NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vault_compartment_remove(w.q[0].v, "default", NULL),
        VAULT_E_USAGE);
    end();
}

static void
what_a_compartment_cannot_be_is_refused(void **state)
{
    enum vault_compartment_own same = VAULT_COMPARTMENT_OWN_SAME;
    enum vault_compartment_own away = VAULT_COMPARTMENT_WITHOUT_ME;
    const struct {
        const char *what, *name;
        bool fresh;
        enum vault_compartment_own own;
        const char *member, *drop, *type;
        enum vault_status st;
    } rows[] = {
        {"there already", "identities", true, away, "v1", NULL, NULL,
            VAULT_E_EXISTS},
        {"the default one is there", "default", true, same, "v1", NULL, NULL,
            VAULT_E_EXISTS},
        {"not there", "other", false, same, "v1", NULL, NULL,
            VAULT_E_NOT_FOUND},
        {"nobody of that name", "a", true, away, "nobody", NULL, NULL,
            VAULT_E_NOT_FOUND},
        {"for nobody", "a", true, away, NULL, NULL, NULL, VAULT_E_USAGE},
        {"without members", "a", true, same, NULL, NULL, NULL, VAULT_E_USAGE},
        {"no name", " a", true, same, "v1", NULL, NULL, VAULT_E_USAGE},
        {"no type", "a", true, away, "v1", NULL, "Letter", VAULT_E_USAGE},
        {"bound elsewhere", "a", true, away, "v1", NULL, "contact",
            VAULT_E_EXISTS},
        {"a consent for others", "a", true, away, "v1", NULL, "consent",
            VAULT_E_USAGE},
        {"its last member", "identities", false, same, NULL, "v1", NULL,
            VAULT_E_USAGE},
        {"no member", "identities", false, same, NULL, "v2", NULL,
            VAULT_E_NOT_FOUND},
        {"default without me", "default", false, away, "v1", NULL, NULL,
            VAULT_E_USAGE},
        {"default with a type", "default", false, same, "v1", NULL, "note",
            VAULT_E_USAGE},
        {"not compared", "a", true, away, "stranger", NULL, NULL,
            VAULT_E_POLICY},
    };
    struct quick_vault stranger;
    struct vault_error err;
    size_t i;

    (void)state;
    begin();
    quick_make(&stranger);
    circle_pin(w.q[0].v, stranger.v, "stranger", false);
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum vault_status st = change_to(rows[i].name, rows[i].fresh,
            rows[i].own, rows[i].member, rows[i].drop, rows[i].type, &err);

        if (st != rows[i].st)
            fail_msg("%s: %s", rows[i].what, vault_status_name(st));
    }
    expect_listed("identities away v1 -tcontact;");
    quick_end(&stranger);
    end();
}

/* ---- nothing here opens it ---- */

struct seen {
    unsigned entries, away, bad;
    char name[VAULT_COMPARTMENT_NAME];
};

static int
take_entry(void *ctx, const struct vault_entry *e)
{
    struct seen *s = ctx;

    s->entries += e->compartment == NULL;
    s->away += e->compartment != NULL;
    if (e->compartment != NULL) {
        assert_string_equal(e->type, "");
        assert_string_equal(e->name, "");
        assert_false(e->has_body);
        (void)snprintf(s->name, sizeof s->name, "%s", e->compartment);
    }
    return 0;
}

static int
take_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct seen *s = ctx;

    (void)id;
    (void)version;
    (void)why;
    s->bad++;
    return 0;
}

static struct seen
list(const char *type, const char *word, bool walk)
{
    struct vault_list_options o = {.since = INT64_MIN,
        .until = INT64_MAX,
        .type = type,
        .words = &word,
        .words_len = word != NULL,
        .walk = walk};
    struct seen s = {0};
    struct vault_error err;

    must(vault_list(w.q[0].v, &o, take_entry, take_bad, &s, &err), &err);
    return s;
}

static enum vault_status
take_epoch(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    unsigned *n = ctx;
    struct vlt_e0 *e0 = NULL;

    if (r->epoch.kind != VLT_EPOCH_COMPARTMENT)
        return VAULT_OK;
    (*n)++;
    assert_false(r->has_cache);
    assert_int_equal(vlt_epoch_own_open(w.q[0].v, &r->epoch, &e0, err),
        VAULT_E_NO_KEY);
    assert_int_equal(vlt_epoch_open(&r->epoch, w.q[1].v->kem,
                         w.q[1].v->card.fingerprint, &e0, err),
        VAULT_OK);
    vlt_e0_free(e0);
    assert_int_equal(vlt_epoch_open(&r->epoch, w.q[2].v->kem,
                         w.q[2].v->card.fingerprint, &e0, err),
        VAULT_E_NO_KEY);
    return VAULT_OK;
}

/* How many kind-4 epochs there are, each for v1 and for nobody else. */
static unsigned
epochs_for_v1_only(void)
{
    struct vault *v = w.q[0].v;
    struct vault_error err;
    unsigned n = 0;

    must(vlt_store_begin(v->store, false, &err), &err);
    must(vlt_epochs(v->store, take_epoch, &n, &err), &err);
    vlt_store_rollback(v->store);
    return n;
}

static void
a_bound_type_is_sealed_where_nobody_here_reads_it(void **state)
{
    struct vault_sealed a, b, c;
    struct vault_error err = {0};
    struct seen s;
    uint8_t hash[VAULT_HASH] = {0}, id[VAULT_ID];
    struct vault_sealer *sealer = NULL;
    bool found = true;
    uint64_t n = 0;
    int walk, again;

    (void)state;
    begin();
    a = add_to(w.q[0].v, "contact", "Gulnara", "her address", NULL);
    assert_true(a.away);
    assert_string_equal(a.compartment, "identities");
    /* a copy that others can read does not stand for it */
    b = add_to(w.q[0].v, "letter", "a letter", "her own words", NULL);
    assert_false(b.away);
    assert_false(
        add_to(w.q[0].v, "contact", "Aigul", "her own words", NULL).known);
    assert_true(
        add_to(w.q[0].v, "letter", "again", "her own words", NULL).known);
    c = add("contact", "Aigul");
    /* one process, one epoch */
    assert_int_equal(epochs_for_v1_only(), 1);
    for (again = 0; again < 2; again++) {
        assert_int_equal(open_by(0, a.id, &err), VAULT_E_NO_KEY);
        assert_non_null(strstr(err.message, "\"identities\""));
        assert_non_null(strstr(err.message, "ask v1"));
        for (walk = 0; walk < 2; walk++) {
            s = list(NULL, NULL, walk);
            assert_int_equal(s.entries, 1);
            assert_int_equal(s.away, 3);
            assert_int_equal(s.bad, 0);
            assert_string_equal(s.name, "identities");
            s = list("contact", NULL, walk);
            assert_int_equal(s.entries + s.away + s.bad, 0);
            s = list(NULL, "gulnara", walk);
            assert_int_equal(s.entries + s.away + s.bad, 0);
        }
        memcpy(hash, a.sha256, sizeof hash);
        must(vault_find_content(w.q[0].v, hash, &found, id, &err), &err);
        assert_false(found);
        assert_int_equal(vault_amend_begin(w.q[0].v, c.id, NULL, &sealer, &err),
            VAULT_E_NO_KEY);
        assert_non_null(strstr(err.message, "\"identities\""));
        assert_non_null(strstr(err.hint, "amends"));
        quick_again(&w.q[0]);
    }
    must(vault_away_count(w.q[0].v, &n, &err), &err);
    assert_int_equal(n, 3);
    /* the next process has its own, and the same file is sealed once more */
    b = add_to(w.q[0].v, "contact", "Gulnara", "her address", NULL);
    assert_false(b.known);
    assert_int_equal(epochs_for_v1_only(), 2);
    end();
}

/* What is written in the vault's file says nothing of it, nor do its pages
 * once they are opened: whatever is known is known from the log. */
static int
take_line(void *ctx, const struct vault_leaf *l)
{
    const uint8_t *hash = ctx;
    size_t i, k;

    for (i = 0; l->opened && i < l->fields_len; i++) {
        const struct vault_field *f = &l->fields[i];

        for (k = 0; k + 7 <= f->value_len; k++)
            assert_memory_not_equal(f->value + k, "Gulnara", 7);
        for (k = 0; k + 16 <= f->value_len; k++)
            assert_memory_not_equal(f->value + k, hash, 16);
    }
    return 0;
}

static void
no_event_repeats_what_stands_in_it(void **state)
{
    struct vault_sealed a;
    struct vault_error err;

    (void)state;
    begin();
    a = add_to(w.q[0].v, "contact", "Gulnara", "her address", NULL);
    must(vault_log(w.q[0].v, NULL, take_line, a.sha256, &err), &err);
    end();
}

struct told {
    unsigned n;
    char text[1024];
};

static int
take_away(void *ctx, const struct vault_away *a)
{
    struct told *t = ctx;
    size_t at = strlen(t->text);

    t->n++;
    assert_true(a->sealed > 0);
    (void)snprintf(t->text + at, sizeof t->text - at, "%s v%u %s;",
        a->compartment, (unsigned)a->version,
        a->members_len > 0 ? a->members[0].name : "-");
    return 0;
}

static struct told
told(const uint8_t *id)
{
    struct told t = {0};
    struct vault_error err;

    must(vault_away(w.q[0].v, id, take_away, &t, &err), &err);
    return t;
}

static void
what_is_known_of_it_is_told(void **state)
{
    struct vault_sealed a, b;
    struct vault_error err;

    (void)state;
    begin();
    assert_int_equal(told(NULL).n, 0);
    a = add("contact", "Gulnara");
    b = add("note", "readable");
    (void)add("contact", "Aigul");
    assert_string_equal(told(NULL).text, "identities v1 v1;identities v1 v1;");
    assert_string_equal(told(a.id).text, "identities v1 v1;");
    assert_int_equal(told(b.id).n, 0);
    /* as it was called when it was sealed */
    must(vault_compartment_remove(w.q[0].v, "identities", &err), &err);
    assert_string_equal(told(a.id).text, "identities v1 v1;");
    assert_false(add("contact", "Bahar").away);
    end();
}

/* ---- choosing ---- */

static void
a_choice_by_hand_says_so_when_the_type_is_bound(void **state)
{
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err = {0};

    (void)state;
    begin();
    assert_true(add_to(w.q[0].v, "note", "x", NULL, "identities").away);
    must(vault_seal_begin(w.q[0].v, "contact", &s, &err), &err);
    assert_int_equal(vault_seal_compartment(s, "default", false, &err),
        VAULT_E_POLICY);
    assert_int_equal(vault_seal_compartment(s, "nothing", true, &err),
        VAULT_E_NOT_FOUND);
    must(vault_seal_compartment(s, "default", true, &err), &err);
    must(vault_seal_commit(s, &done, &err), &err);
    assert_false(done.away);
    assert_int_equal(open_by(0, done.id, &err), VAULT_OK);
    must(vault_seal_begin(w.q[0].v, "consent", &s, &err), &err);
    assert_int_equal(vault_seal_compartment(s, "identities", true, &err),
        VAULT_E_POLICY);
    vault_seal_abort(s);
    end();
}

static void
a_record_made_before_is_not_taken_away_by_a_change(void **state)
{
    struct vault_sealed old, done;
    struct vault_sealer *s = NULL;
    struct vault_error err = {0};
    struct seen seen;

    (void)state;
    begin();
    old = add_to(w.q[0].v, "contact", "Gulnara", NULL, "default");
    must(vault_amend_begin(w.q[0].v, old.id, NULL, &s, &err), &err);
    must(vault_seal_tag(s, "t", &err), &err);
    assert_int_equal(vault_seal_commit(s, &done, &err), VAULT_E_POLICY);
    must(vault_amend_begin(w.q[0].v, old.id, NULL, &s, &err), &err);
    must(vault_seal_compartment(s, "identities", false, &err), &err);
    must(vault_seal_commit(s, &done, &err), &err);
    assert_true(done.away);
    assert_int_equal(done.version, 2);
    assert_int_equal(open_by(0, old.id, &err), VAULT_E_NO_KEY);
    seen = list(NULL, "gulnara", false);
    assert_int_equal(seen.entries + seen.away + seen.bad, 0);
    end();
}

/* ---- others ---- */

static enum vault_status
share_one(const char *to, const char *also, const uint8_t *id,
    struct vault_share_plan *plan, struct vault_error *err)
{
    struct vault_share_options o = {.plain_container = true};
    struct vault_share *s = NULL;
    enum vault_status st = vault_share_begin(w.q[0].v, &o, &s, err);

    if (st == VAULT_OK)
        st = vault_share_to(s, to, err);
    if (st == VAULT_OK && also != NULL)
        st = vault_share_to(s, also, err);
    if (st == VAULT_OK)
        st = id != NULL ? vault_share_add(s, id, 0, err)
                        : vault_share_add_list(s, NULL, false, err);
    if (st == VAULT_OK)
        vault_share_plan(s, plan);
    vault_share_abort(s);
    return st;
}

static void
a_member_opens_what_is_carried_to_him(void **state)
{
    struct vault_receive_result got;
    struct vault_sealed a[3];
    struct circle_share s = {.from = 0, .to = 1u << 1};
    struct vault_share_plan plan;
    struct vault_error err = {0};
    char body[20000], path[TEMP_PATH];
    uint8_t(*ids)[VAULT_ID] = calloc(3, VAULT_ID);
    uint8_t *p;
    size_t n = 0, i;

    (void)state;
    begin();
    memset(body, 'b', sizeof body - 1);
    body[sizeof body - 1] = 0;
    a[0] = add_to(w.q[0].v, "contact", "Gulnara", body, NULL);
    a[1] = add("contact", "Aigul");
    quick_again(&w.q[0]);
    a[2] = add("contact", "Bahar");
    (void)add("letter", "beside");
    for (i = 0; i < 3; i++)
        memcpy(ids[i], a[i].id, VAULT_ID);
    assert_int_equal(share_one("v2", NULL, a[0].id, &plan, &err),
        VAULT_E_POLICY);
    assert_non_null(strstr(err.message, "\"v2\" is not in it"));
    assert_int_equal(share_one("v1", "v2", a[0].id, &plan, &err),
        VAULT_E_POLICY);
    must(share_one("v2", NULL, NULL, &plan, &err), &err);
    assert_int_equal(plan.whole, 1);
    assert_int_equal(plan.away, 3);
    must(share_one("v1", NULL, NULL, &plan, &err), &err);
    assert_int_equal(plan.whole, 4);
    assert_int_equal(plan.away, 0);
    s.id = (const uint8_t(*)[VAULT_ID])ids;
    s.n = 3;
    circle_share(&w, &s, "home", path);
    {
        struct quick_verdict said;

        quick_verify(path, NULL, &said);
        if (said.st != VAULT_OK)
            fail_msg("%s", said.lines);
    }
    circle_take(w.q[1].v, path, &got);
    assert_int_equal(quick_listed(w.q[1].v), 3);
    p = quick_body(w.q[1].v, a[0].id, &n);
    assert_int_equal(n, sizeof body - 1);
    assert_memory_equal(p, body, n);
    free(p);
    quick_again(&w.q[1]);
    assert_int_equal(open_by(1, a[2].id, &err), VAULT_OK);
    /* it was given: the next time nothing is new */
    must(share_one("v1", NULL, NULL, &plan, &err), &err);
    assert_int_equal(plan.whole, 1);
    /* who can open it passes it on */
    s = (struct circle_share){.from = 1,
        .to = 1u << 2,
        .id = (const uint8_t(*)[VAULT_ID])ids,
        .n = 3};
    circle_share(&w, &s, "on", path);
    circle_take(w.q[2].v, path, &got);
    assert_int_equal(open_by(2, a[0].id, &err), VAULT_OK);
    free(ids);
    end();
}

/* ---- the default set ---- */

struct counting {
    size_t who;
    unsigned opens, all;
};

static enum vault_status
count_opened(void *ctx, const struct vlt_epoch_row *r, struct vault_error *err)
{
    struct counting *c = ctx;
    struct vlt_e0 *e0 = NULL;

    (void)err;
    if (r->epoch.kind != VLT_EPOCH_VAULT)
        return VAULT_OK;
    c->all++;
    c->opens += vlt_epoch_open(&r->epoch, w.q[c->who].v->kem,
                    w.q[c->who].v->card.fingerprint, &e0, NULL) == VAULT_OK;
    vlt_e0_free(e0);
    return VAULT_OK;
}

/* Of the vault's own epochs, how many this one opens. */
static struct counting
opened_by(size_t who)
{
    struct counting c = {.who = who};
    struct vault_error err;

    must(vlt_store_begin(w.q[0].v->store, false, &err), &err);
    must(vlt_epochs(w.q[0].v->store, count_opened, &c, &err), &err);
    vlt_store_rollback(w.q[0].v->store);
    return c;
}

static void
whoever_joins_the_default_set_opens_what_comes_then(void **state)
{
    struct vault_error err;
    unsigned all;

    (void)state;
    begin();
    (void)add("note", "before");
    assert_int_equal(opened_by(2).opens, 0);
    all = opened_by(0).all;
    must(change_to("default", false, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             NULL, &err),
        &err);
    (void)add("note", "with v2");
    assert_int_equal(opened_by(2).opens, 1);
    assert_int_equal(opened_by(2).all, all + 1);
    quick_again(&w.q[0]);
    (void)add("note", "with v2 too");
    assert_int_equal(opened_by(0).opens, opened_by(0).all);
    must(change_to("default", false, VAULT_COMPARTMENT_OWN_SAME, NULL, "v2",
             NULL, &err),
        &err);
    all = opened_by(2).opens;
    (void)add("note", "without v2");
    quick_again(&w.q[0]);
    (void)add("note", "without v2");
    assert_int_equal(opened_by(2).opens, all);
    assert_int_equal(quick_listed(w.q[0].v), 5);
    end();
}

/* Somebody who was in it puts the row of the old epoch back, its cache too. */
static void
an_epoch_from_before_is_not_gone_on_with(void **state)
{
    struct vault_error err;
    unsigned opens;

    (void)state;
    begin();
    must(change_to("default", false, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             NULL, &err),
        &err);
    (void)add("note", "with v2");
    must(change_to("default", false, VAULT_COMPARTMENT_OWN_SAME, NULL, "v2",
             NULL, &err),
        &err);
    opens = opened_by(2).opens;
    assert_true(opens > 0);
    quick_close(&w.q[0]);
    /* everything newer is gone: only the old cache could be gone on with */
    quick_sql(w.q[0].path,
        "UPDATE epoch SET cache = NULL WHERE e = (SELECT max(e) FROM epoch)");
    quick_again(&w.q[0]);
    (void)add("note", "after");
    assert_int_equal(opened_by(2).opens, opens);
    {
        struct vlt_store *s = w.q[0].v->store;
        struct vlt_leaf_row leaf;
        struct vlt_buf evct;
        struct vlt_epoch_row row;
        struct vlt_e0 *e0 = NULL;
        uint8_t id[16];
        uint32_t i;

        /* the line of the last note is under an epoch that v2 does not open */
        vlt_buf_init(&evct, VLT_EVENT_MAX);
        must(vlt_store_begin(s, false, &err), &err);
        must(vlt_leaf_get(s, w.q[0].v->log_n, w.q[0].v->state.size - 1, &leaf,
                 &evct, &err),
            &err);
        must(vlt_event_peek(id, &i, leaf.evct, leaf.evct_len, &err), &err);
        must(vlt_epoch_by_id(s, id, &row, &err), &err);
        assert_int_equal(vlt_epoch_open(&row.epoch, w.q[2].v->kem,
                             w.q[2].v->card.fingerprint, &e0, &err),
            VAULT_E_NO_KEY);
        vlt_epoch_row_clear(&row);
        vlt_store_rollback(s);
        vlt_buf_clear(&evct);
    }
    end();
}

static void
with_the_vault_others_read_it_too(void **state)
{
    struct vault_sealed a;
    struct vault_error err;
    unsigned opens;

    (void)state;
    begin();
    must(change_to("case 12", true, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             "letter", &err),
        &err);
    opens = opened_by(2).opens;
    a = add("letter", "for two");
    (void)add("note", "for one");
    (void)add("letter", "for two again");
    assert_false(a.away);
    assert_string_equal(a.compartment, "case 12");
    assert_int_equal(opened_by(2).opens, opens + 1);
    quick_again(&w.q[0]);
    (void)add("note", "for one");
    assert_int_equal(open_by(0, a.id, &err), VAULT_OK);
    assert_int_equal(list("letter", NULL, false).entries, 2);
    assert_int_equal(opened_by(2).opens, opens + 1);
    end();
}

/* The members of the default set are not those of a compartment: what was put
 * into one is theirs in no version of it. */
struct looking {
    const uint8_t *id;
    uint32_t version;
    uint8_t epoch[16];
    bool found;
};

static enum vault_status
look_at(void *ctx, const struct vlt_leaf_row *l, struct vault_error *err)
{
    struct looking *k = ctx;
    uint8_t row[VLT_RECORD_WRAP];
    struct vlt_version_rows rows;
    size_t i;

    if (strcmp(l->leaf.kind, "seal") != 0 && strcmp(l->leaf.kind, "take") != 0)
        return VAULT_OK;
    must(vlt_record_versions(w.q[0].v->store, k->id, &rows, err), err);
    for (i = 0; i < rows.n; i++) {
        if (rows.v[i].head.h.version != k->version)
            continue;
        must(vlt_wrap_get(w.q[0].v->store, rows.v[i].rid, row, err), err);
        memcpy(k->epoch, row, 16);
        k->found = true;
    }
    vlt_version_rows_clear(&rows);
    return VAULT_OK;
}

/* Whether this one has the key of a record version of v0. */
static bool
has_key_of(size_t who, const uint8_t id[VAULT_ID], uint32_t version)
{
    struct looking k = {.id = id, .version = version};
    struct vlt_epoch_row row;
    struct vlt_e0 *e0 = NULL;
    struct vault_error err;
    enum vault_status st;

    must(vlt_store_begin(w.q[0].v->store, false, &err), &err);
    must(vlt_leaves_of(w.q[0].v->store, id, look_at, &k, &err), &err);
    assert_true(k.found);
    must(vlt_epoch_by_id(w.q[0].v->store, k.epoch, &row, &err), &err);
    st = vlt_epoch_open(&row.epoch, w.q[who].v->kem,
        w.q[who].v->card.fingerprint, &e0, &err);
    vlt_e0_free(e0);
    vlt_epoch_row_clear(&row);
    vlt_store_rollback(w.q[0].v->store);
    return st == VAULT_OK;
}

static struct vault_sealed
tag_it(const uint8_t id[VAULT_ID])
{
    struct vault_sealer *s = NULL;
    struct vault_sealed done;
    struct vault_error err;

    must(vault_amend_begin(w.q[0].v, id, NULL, &s, &err), &err);
    must(vault_seal_tag(s, "t", &err), &err);
    must(vault_seal_commit(s, &done, &err), &err);
    return done;
}

/* default: v1 too; case 12: v2 too. */
static void
begin_two(void)
{
    struct vault_error err;

    circle_make(&w, 3);
    must(change_to("default", false, VAULT_COMPARTMENT_OWN_SAME, "v1", NULL,
             NULL, &err),
        &err);
    must(change_to("case 12", true, VAULT_COMPARTMENT_OWN_SAME, "v2", NULL,
             "letter", &err),
        &err);
}

static void
a_new_version_stays_among_those_who_had_it(void **state)
{
    struct vault_sealed a, b;
    struct vault_sealer *s = NULL;
    struct vault_error err;

    (void)state;
    begin_two();
    a = add_to(w.q[0].v, "photo", "by hand", NULL, "case 12");
    assert_true(has_key_of(2, a.id, 1));
    assert_false(has_key_of(1, a.id, 1));
    b = tag_it(a.id);
    assert_string_equal(b.compartment, "case 12");
    assert_true(has_key_of(2, a.id, 2));
    assert_false(has_key_of(1, a.id, 2));
    b = add("photo", "for all");
    assert_string_equal(tag_it(b.id).compartment, "");
    assert_true(has_key_of(1, b.id, 2));
    /* it is no more: nobody decides for a person who reads it now */
    must(vault_compartment_remove(w.q[0].v, "case 12", &err), &err);
    must(vault_amend_begin(w.q[0].v, a.id, NULL, &s, &err), &err);
    must(vault_seal_tag(s, "u", &err), &err);
    assert_int_equal(vault_seal_commit(s, &b, &err), VAULT_E_POLICY);
    must(vault_amend_begin(w.q[0].v, a.id, NULL, &s, &err), &err);
    must(vault_seal_compartment(s, "default", false, &err), &err);
    must(vault_seal_commit(s, &b, &err), &err);
    assert_true(has_key_of(1, a.id, 3));
    end();
}

/* Sealing everything again gives it to nobody who was never in it. */
static void
new_keys_do_not_open_what_a_removed_compartment_held(void **state)
{
    struct vault_sealed a, b;
    struct vault_rekeyed done;
    struct vault_error err;

    (void)state;
    begin_two();
    a = add_to(w.q[0].v, "photo", "by hand", NULL, "case 12");
    b = add("photo", "for all");
    must(vault_compartment_remove(w.q[0].v, "case 12", &err), &err);
    must(vault_rekey(w.q[0].v, NULL, &done, &err), &err);
    assert_true(has_key_of(0, a.id, 1));
    assert_false(has_key_of(1, a.id, 1) || has_key_of(2, a.id, 1));
    assert_true(has_key_of(1, b.id, 1));
    end();
}

/* Its wrap is exchanged for one that is for others: that is damage, though its
 * line names a compartment. */
static void
one_that_this_vault_is_in_is_never_sealed_away(void **state)
{
    struct quick_verdict said;
    struct vault_sealed a;
    struct vault_error err;

    (void)state;
    begin_two();
    must(change_to("identities", true, VAULT_COMPARTMENT_WITHOUT_ME, "v1", NULL,
             "contact", &err),
        &err);
    (void)add("contact", "Gulnara");
    a = add("letter", "for two");
    quick_close(&w.q[0]);
    quick_sql(w.q[0].path,
        "UPDATE wrap SET b = (SELECT b FROM wrap WHERE rid = 1) WHERE rid = 2");
    quick_verify(w.q[0].path, w.q[0].key, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    quick_again(&w.q[0]);
    assert_int_equal(told(NULL).n, 1);
    assert_int_equal(told(a.id).n, 0);
    end();
}

/* ---- judged, withdrawn ---- */

static void
it_is_judged_like_any_record(void **state)
{
    struct quick_verdict said;

    (void)state;
    begin();
    (void)add_to(w.q[0].v, "contact", "Gulnara", "her address", NULL);
    (void)add("note", "readable");
    quick_close(&w.q[0]);
    quick_verify(w.q[0].path, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    assert_int_equal(said.verdict.records, 2);
    quick_verify(w.q[0].path, w.q[0].key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    assert_non_null(strstr(said.lines,
        "compartment: 1 record versions are sealed to compartments"));
    /* its ciphertext is covered */
    quick_sql(w.q[0].path,
        "UPDATE record SET meta = CAST(substr(meta, 1, 40) || x'00' || "
        "substr(meta, 42) AS BLOB) WHERE rid = 1");
    quick_verify(w.q[0].path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    quick_again(&w.q[0]);
    end();
}

/* A wrap that was exchanged for one of a compartment hides no record. */
static void
a_wrap_that_only_looks_like_one_is_found(void **state)
{
    struct quick_verdict said;
    struct seen s;

    (void)state;
    begin();
    (void)add("contact", "Gulnara");
    (void)add("note", "readable");
    quick_close(&w.q[0]);
    quick_sql(w.q[0].path,
        "UPDATE wrap SET b = (SELECT b FROM wrap WHERE rid = 1) WHERE rid = 2");
    quick_verify(w.q[0].path, w.q[0].key, &said);
    assert_int_equal(said.st, VAULT_E_TAMPERED);
    quick_again(&w.q[0]);
    s = list(NULL, NULL, true);
    assert_int_equal(s.away, 1);
    assert_int_equal(s.bad, 1);
    assert_int_equal(told(NULL).n, 1);
    end();
}

/* The row from before, when headquarters was not the only one. */
static void
an_old_setting_that_is_put_back_is_found(void **state)
{
    struct vault_error err = {0};
    struct vault *v = NULL;

    (void)state;
    begin();
    quick_close(&w.q[0]);
    quick_sql(w.q[0].path,
        "INSERT INTO ext SELECT 'kept-' || rev, id, b FROM local");
    quick_again(&w.q[0]);
    must(change_to("identities", false, VAULT_COMPARTMENT_OWN_SAME, "v2", "v1",
             NULL, &err),
        &err);
    quick_close(&w.q[0]);
    quick_sql(w.q[0].path,
        "DELETE FROM local; INSERT INTO local SELECT n, "
        "CAST(substr(k, 6) AS INTEGER), b FROM ext; DELETE FROM ext");
    must(vault_open(w.q[0].path, &w.q[0].opt, &v, &err), &err);
    assert_int_equal(vault_unlock(v, w.q[0].key, NULL, &err), VAULT_E_TAMPERED);
    vault_close(v);
    end();
}

static void
withdrawing_it_destroys_its_wrap_and_its_epoch(void **state)
{
    struct vault_withdrawal done;
    struct quick_verdict said;
    struct vault_sealed a, b, c;
    struct vault_receive_result got;
    struct vault_error err;
    char path[TEMP_PATH];
    struct circle_share s = {.from = 0, .to = 1u << 1};

    (void)state;
    begin();
    a = add_to(w.q[0].v, "contact", "Gulnara", "her address", NULL);
    b = add("contact", "Aigul");
    must(vault_withdraw(w.q[0].v, a.id, 0, "asked", &done, &err), &err);
    assert_int_equal(done.versions, 1);
    assert_int_equal(epochs_for_v1_only(), 1);
    must(vault_withdraw(w.q[0].v, b.id, 0, NULL, &done, &err), &err);
    assert_int_equal(epochs_for_v1_only(), 0);
    assert_int_equal(told(NULL).n, 0);
    assert_int_equal(list(NULL, NULL, false).away, 0);
    /* the process goes on: what it seals then can be opened */
    c = add("contact", "Bahar");
    assert_int_equal(epochs_for_v1_only(), 1);
    s.id = (const uint8_t(*)[VAULT_ID]) & c.id;
    s.n = 1;
    circle_share(&w, &s, "home", path);
    circle_take(w.q[1].v, path, &got);
    assert_int_equal(open_by(1, c.id, &err), VAULT_OK);
    quick_close(&w.q[0]);
    quick_verify(w.q[0].path, w.q[0].key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    quick_again(&w.q[0]);
    end();
}

/* ---- a chain has an end ---- */

static void
after_1024_records_comes_another_epoch(void **state)
{
    struct vault_error err;
    int i;

    (void)state;
    begin();
    must(vault_batch_begin(w.q[0].v, &err), &err);
    for (i = 0; i < 1026; i++)
        (void)add("contact", "x");
    must(vault_batch_end(w.q[0].v, &err), &err);
    assert_int_equal(epochs_for_v1_only(), 2);
    end();
}

/* An action that fails takes its epoch with it. */
static void
a_batch_that_is_given_up_leaves_no_epoch_in_use(void **state)
{
    struct vault_error err;
    struct vault_sealed a;

    (void)state;
    begin();
    must(vault_batch_begin(w.q[0].v, &err), &err);
    (void)add("contact", "x");
    vault_batch_abort(w.q[0].v);
    assert_int_equal(epochs_for_v1_only(), 0);
    a = add("contact", "y");
    assert_int_equal(epochs_for_v1_only(), 1);
    assert_int_equal(told(a.id).n, 1);
    end();
}

/* ---- locked ---- */

static char capture[TEMP_PATH];

static void
make_capture(void)
{
    struct vault_error err;

    temp_dir_path(&w.q[0].dir, "v.capture", capture);
    must(vault_capture_create(w.q[0].v, capture, &err), &err);
}

static struct vault_sealed
capture_one(const char *type, const char *title, const char *to)
{
    struct vault_error err;
    struct vault *c = NULL;
    struct vault_sealed done;

    must(vault_capture_open(capture, &w.q[0].opt, &c, &err), &err);
    done = add_to(c, type, title, NULL, to);
    vault_close(c);
    return done;
}

/* The list in a capture file is older than the settings, or gone: whoever had
 * the file put it there, and it is told when it comes in. */
static void
an_older_list_of_compartments_is_told(void **state)
{
    struct vault_sealed a;
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin();
    make_capture();
    must(change_to("identities", false, VAULT_COMPARTMENT_OWN_SAME, "v2", "v1",
             NULL, &err),
        &err);
    a = capture_one("contact", "Gulnara", NULL); /* to v1, who was put out */
    assert_true(a.away);
    (void)capture_one("note", "for all", NULL);
    must(vault_take_in(w.q[0].v, capture, NULL, &t, &err), &err);
    assert_int_equal(t.records, 2);
    assert_int_equal(t.strangers, 1);
    assert_int_equal(t.readable, 0);
    quick_sql(capture, "DELETE FROM meta WHERE k = 'compartments'");
    a = capture_one("contact", "Gulnara", NULL);
    assert_false(a.away);
    must(vault_take_in(w.q[0].v, capture, NULL, &t, &err), &err);
    assert_int_equal(t.records, 1);
    assert_int_equal(t.readable, 1);
    assert_int_equal(t.strangers, 0);
    end();
}

static void
take_in(uint64_t records)
{
    struct vault_taken t;
    struct vault_error err;

    must(vault_take_in(w.q[0].v, capture, NULL, &t, &err), &err);
    assert_int_equal(t.records, records);
    assert_int_equal(t.bad, 0);
    assert_int_equal(t.strangers + t.readable, 0);
}

static void
a_locked_vault_seals_to_the_compartment_too(void **state)
{
    struct vault_sealed a, b, c;
    struct vault_receive_result got;
    struct quick_verdict said;
    struct vault_error err;
    struct circle_share s = {.from = 0, .to = 1u << 1};
    char path[TEMP_PATH];
    uint64_t n = 0;
    struct vault *f = NULL;

    (void)state;
    begin();
    make_capture();
    a = capture_one("contact", "Gulnara", NULL);
    assert_true(a.away);
    b = capture_one("note", "readable", NULL);
    c = capture_one("note", "by hand", "identities");
    assert_true(c.away);
    must(vault_capture_open(capture, &w.q[0].opt, &f, &err), &err);
    must(vault_away_count(f, &n, &err), &err);
    vault_close(f);
    assert_int_equal(n, 2);
    quick_verify(capture, NULL, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    assert_non_null(strstr(said.lines, "compartments: 1 compartments"));
    take_in(3);
    take_in(0);
    assert_int_equal(open_by(0, a.id, &err), VAULT_E_NO_KEY);
    assert_int_equal(open_by(0, b.id, &err), VAULT_OK);
    assert_int_equal(told(NULL).n, 2);
    assert_string_equal(told(a.id).text, "identities v1 v1;");
    assert_int_equal(list(NULL, NULL, false).away, 2);
    assert_int_equal(epochs_for_v1_only(), 2);
    s.id = (const uint8_t(*)[VAULT_ID]) & a.id;
    s.n = 1;
    circle_share(&w, &s, "home", path);
    circle_take(w.q[1].v, path, &got);
    assert_int_equal(open_by(1, a.id, &err), VAULT_OK);
    quick_close(&w.q[0]);
    quick_verify(w.q[0].path, w.q[0].key, &said);
    if (said.st != VAULT_OK)
        fail_msg("%s", said.lines);
    quick_again(&w.q[0]);
    end();
}

static void
what_comes_in_stays_among_those_it_was_sealed_to(void **state)
{
    struct vault_sealed a, b, c;
    struct vault_error err;

    (void)state;
    begin_two();
    make_capture();
    a = capture_one("letter", "bound", NULL);
    b = capture_one("photo", "by hand", "case 12");
    c = capture_one("note", "for all", NULL);
    take_in(3);
    assert_int_equal(open_by(0, a.id, &err), VAULT_OK);
    assert_true(has_key_of(2, a.id, 1) && has_key_of(2, b.id, 1));
    assert_false(has_key_of(1, a.id, 1) || has_key_of(1, b.id, 1));
    assert_true(has_key_of(1, c.id, 1));
    assert_false(has_key_of(2, c.id, 1));
    assert_string_equal(tag_it(b.id).compartment, "case 12");
    quick_again(&w.q[0]);
    assert_int_equal(open_by(0, b.id, &err), VAULT_OK);
    /* one that was removed meanwhile is not for the default members either */
    a = capture_one("photo", "by hand", "case 12");
    must(vault_compartment_remove(w.q[0].v, "case 12", &err), &err);
    take_in(1);
    assert_true(has_key_of(0, a.id, 1));
    assert_false(has_key_of(1, a.id, 1) || has_key_of(2, a.id, 1));
    end();
}

static void
a_capture_file_follows_the_settings(void **state)
{
    struct vault_error err;
    bool changed = true;

    (void)state;
    begin();
    make_capture();
    must(vault_capture_compartments(w.q[0].v, capture, &changed, &err), &err);
    assert_false(changed);
    assert_false(capture_one("testimony", "t", NULL).away);
    must(change_to("identities", false, VAULT_COMPARTMENT_OWN_SAME, NULL, NULL,
             "testimony", &err),
        &err);
    must(vault_capture_compartments(w.q[0].v, capture, &changed, &err), &err);
    assert_true(changed);
    assert_true(capture_one("testimony", "t", NULL).away);
    must(vault_compartment_remove(w.q[0].v, "identities", &err), &err);
    must(vault_capture_compartments(w.q[0].v, capture, &changed, &err), &err);
    assert_true(changed);
    assert_false(capture_one("testimony", "t", NULL).away);
    assert_int_equal(quick_count(capture,
                         "SELECT count(*) FROM meta WHERE k = 'compartments'"),
        0);
    end();
}

/* Another's list, and an older one, are not taken; one that was changed in the
 * file seals nothing. */
static void
a_list_that_the_card_did_not_sign_is_refused(void **state)
{
    struct vault_sealer *s = NULL;
    struct vault_error err;
    struct vault *c = NULL;
    char *old = NULL, *new = NULL;
    size_t old_len = 0, new_len = 0;
    bool changed = false;

    (void)state;
    begin();
    make_capture();
    must(vault_compartments_note(w.q[0].v, &old, &old_len, &err), &err);
    must(change_to("identities", false, VAULT_COMPARTMENT_OWN_SAME, "v2", "v1",
             NULL, &err),
        &err);
    must(vault_compartments_note(w.q[0].v, &new, &new_len, &err), &err);
    must(vault_capture_open(capture, &w.q[0].opt, &c, &err), &err);
    must(vault_capture_compartments_take(c, new, new_len, &changed, &err),
        &err);
    assert_true(changed);
    must(vault_capture_compartments_take(c, new, new_len, &changed, &err),
        &err);
    assert_false(changed);
    assert_int_equal(vault_capture_compartments_take(c, old, old_len, &changed,
                         NULL),
        VAULT_E_TAMPERED);
    old[old_len / 3] ^= 1;
    assert_int_not_equal(vault_capture_compartments_take(c, old, old_len,
                             &changed, NULL),
        VAULT_OK);
    vault_close(c);
    /* in a member's key, which nothing but the signature covers */
    quick_sql(capture,
        "UPDATE meta SET v = CAST(substr(v, 1, 400) || CASE WHEN "
        "substr(v, 401, 1) = x'41' THEN 'B' ELSE 'A' END || substr(v, 402) AS "
        "BLOB) WHERE k = 'compartments'");
    must(vault_capture_open(capture, &w.q[0].opt, &c, &err), &err);
    must(vault_seal_begin(c, "contact", &s, &err), &err);
    assert_int_equal(vault_seal_commit(s, &(struct vault_sealed){0}, &err),
        VAULT_E_TAMPERED);
    vault_close(c);
    free(old);
    free(new);
    end();
}

/* Whoever has the capture file makes an ordinary record look like one for
 * others: it is told, and not taken in as one. */
static void
a_wrap_changed_in_the_capture_file_is_told(void **state)
{
    struct vault_taken t;
    struct vault_error err;

    (void)state;
    begin();
    make_capture();
    (void)capture_one("contact", "Gulnara", NULL);
    (void)capture_one("note", "readable", NULL);
    quick_sql(capture,
        "UPDATE wrap SET b = (SELECT b FROM wrap WHERE rid = 1) WHERE rid = 2");
    assert_int_equal(vault_take_in(w.q[0].v, capture, NULL, &t, &err),
        VAULT_E_TAMPERED);
    assert_int_equal(t.records, 1);
    assert_int_equal(t.bad, 1);
    end();
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_compartment_is_a_setting_with_members_and_types),
        cmocka_unit_test(what_a_compartment_cannot_be_is_refused),
        cmocka_unit_test(a_bound_type_is_sealed_where_nobody_here_reads_it),
        cmocka_unit_test(no_event_repeats_what_stands_in_it),
        cmocka_unit_test(what_is_known_of_it_is_told),
        cmocka_unit_test(a_choice_by_hand_says_so_when_the_type_is_bound),
        cmocka_unit_test(a_record_made_before_is_not_taken_away_by_a_change),
        cmocka_unit_test(a_member_opens_what_is_carried_to_him),
        cmocka_unit_test(whoever_joins_the_default_set_opens_what_comes_then),
        cmocka_unit_test(an_epoch_from_before_is_not_gone_on_with),
        cmocka_unit_test(with_the_vault_others_read_it_too),
        cmocka_unit_test(a_new_version_stays_among_those_who_had_it),
        cmocka_unit_test(new_keys_do_not_open_what_a_removed_compartment_held),
        cmocka_unit_test(one_that_this_vault_is_in_is_never_sealed_away),
        cmocka_unit_test(it_is_judged_like_any_record),
        cmocka_unit_test(a_wrap_that_only_looks_like_one_is_found),
        cmocka_unit_test(an_old_setting_that_is_put_back_is_found),
        cmocka_unit_test(withdrawing_it_destroys_its_wrap_and_its_epoch),
        cmocka_unit_test(after_1024_records_comes_another_epoch),
        cmocka_unit_test(a_batch_that_is_given_up_leaves_no_epoch_in_use),
        cmocka_unit_test(a_locked_vault_seals_to_the_compartment_too),
        cmocka_unit_test(what_comes_in_stays_among_those_it_was_sealed_to),
        cmocka_unit_test(an_older_list_of_compartments_is_told),
        cmocka_unit_test(a_capture_file_follows_the_settings),
        cmocka_unit_test(a_list_that_the_card_did_not_sign_is_refused),
        cmocka_unit_test(a_wrap_changed_in_the_capture_file_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
