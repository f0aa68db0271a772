/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_witness.c: what verify says of countersignatures and policies */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>
#include <vault/evidence.h>

#include "card.h"
#include "checkpoint.h"
#include "cosignature.h"
#include "quick_vault.h"
#include "secret.h"
#include "sign.h"
#include "text.h"
#include "witnessed.h"

enum { WITNESSES = 4 };
static const uint64_t early = 1768000000; /* 2026-01-09T23:06:40Z */
static const uint64_t later = 1768003600; /* 2026-01-10T00:06:40Z */

static struct vlt_vkey key[WITNESSES];
static char vkey[WITNESSES][VLT_VKEY_TEXT];
static struct vlt_seed *seed; /* of a witness's vault */
static struct vlt_card card;
static char card_note[4096];

static void
witness_seed(uint8_t out[32], size_t i)
{
    memset(out, 0, 32);
    out[0] = (uint8_t)(i + 1);
}

static int
setup(void **state)
{
    uint8_t s[32], pk[32];
    char name[32];
    struct vlt_buf b;
    size_t i;

    (void)state;
    assert_int_equal(vlt_crypto_init(NULL), VAULT_OK);
    for (i = 0; i < WITNESSES; i++) {
        witness_seed(s, i);
        vlt_sign_public(pk, s);
        snprintf(name, sizeof name, "w%zu.example", i);
        assert_int_equal(vlt_vkey_make(&key[i], name, VLT_VKEY_COSIGNATURE, pk,
                             NULL),
            VAULT_OK);
        vlt_vkey_text(vkey[i], &key[i]);
    }
    seed = vlt_seed_new();
    assert_non_null(seed);
    memset(&card, 0, sizeof card);
    memset(card.vault, 0x77, sizeof card.vault);
    card.generation = 1;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    assert_int_equal(vlt_card_make(&card, seed, NULL, &b, NULL), VAULT_OK);
    snprintf(card_note, sizeof card_note, "%s", vlt_buf_cstr(&b));
    assert_int_equal(vlt_card_parse(&card, card_note, strlen(card_note), NULL),
        VAULT_OK);
    vlt_buf_clear(&b);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    vlt_seed_free(seed);
    return 0;
}

/* ---- what is in the file ---- */

static char *
sql_text(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    char *out = NULL;

    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    out = strdup((const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
    return out;
}

/* The newest checkpoint of a log. */
static char *
newest_note(const char *path, int log)
{
    char sql[160];

    snprintf(sql, sizeof sql,
        "SELECT note FROM checkpoint WHERE log = %d ORDER BY size DESC LIMIT 1",
        log);
    return sql_text(path, sql);
}

/* Append a line to the newest checkpoint, as anyone with the file can; its
 * line is kept then. */
static void
append_line(const char *path, int log, const char *line)
{
    char *sql = sqlite3_mprintf("UPDATE checkpoint SET keep = 1, note = note "
                                "|| %Q WHERE log = %d AND size = (SELECT "
                                "max(size) FROM checkpoint WHERE log = %d)",
        line, log, log);

    quick_sql(path, sql);
    sqlite3_free(sql);
}

/* The line of a witness under a text (a checkpoint's). */
static char *
sign_as(const char *note, const char *name, const uint8_t s[32], uint64_t time)
{
    struct vlt_buf b;
    struct vlt_note n;
    char *line;

    assert_int_equal(vlt_note_parse(&n, note, strlen(note), NULL), VAULT_OK);
    vlt_buf_init(&b, VLT_NOTE_MAX);
    assert_int_equal(vlt_cosignature_sign(&b, n.text, n.text_len, name, s, time,
                         NULL),
        VAULT_OK);
    line = strdup(vlt_buf_cstr(&b));
    vlt_buf_clear(&b);
    return line;
}

static void
countersign(const char *path, int log, size_t i, uint64_t time)
{
    char *note = newest_note(path, log), *line;
    uint8_t s[32];

    witness_seed(s, i);
    line = sign_as(note, key[i].name, s, time);
    append_line(path, log, line);
    free(line);
    free(note);
}

static void
file_id(const char *path, uint8_t id[16], char origin[2][VLT_NAME_MAX + 1])
{
    char *note, *lf;
    int i;

    for (i = 0; i < 2; i++) {
        if (quick_count(path, "SELECT count(*) FROM log") <= i)
            break;
        note = newest_note(path, i + 1);
        lf = strchr(note, '\n');
        *lf = 0;
        strcpy(origin[i], note);
        free(note);
    }
    assert_true(vlt_unhex(id, 16, origin[0] + strlen("sanduq.invalid/"), 32));
}

/* ---- what is asked ---- */

struct asked {
    const char *policy;
    const char *witness[4];
    const char *witnessed[4];
};

static void
ask(const char *path, const struct asked *a, struct quick_verdict *said)
{
    struct vault_verify_options opt = {0};

    opt.policy = a->policy;
    opt.witnesses = a->witness;
    opt.witnessed = a->witnessed;
    while (opt.witnesses_len < 4 && a->witness[opt.witnesses_len] != NULL)
        opt.witnesses_len++;
    while (opt.witnessed_len < 4 && a->witnessed[opt.witnessed_len] != NULL)
        opt.witnessed_len++;
    quick_verify_with(path, &opt, said);
}

static void
expect(const char *path, const struct asked *a, enum vault_status st,
    const char *const *lines)
{
    struct quick_verdict said;

    ask(path, a, &said);
    if (said.st != st)
        fail_msg("status %d, not %d: %s\n%s", (int)said.st, (int)st,
            said.err.message, said.lines);
    for (; *lines != NULL; lines++) {
        bool absent = (*lines)[0] == '!';

        if ((strstr(said.lines, *lines + absent) == NULL) != absent)
            fail_msg("%s \"%s\" in\n%s", absent ? "there is" : "no",
                *lines + absent, said.lines);
    }
}
#define EXPECT(path, a, st, ...) \
    expect(path, a, st, (const char *const[]){__VA_ARGS__, NULL})

/* Words of a policy: @0 .. @3 are the witnesses' keys. */
static const char *
policy(char out[4096], const char *text)
{
    size_t n = 0;

    for (; *text != 0; text++) {
        if (*text == '@')
            n += (size_t)snprintf(out + n, 4096 - n, "%s", vkey[*++text - '0']);
        else
            out[n++] = *text;
    }
    out[n] = 0;
    return out;
}

static const char two_of_three[] = "witness a @0\nwitness b @1\nwitness c @2\n"
                                   "group g 2 a b c\nquorum g\n";

/* ---- single signatures ---- */

static void
a_countersignature_dates_the_lines_below_it(void **state)
{
    struct asked none = {0}, w0 = {.witness = {vkey[0]}};
    struct quick_verdict said;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    EXPECT(q.path, &none, VAULT_OK,
        "NOT_SEEN witness: when the log was written: no countersignature",
        "NOT_SEEN replicas: other replicas: unknown");
    countersign(q.path, 1, 0, later);
    countersign(q.path, 1, 0, early);
    countersign(q.path, 1, 1, early);
    EXPECT(q.path, &none, VAULT_OK,
        "NOT_SEEN witness: whose 3 signatures stand below its checkpoints",
        "NOT_SEEN witness: when the log was written: no countersignature");
    EXPECT(q.path, &w0, VAULT_OK,
        "its first 4 lines existed before 2026-01-09T23:06:40Z, by the clock "
        "of witness w0.example (key given by you)",
        "NOT_SEEN witness: whose 1 signatures", "NOT_SEEN witness: how long",
        "!when the log was written", "!policy");
    ask(q.path, &w0, &said);
    assert_int_equal(said.verdict.cosignatures, 2);
    assert_int_equal(said.verdict.witnessed, early);
    ask(q.path, &none, &said);
    assert_int_equal(said.verdict.cosignatures, 0);
    assert_int_equal(said.verdict.witnessed, -1);
    quick_again(&q);
    quick_add(q.v, "more", NULL, 0, NULL);
    quick_close(&q);
    EXPECT(q.path, &w0, VAULT_OK, "its first 4 lines existed before 2026",
        "NOT_SEEN witness: log",
        "lines 4 to 4 came after the last "
        "countersignature");
    ask(q.path, &w0, &said);
    assert_int_equal(said.verdict.witnessed, -1);
    assert_int_equal(said.verdict.cosignatures, 2);
    quick_end(&q);
}

static void
a_signature_that_does_not_hold_is_no_detail(void **state)
{
    struct asked none = {0}, w0 = {.witness = {vkey[0], vkey[1]}};
    struct quick_verdict said;
    struct quick_vault q;
    char *note, *line, *at, p[4096];
    uint8_t s[32];
    struct asked asks = {.policy = policy(p, "witness b @1\nquorum b\n")};
    struct asked both = {.policy = policy(p, "witness b @1\nquorum b\n"),
        .witness = {vkey[0]}};

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 1, early);
    note = newest_note(q.path, 1);
    witness_seed(s, 0);
    line = sign_as(note, key[0].name, s, early);
    at = strrchr(line, ' ') + 20;
    *at = *at == 'A' ? 'B' : 'A';
    append_line(q.path, 1, line);
    /* nobody here knows that key: one line more of a stranger */
    EXPECT(q.path, &none, VAULT_OK, "whose 2 signatures");
    EXPECT(q.path, &asks, VAULT_OK, "whose 1 signatures", "HELD policy: ");
    EXPECT(q.path, &w0, VAULT_E_TAMPERED,
        "FAILED witness: ", "witness w0.example that does not hold",
        "!existed before");
    EXPECT(q.path, &both, VAULT_E_TAMPERED, "FAILED witness: ", "!HELD policy",
        "NOT_AS_ASKED policy: ");
    ask(q.path, &both, &said);
    assert_int_equal(said.verdict.cosignatures, 0);
    assert_int_equal(said.verdict.witnessed, -1);
    free(line);
    free(note);
    quick_end(&q);
}

static void
a_signature_of_another_checkpoint_does_not_hold_here(void **state)
{
    struct asked w0 = {.witness = {vkey[0]}};
    struct quick_vault q;
    char *note, *line;
    uint8_t s[32];

    (void)state;
    quick_make(&q);
    note = newest_note(q.path, 1);
    witness_seed(s, 0);
    line = sign_as(note, key[0].name, s, early);
    quick_add(q.v, "more", NULL, 0, NULL);
    quick_close(&q);
    append_line(q.path, 1, line);
    EXPECT(q.path, &w0, VAULT_E_TAMPERED, "FAILED witness: ");
    free(line);
    free(note);
    quick_end(&q);
}

static void
its_own_witness_key_and_its_log_key_count_for_nothing(void **state)
{
    struct vlt_vkey self;
    char name[VLT_NAME_MAX + 1], text[VLT_VKEY_TEXT], p[4096];
    char origin[2][VLT_NAME_MAX + 1];
    uint8_t id[16], s[32], pk[32];
    struct asked given = {.witness = {text}}, asks = {.policy = p};
    struct quick_verdict said;
    struct quick_vault q;
    char *note, *line;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    file_id(q.path, id, origin);
    vlt_name_witness(name, id);
    witness_seed(s, 9);
    vlt_sign_public(pk, s);
    assert_int_equal(vlt_vkey_make(&self, name, VLT_VKEY_COSIGNATURE, pk, NULL),
        VAULT_OK);
    vlt_vkey_text(text, &self);
    note = newest_note(q.path, 1);
    line = sign_as(note, name, s, early);
    append_line(q.path, 1, line);
    EXPECT(q.path, &given, VAULT_OK,
        "1 signatures by the witness key of its own vault: they count for "
        "nothing",
        "when the log was written", "!existed before");
    snprintf(p, sizeof p, "witness a %s\nquorum a\n", text);
    EXPECT(q.path, &asks, VAULT_E_POLICY, "witness a did not countersign it");
    ask(q.path, &asks, &said);
    assert_int_equal(said.verdict.cosignatures, 0);
    free(line);
    free(note);
    quick_end(&q);
}

static void
a_time_to_come_is_told_and_not_judged(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p, "witness a @0\nquorum a\n")};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, UINT64_C(4102444800));
    EXPECT(q.path, &a, VAULT_OK, "existed before 2100-01-01T00:00:00Z",
        "NOT_SEEN witness: ", "clock has not reached", "HELD policy");
    countersign(q.path, 1, 0, INT64_MAX);
    EXPECT(q.path, &a, VAULT_OK, "2 countersignatures name a time");
    quick_end(&q);
}

static void
a_time_before_there_was_such_a_log_counts_for_nothing(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p, "witness a @0\nquorum a\n")};
    struct quick_verdict said;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, 0);
    countersign(q.path, 1, 0, UINT64_C(1767225599));
    EXPECT(q.path, &a, VAULT_E_POLICY, "!existed before",
        "NOT_SEEN witness: ", "2 countersignatures name a time at which",
        "no state of it is countersigned");
    ask(q.path, &a, &said);
    assert_int_equal(said.verdict.cosignatures, 0);
    assert_int_equal(said.verdict.witnessed, -1);
    countersign(q.path, 1, 0, UINT64_C(1767225600));
    EXPECT(q.path, &a, VAULT_OK, "existed before 2026-01-01T00:00:00Z",
        "HELD policy");
    ask(q.path, &a, &said);
    assert_int_equal(said.verdict.cosignatures, 1);
    quick_end(&q);
}

static void
strangers_lines_are_kept_up_to_the_limit_of_a_note(void **state)
{
    struct asked w0 = {.witness = {vkey[0]}};
    struct quick_vault q;
    int i;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, early);
    for (i = 0; i < 62; i++)
        append_line(q.path, 1, "\xe2\x80\x94 other.example/x AAAAAAA=\n");
    EXPECT(q.path, &w0, VAULT_OK, "whose 62 signatures", "existed before");
    append_line(q.path, 1, "\xe2\x80\x94 other.example/x AAAAAAA=\n");
    EXPECT(q.path, &w0, VAULT_E_TAMPERED, "more than 64 signature lines");
    quick_end(&q);
}

/* ---- policies ---- */

static void
a_policy_is_satisfied_by_its_quorum_alone(void **state)
{
    char p[4096], r[4096];
    struct asked a = {.policy = policy(p, two_of_three)};
    struct asked none = {.policy = "quorum none\n"};
    struct asked other = {.policy = policy(r,
                              "witness a @0\nwitness b @1\nwitness d @3\n"
                              "group x any a b\ngroup y all x d\nquorum y\n")};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    EXPECT(q.path, &none, VAULT_OK, "NOT_SEEN policy: the policy asks for no",
        "!HELD policy");
    EXPECT(q.path, &a, VAULT_E_POLICY, "NOT_AS_ASKED policy: log ",
        "no state of it is countersigned",
        "group g of the policy lacks 2 more of: a, b, c");
    countersign(q.path, 1, 0, later);
    countersign(q.path, 1, 0, early); /* once more is no second witness */
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "group g of the policy lacks 1 more of: b, c",
        "by the clock of witness a (key named by the policy)");
    countersign(q.path, 1, 3, early); /* one that it does not name */
    EXPECT(q.path, &a, VAULT_E_POLICY, "lacks 1 more of: b, c");
    EXPECT(q.path, &other, VAULT_OK, "HELD policy: ");
    countersign(q.path, 1, 2, early);
    EXPECT(q.path, &a, VAULT_OK, "HELD policy: log ",
        "(4 lines) is countersigned as the policy asks");
    quick_end(&q);
}

static void
each_group_that_lacks_somebody_has_a_line(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p,
                          "witness a @0\nwitness b @1\nwitness c @2\n"
                          "witness d @3\ngroup x all a b\ngroup y any c d\n"
                          "group both all x y\nquorum both\n")};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, early);
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "group both of the policy lacks 2 more of: x, y",
        "group x of the policy lacks 1 more of: b\n",
        "group y of the policy lacks 1 more of: c, d");
    countersign(q.path, 1, 3, early);
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "group both of the policy lacks 1 more of: x\n",
        "group x of the policy lacks 1 more of: b\n", "!group y");
    quick_end(&q);
}

struct facts {
    unsigned held, failed, unknown, in_policy, dated;
};

static struct facts facts;

static int
take_fact(void *ctx, const struct vault_evidence *e)
{
    (void)ctx;
    if (e->kind != VAULT_EV_COSIGNATURE)
        return 0;
    facts.held += e->state == VAULT_EV_HELD;
    facts.failed += e->state == VAULT_EV_FAILED;
    facts.unknown += e->state == VAULT_EV_UNKNOWN;
    facts.in_policy += e->in_policy;
    facts.dated += e->time >= 0;
    assert_true((e->vkey != NULL) == (strcmp(e->word, "w3.example") != 0));
    assert_int_equal(e->size, 4);
    return 0;
}

static int
take_finding(void *ctx, const struct vault_finding *f)
{
    (void)ctx;
    (void)f;
    return 0;
}

/* Also when the newest state lacks somebody, and is looked at once more. */
static void
each_signature_line_is_one_fact(void **state)
{
    char p[4096];
    struct vault_verify_options opt = {0};
    struct vault_verdict verdict;
    struct vault_error err;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, early);
    countersign(q.path, 1, 3, early); /* of a key that is not known */
    opt.policy = policy(p, two_of_three);
    opt.evidence = take_fact;
    memset(&facts, 0, sizeof facts);
    assert_int_equal(vault_verify(q.path, &opt, take_finding, NULL, &verdict,
                         &err),
        VAULT_E_POLICY);
    assert_int_equal(facts.held, 1);
    assert_int_equal(facts.failed, 0);
    assert_int_equal(facts.unknown, 1);
    assert_int_equal(facts.in_policy, 1);
    assert_int_equal(facts.dated, 1);
    quick_end(&q);
}

/* Signatures under two states do not add up to one quorum. */
static void
an_older_state_counts_up_to_its_size_only(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p, two_of_three)};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    countersign(q.path, 1, 0, early);
    countersign(q.path, 1, 1, early);
    quick_add(q.v, "more", NULL, 0, NULL);
    quick_close(&q);
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "as the policy asks: its first 4 lines only, of 5",
        "group g of the policy lacks 2 more");
    countersign(q.path, 1, 2, later);
    EXPECT(q.path, &a, VAULT_E_POLICY, "first 4 lines only, of 5",
        "lacks 1 more of: a, b");
    countersign(q.path, 1, 1, later);
    EXPECT(q.path, &a, VAULT_OK, "(5 lines) is countersigned as the policy");
    quick_end(&q);
}

/* The key of a log as its note has it. */
static void
log_vkey(char text[VLT_VKEY_TEXT], const char *origin, const char *note)
{
    const char *b64 = strstr(note, "\nlog ") + 5;
    struct vlt_vkey k;
    uint8_t pk[32];
    size_t n = 0;

    assert_true(vlt_unb64(pk, 32, &n, b64, 44));
    assert_int_equal(vlt_vkey_make(&k, origin, VLT_VKEY_ED25519, pk, NULL),
        VAULT_OK);
    vlt_vkey_text(text, &k);
}

static void
a_policy_may_name_its_logs(void **state)
{
    struct vlt_vkey k;
    char text[VLT_VKEY_TEXT], p[4096], other[VLT_NAME_MAX + 1];
    char origin[2][VLT_NAME_MAX + 1];
    uint8_t id[16], pk[32], s[32];
    struct asked a = {.policy = p};
    struct quick_vault q;
    char *note;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, early);
    file_id(q.path, id, origin);
    note = sql_text(q.path, "SELECT note FROM log WHERE n = 1");
    log_vkey(text, origin[0], note);
    free(note);
    snprintf(p, sizeof p, "log %s\nwitness a %s\nquorum a\n", text, vkey[0]);
    EXPECT(q.path, &a, VAULT_OK, "HELD policy");
    snprintf(p, sizeof p, "log %s\nquorum none\n", text);
    EXPECT(q.path, &a, VAULT_OK, "HELD policy: log ", "the policy names its");
    /* the same origin with another key */
    witness_seed(s, 20);
    vlt_sign_public(pk, s);
    assert_int_equal(vlt_vkey_make(&k, origin[0], VLT_VKEY_ED25519, pk, NULL),
        VAULT_OK);
    vlt_vkey_text(text, &k);
    snprintf(p, sizeof p, "log %s\nwitness a %s\nquorum a\n", text, vkey[0]);
    EXPECT(q.path, &a, VAULT_E_POLICY, "the policy names another key for it",
        "!HELD policy");
    /* logs of others: not this one */
    assert_int_equal(vlt_vkey_make(&k, "log.example/one", VLT_VKEY_ED25519, pk,
                         NULL),
        VAULT_OK);
    vlt_vkey_text(text, &k);
    snprintf(p, sizeof p, "log %s\nwitness a %s\nquorum a\n", text, vkey[0]);
    EXPECT(q.path, &a, VAULT_E_POLICY, "the policy names logs, and not this",
        "!replicas: another", "!HELD policy");
    /* a log of this vault that is not here is another replica */
    snprintf(other, sizeof other, "%.*s/0011223344556677",
        (int)(strrchr(origin[0], '/') - origin[0]), origin[0]);
    assert_int_equal(vlt_vkey_make(&k, other, VLT_VKEY_ED25519, pk, NULL),
        VAULT_OK);
    vlt_vkey_text(text, &k);
    snprintf(p, sizeof p, "log %s\nwitness a %s\nquorum a\n", text, vkey[0]);
    EXPECT(q.path, &a, VAULT_E_POLICY, "NOT_AS_ASKED replicas: another replica",
        "0011223344556677");
    quick_end(&q);
}

static void
what_is_malformed_is_refused_before_anything_is_judged(void **state)
{
    static const char *const keys[] = {"", "\n", "not a key", "w+00000000+AAAA",
        /* C2SP's example, of type 01 */
        ("example.com/foo+530d903a+"
         "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")};
    char p[4096];
    struct quick_verdict said;
    struct quick_vault q;
    size_t i;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct asked a = {.witness = {keys[i]}};

        ask(q.path, &a, &said);
        if (said.st != VAULT_E_USAGE || said.lines[0] != 0)
            fail_msg("key %zu: %d\n%s", i, (int)said.st, said.lines);
    }
    {
        struct asked a = {.policy = policy(p,
                              "witness a @0\nwitness b @0\n"
                              "quorum a\n")};
        struct asked b = {.policy = ""};
        struct asked c = {.witnessed = {"sanduq.v1/witnessed\n"}};

        ask(q.path, &a, &said);
        assert_int_equal(said.st, VAULT_E_USAGE);
        assert_non_null(strstr(said.err.message, "line 2"));
        assert_string_equal(said.lines, "");
        ask(q.path, &b, &said);
        assert_int_equal(said.st, VAULT_E_USAGE);
        ask(q.path, &c, &said);
        assert_int_equal(said.st, VAULT_E_USAGE);
        assert_string_equal(said.lines, "");
    }
    quick_end(&q);
}

static void
one_key_given_twice_is_one(void **state)
{
    static char both[2 * VLT_VKEY_TEXT + 64];
    struct asked a = {.witness = {both, vkey[0]}};
    struct quick_verdict said;
    struct quick_vault q;

    (void)state;
    snprintf(both, sizeof both, "# mine\n%s\r\n\n%s\n", vkey[1], vkey[0]);
    quick_make(&q);
    quick_close(&q);
    countersign(q.path, 1, 0, early);
    ask(q.path, &a, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_int_equal(said.verdict.cosignatures, 1);
    quick_end(&q);
}

/* ---- several logs ---- */

/* Lose this machine's state, so that the next writer begins a log. */
static void
another_machine(struct quick_vault *q)
{
    static char other[TEMP_PATH];

    quick_close(q);
    temp_dir_path(&q->dir, "state2", other);
    q->opt.state_dir = other;
    quick_again(q);
}

static void
first_machine(struct quick_vault *q)
{
    quick_close(q);
    q->opt.state_dir = q->state;
    quick_again(q);
}

static void
what_a_countersigned_line_names_is_covered(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p, "witness a @0\nquorum a\n")};
    struct quick_verdict said;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    another_machine(&q);
    quick_add(q.v, "on the second", NULL, 0, NULL);
    quick_close(&q);
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM log"), 2);
    /* the first log says nothing of the second */
    countersign(q.path, 1, 0, early);
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "(4 lines) is countersigned as the policy asks",
        "no state of it is countersigned as the policy asks",
        "none of its states is countersigned");
    ask(q.path, &a, &said);
    assert_int_equal(said.verdict.witnessed, -1);
    /* the second log's note names the first as it stood */
    quick_sql(q.path,
        "UPDATE checkpoint SET note = substr(note, 1, "
        "instr(note, 'w0.example') - 3) WHERE log = 1");
    countersign(q.path, 2, 0, later);
    EXPECT(q.path, &a, VAULT_OK, "named in line 0 of log ",
        "and so existed before 2026-01-10T00:06:40Z as that did",
        "named in line 0 of log", "and so held fast by what is countersigned");
    ask(q.path, &a, &said);
    assert_int_equal(said.verdict.witnessed, later);
    assert_int_equal(said.verdict.cosignatures, 1);
    /* what the first writes afterwards is not covered, but for what it joins */
    first_machine(&q);
    quick_add(q.v, "on the first", NULL, 0, NULL);
    quick_close(&q);
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "as the policy asks: its first 4 lines only, of 6",
        "lines 4 to 5 came after");
    countersign(q.path, 1, 0, later);
    EXPECT(q.path, &a, VAULT_OK, "HELD policy");
    quick_end(&q);
}

/* A log that the policy does not name vouches for none, but may be vouched
 * for. */
static void
only_named_logs_vouch_for_others(void **state)
{
    char text[2][VLT_VKEY_TEXT], p[4096], origin[2][VLT_NAME_MAX + 1];
    struct asked a = {.policy = p};
    struct quick_vault q;
    uint8_t id[16];
    char *note;
    int i;

    (void)state;
    quick_make(&q);
    another_machine(&q);
    quick_add(q.v, "on the second", NULL, 0, NULL);
    quick_close(&q);
    countersign(q.path, 2, 0, early);
    file_id(q.path, id, origin);
    for (i = 0; i < 2; i++) {
        note = sql_text(q.path,
            i == 0 ? "SELECT note FROM log WHERE n = 1"
                   : "SELECT note FROM log WHERE n = 2");
        log_vkey(text[i], origin[i], note);
        free(note);
    }
    snprintf(p, sizeof p, "log %s\nwitness a %s\nquorum a\n", text[1], vkey[0]);
    EXPECT(q.path, &a, VAULT_OK, "named in line 0 of log ",
        "and so held fast by what is countersigned");
    snprintf(p, sizeof p, "log %s\nwitness a %s\nquorum a\n", text[0], vkey[0]);
    EXPECT(q.path, &a, VAULT_E_POLICY, "no state of it is countersigned",
        "the policy names logs, and not this one", "!HELD policy");
    quick_end(&q);
}

static void
a_line_join_covers_what_it_joins(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p, "witness a @0\nquorum a\n")};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    another_machine(&q);
    quick_add(q.v, "on the second", NULL, 0, NULL);
    first_machine(&q);
    quick_add(q.v, "on the first", NULL, 0, NULL);
    quick_close(&q);
    countersign(q.path, 1, 0, early); /* with the line join, number 4 */
    EXPECT(q.path, &a, VAULT_OK, "named in line 4 of log ",
        "and so held fast by what is countersigned");
    quick_end(&q);
}

static void
a_line_join_behind_the_countersigned_ones_covers_nothing(void **state)
{
    char p[4096];
    struct asked a = {.policy = policy(p, "witness a @0\nquorum a\n")};
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    countersign(q.path, 1, 0, early);
    another_machine(&q);
    quick_add(q.v, "on the second", NULL, 0, NULL);
    first_machine(&q);
    quick_add(q.v, "on the first", NULL, 0, NULL);
    quick_close(&q);
    EXPECT(q.path, &a, VAULT_E_POLICY, "first 4 lines only, of 6",
        "no state of it is countersigned as the policy asks", "!HELD policy");
    quick_end(&q);
}

/* ---- what a witness says it has seen ---- */

static uint64_t
size_of(const char *note, uint8_t root[32])
{
    struct vlt_checkpoint cp;
    struct vlt_note n;

    assert_int_equal(vlt_note_parse(&n, note, strlen(note), NULL), VAULT_OK);
    assert_int_equal(vlt_checkpoint_decode(&cp, n.text, n.text_len, NULL),
        VAULT_OK);
    memcpy(root, cp.root, 32);
    return cp.size;
}

static uint64_t seen_at; /* 0: early */

/* A text of the witness about these logs of vault `id`. */
static char *
seen(const uint8_t id[16], struct vlt_witnessed_log *log, size_t n)
{
    struct vlt_witnessed w;
    struct vlt_buf b;
    char *text;

    memset(&w, 0, sizeof w);
    memcpy(w.vault, id, 16);
    memcpy(w.card, card.fingerprint, 32);
    w.time = seen_at != 0 ? seen_at : early;
    w.n = n;
    w.log = log;
    vlt_buf_init(&b, VLT_NOTE_MAX);
    assert_int_equal(vlt_witnessed_make(&w, seed, card.vault, &b, NULL),
        VAULT_OK);
    text = strdup(vlt_buf_cstr(&b));
    vlt_buf_clear(&b);
    return text;
}

static void
a_witness_whose_clock_says_1970_has_seen_nothing(void **state)
{
    char origin[2][VLT_NAME_MAX + 1];
    struct asked a = {.witness = {card_note}};
    uint8_t id[16];
    struct quick_vault q;
    char *text;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    file_id(q.path, id, origin);
    seen_at = UINT64_C(1767225599);
    a.witnessed[0] = text = seen(id, NULL, 0);
    seen_at = 0;
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "NOT_AS_ASKED witnessed: ", "its clock was wrong", "!HELD replicas");
    free(text);
    quick_end(&q);
}

static void
take_log(struct vlt_witnessed_log *out, const char *note)
{
    const char *lf = strchr(note, '\n');

    memset(out, 0, sizeof *out);
    memcpy(out->origin, note, (size_t)(lf - note));
    assert_true(vlt_unhex(out->id, 8, lf - 16, 16));
    out->size = size_of(note, out->root);
}

static void
what_a_witness_has_seen_is_compared(void **state)
{
    struct vlt_witnessed_log log[2];
    char origin[2][VLT_NAME_MAX + 1], *note, *text;
    struct asked a = {.witness = {card_note}}, no_card = {0};
    uint8_t id[16];
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    quick_close(&q);
    file_id(q.path, id, origin);
    note = newest_note(q.path, 1);
    take_log(&log[0], note);
    text = seen(id, log, 1);
    a.witnessed[0] = no_card.witnessed[0] = text;
    EXPECT(q.path, &a, VAULT_OK, "HELD witnessed: 1 logs hold what witness",
        "HELD replicas: other replicas: none known to sanduq.invalid/"
        "77777777777777777777777777777777/witness at 2026-01-09T23:06:40Z");
    EXPECT(q.path, &no_card, VAULT_E_POLICY,
        "NOT_AS_ASKED witnessed: what a witness says was not checked",
        "!HELD replicas", "!HELD witnessed");
    quick_again(&q);
    quick_add(q.v, "more", NULL, 0, NULL);
    quick_close(&q);
    EXPECT(q.path, &a, VAULT_OK, "HELD witnessed", "HELD replicas");
    free(text);
    /* it has seen more of it than is here */
    log[0].size = 6;
    a.witnessed[0] = text = seen(id, log, 1);
    EXPECT(q.path, &a, VAULT_E_POLICY, "ends at line 5; witness ",
        "had seen 6: an older copy", "!HELD witnessed");
    free(text);
    /* another history */
    log[0].size = 4;
    log[0].root[7] ^= 1;
    a.witnessed[0] = text = seen(id, log, 1);
    EXPECT(q.path, &a, VAULT_E_TAMPERED,
        "FAILED witnessed: ", "saw another history", "!HELD witnessed");
    log[0].root[7] ^= 1;
    free(text);
    /* a log that is not here */
    log[1] = log[0];
    log[1].id[0] ^= 1;
    snprintf(log[1].origin, sizeof log[1].origin, "%s", log[0].origin);
    {
        char hex[17];

        vlt_hex(hex, log[1].id, 8);
        memcpy(strrchr(log[1].origin, '/') + 1, hex, 16);
    }
    a.witnessed[0] = text = seen(id, log, 2);
    EXPECT(q.path, &a, VAULT_E_POLICY,
        "NOT_AS_ASKED replicas: another replica: witness ",
        "which is not in this file", "HELD witnessed: 1 logs",
        "!HELD replicas");
    free(text);
    /* of another vault */
    id[0] ^= 1;
    a.witnessed[0] = text = seen(id, log, 0);
    EXPECT(q.path, &a, VAULT_E_POLICY, "is about another vault",
        "!HELD replicas");
    free(text);
    /* of nothing: who has seen no log here can not say what others there are */
    id[0] ^= 1;
    a.witnessed[0] = text = seen(id, log, 0);
    EXPECT(q.path, &a, VAULT_OK, "had not seen", "!HELD replicas",
        "NOT_SEEN replicas: other replicas: witness ",
        "has seen no log of this file", "!HELD witnessed");
    /* changed by one letter */
    strstr(text, "time 1")[5] = '2';
    EXPECT(q.path, &a, VAULT_E_TAMPERED, "FAILED witnessed", "!HELD replicas");
    free(text);
    free(note);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_countersignature_dates_the_lines_below_it),
        cmocka_unit_test(a_signature_that_does_not_hold_is_no_detail),
        cmocka_unit_test(a_signature_of_another_checkpoint_does_not_hold_here),
        cmocka_unit_test(its_own_witness_key_and_its_log_key_count_for_nothing),
        cmocka_unit_test(a_time_to_come_is_told_and_not_judged),
        cmocka_unit_test(a_time_before_there_was_such_a_log_counts_for_nothing),
        cmocka_unit_test(a_witness_whose_clock_says_1970_has_seen_nothing),
        cmocka_unit_test(strangers_lines_are_kept_up_to_the_limit_of_a_note),
        cmocka_unit_test(a_policy_is_satisfied_by_its_quorum_alone),
        cmocka_unit_test(each_group_that_lacks_somebody_has_a_line),
        cmocka_unit_test(each_signature_line_is_one_fact),
        cmocka_unit_test(an_older_state_counts_up_to_its_size_only),
        cmocka_unit_test(a_policy_may_name_its_logs),
        cmocka_unit_test(
            what_is_malformed_is_refused_before_anything_is_judged),
        cmocka_unit_test(one_key_given_twice_is_one),
        cmocka_unit_test(what_a_countersigned_line_names_is_covered),
        cmocka_unit_test(only_named_logs_vouch_for_others),
        cmocka_unit_test(a_line_join_covers_what_it_joins),
        cmocka_unit_test(
            a_line_join_behind_the_countersigned_ones_covers_nothing),
        cmocka_unit_test(what_a_witness_has_seen_is_compared),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
