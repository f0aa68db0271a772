/* SPDX-License-Identifier: Apache-2.0 */
/* test_verify_options.c: what verify says of a good vault, and as asked */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <vault/cards.h>

#include "quick_vault.h"
#include "revoke.h"

static struct quick_vault q;
static struct vault_info info;
static char older[4096]; /* checkpoint over fewer leaves */
static char newest[4096];
static char card[4096];

static int
take_note(void *ctx, const char *note, size_t len)
{
    assert_true(len < 4096);
    memcpy(ctx, note, len);
    ((char *)ctx)[len] = 0;
    return 0;
}

static int
make(void **state)
{
    uint8_t *p;
    size_t n;
    char path[TEMP_PATH];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "one", "abc", 3, NULL);
    assert_int_equal(vault_log_checkpoints(q.v, take_note, older, NULL),
        VAULT_OK);
    p = calloc(1, 100000);
    quick_noise(p, 100000, 1);
    quick_add(q.v, "two", p, 100000, NULL);
    free(p);
    quick_add(q.v, "three", NULL, 0, NULL);
    assert_int_equal(vault_log_checkpoints(q.v, take_note, newest, NULL),
        VAULT_OK);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    quick_close(&q);
    temp_dir_path(&q.dir, "card", path);
    temp_copy(q.path, path);
    p = temp_read(path, &n); /* the card note stands in the file as it is */
    for (size_t i = 0; i + 16 < n && card[0] == 0; i++) {
        if (memcmp(p + i, "sanduq.v1/card\n", 15) == 0) {
            char *end = strstr((char *)p + i, "\n\n");

            end = strchr(end + 2, '\n');
            take_note(card, (char *)p + i, (size_t)(end + 1 - (char *)p) - i);
        }
    }
    free(p);
    assert_int_equal(remove(path), 0);
    return 0;
}

static int
clean(void **state)
{
    (void)state;
    quick_end(&q);
    return 0;
}

static void
a_good_vault_holds_in_every_part(void **state)
{
    static const char *const always[] = {"HELD structure: ", "HELD card: ",
        "HELD log: ", "HELD record: 3 record versions",
        "HELD planted: ", "HELD slots: ", "HELD settings: ", "HELD epoch: ",
        "HELD body: ", "NOT_SEEN signer: ", "NOT_SEEN witness: ",
        "NOT_SEEN replicas: other replicas: unknown"};
    struct quick_verdict locked, opened;
    char *before, *after;

    (void)state;
    before = temp_dir_picture(&q.dir);
    quick_verify(q.path, NULL, &locked);
    quick_verify(q.path, q.key, &opened);
    after = temp_dir_picture(&q.dir);
    assert_string_equal(before, after);
    free(before);
    free(after);
    assert_int_equal(locked.st, VAULT_OK);
    assert_int_equal(opened.st, VAULT_OK);
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
        if (strstr(locked.lines, always[i]) == NULL)
            fail_msg("locked, no %s in\n%s", always[i], locked.lines);
        if (strstr(opened.lines, always[i]) == NULL)
            fail_msg("unlocked, no %s in\n%s", always[i], opened.lines);
    }
    assert_non_null(strstr(locked.lines, "NOT_SEEN wrap: "));
    assert_null(strstr(opened.lines, "NOT_SEEN wrap: "));
    assert_non_null(strstr(opened.lines, "HELD unlock: "));
    assert_non_null(strstr(opened.lines, "HELD content: "));
    assert_non_null(strstr(opened.lines, "HELD event: "));
    assert_null(strstr(opened.lines, "verified"));
    assert_false(locked.verdict.unlocked);
    assert_true(opened.verdict.unlocked);
    assert_false(opened.verdict.compared);
    assert_int_equal(opened.verdict.records, 3);
    assert_int_equal(opened.verdict.leaves, 7);
    assert_int_equal(opened.verdict.failed, 0);
    assert_int_equal(opened.verdict.not_as_asked, 0);
    assert_string_equal(opened.verdict.fingerprint, info.fingerprint);
}

static enum vault_status
with_card(const char *given, bool *compared)
{
    struct vault_verify_options opt = {0};
    const char *const cards[] = {"not a card at all", given};
    struct quick_verdict said;

    opt.cards = cards;
    opt.cards_len = 2;
    quick_verify_with(q.path, &opt, &said);
    *compared = said.verdict.compared;
    if (said.st == VAULT_OK)
        assert_non_null(strstr(said.lines, "HELD signer: "));
    else
        assert_non_null(strstr(said.lines, "NOT_AS_ASKED signer: "));
    return said.st;
}

static void
the_signer_is_compared_with_a_card_or_fingerprint(void **state)
{
    char plain[VAULT_FINGERPRINT], dashes[VAULT_FINGERPRINT];
    char wrong[VAULT_FINGERPRINT], changed[4096];
    size_t at = 0;
    bool compared;

    (void)state;
    for (const char *c = info.fingerprint; *c != 0; c++)
        if (*c != ' ' && *c != '-')
            plain[at++] = *c;
    plain[at] = 0;
    assert_int_equal(at, 32);
    (void)snprintf(dashes, sizeof dashes, "%s", info.fingerprint);
    for (char *c = dashes; *c != 0; c++)
        if (*c == ' ')
            *c = '-';
    assert_int_equal(with_card(info.fingerprint, &compared), VAULT_OK);
    assert_true(compared);
    assert_int_equal(with_card(plain, &compared), VAULT_OK);
    assert_true(compared);
    assert_int_equal(with_card(dashes, &compared), VAULT_OK);
    assert_true(compared);
    assert_true(card[0] != 0);
    assert_int_equal(with_card(card, &compared), VAULT_OK);
    assert_true(compared);

    memcpy(wrong, info.fingerprint, sizeof wrong);
    wrong[38] = wrong[38] == 'q' ? 'p' : 'q';
    assert_int_equal(with_card(wrong, &compared), VAULT_E_POLICY);
    assert_false(compared);
    plain[31] = 0; /* a part of it is not it */
    assert_int_equal(with_card(plain, &compared), VAULT_E_POLICY);
    assert_int_equal(with_card("", &compared), VAULT_E_POLICY);
    (void)snprintf(wrong, sizeof wrong, "%s", info.fingerprint);
    wrong[0] = 0;
    assert_int_equal(with_card(wrong, &compared), VAULT_E_POLICY);
    (void)snprintf(changed, sizeof changed, "%s", card);
    changed[60] ^= 1;
    assert_int_equal(with_card(changed, &compared), VAULT_E_POLICY);
    assert_false(compared);
}

static void
another_vaults_card_is_not_the_signers(void **state)
{
    struct quick_vault other;
    struct vault_info its;
    bool compared;

    (void)state;
    quick_make(&other);
    assert_int_equal(vault_info(other.v, &its, NULL), VAULT_OK);
    assert_int_equal(with_card(its.fingerprint, &compared), VAULT_E_POLICY);
    assert_false(compared);
    quick_end(&other);
}

/* A vault whose card was renewed, and the card from before. */
static void
a_former_card_leads_to_the_signer_and_that_is_said(void **state)
{
    struct vault_verify_options opt = {0};
    struct quick_vault other;
    struct quick_verdict said;
    char copy[TEMP_PATH];
    const char *given = card;

    (void)state;
    temp_dir_path(&q.dir, "renewed", copy);
    temp_copy(q.path, copy);
    other = q;
    other.opt.no_state = true;
    other.v = quick_open(&q, copy, &other.opt);
    assert_int_equal(vault_card_renew(other.v, NULL, NULL), VAULT_OK);
    vault_close(other.v);
    opt.cards = &given;
    opt.cards_len = 1;
    quick_verify_with(copy, &opt, &said);
    assert_int_equal(said.st, VAULT_OK);
    assert_true(said.verdict.compared);
    assert_non_null(strstr(said.lines,
        "generation 2, which goes on from the card that was given, generation "
        "1"));
    assert_string_not_equal(said.verdict.fingerprint, info.fingerprint);
    given = info.fingerprint; /* the digits of a former key are not the key */
    quick_verify_with(copy, &opt, &said);
    assert_int_equal(said.st, VAULT_E_POLICY);
    assert_int_equal(remove(copy), 0);
}

static enum vault_status
since(const char *path, const char *note, const char *line)
{
    struct vault_verify_options opt = {0};
    struct quick_verdict said;

    opt.since = &note;
    opt.since_len = 1;
    quick_verify_with(path, &opt, &said);
    if (strstr(said.lines, line) == NULL)
        fail_msg("no %s in\n%s", line, said.lines);
    return said.st;
}

static void
an_older_checkpoint_must_be_a_beginning(void **state)
{
    struct quick_vault other;
    char foreign[4096], changed[4096], path[TEMP_PATH];

    (void)state;
    assert_int_equal(since(q.path, older, "HELD since: "), VAULT_OK);
    assert_int_equal(since(q.path, newest, "HELD since: "), VAULT_OK);
    (void)snprintf(changed, sizeof changed, "%s", older);
    changed[strlen(changed) - 10] ^= 1; /* in the signature */
    assert_int_equal(since(q.path, changed, "NOT_AS_ASKED since: "),
        VAULT_E_POLICY);
    assert_int_equal(since(q.path, "no note", "NOT_AS_ASKED since: "),
        VAULT_E_POLICY);
    assert_int_equal(since(q.path, "", "NOT_AS_ASKED since: "), VAULT_E_POLICY);

    quick_make(&other);
    assert_int_equal(vault_log_checkpoints(other.v, take_note, foreign, NULL),
        VAULT_OK);
    assert_int_equal(since(q.path, foreign, "NOT_AS_ASKED since: "),
        VAULT_E_POLICY);

    /* a copy that ends before the checkpoint given */
    temp_dir_path(&other.dir, "copy", path);
    quick_add(other.v, "kept", NULL, 0, NULL);
    assert_int_equal(vault_backup(other.v, path, NULL), VAULT_OK);
    quick_add(other.v, "later", NULL, 0, NULL);
    assert_int_equal(vault_log_checkpoints(other.v, take_note, foreign, NULL),
        VAULT_OK);
    assert_int_equal(since(other.path, foreign, "HELD since: "), VAULT_OK);
    assert_int_equal(since(path, foreign, "NOT_AS_ASKED rollback: "),
        VAULT_E_POLICY);
    quick_end(&other);
}

/* The machine whose memory was put back with the vault signs a size twice. */
static void
two_histories_under_one_log_key_do_not_match(void **state)
{
    struct quick_vault other;
    char path[TEMP_PATH], saved[TEMP_PATH], first[4096];
    char cmd[3 * TEMP_PATH];

    (void)state;
    quick_make(&other);
    quick_close(&other);
    temp_dir_path(&other.dir, "copy", path);
    temp_dir_path(&other.dir, "saved", saved);
    temp_copy(other.path, path);
    (void)snprintf(cmd, sizeof cmd, "cp -r '%s' '%s'", other.state, saved);
    assert_int_equal(system(cmd), 0);
    quick_again(&other);
    quick_add(other.v, "one history", NULL, 0, NULL);
    assert_int_equal(vault_log_checkpoints(other.v, take_note, first, NULL),
        VAULT_OK);
    quick_close(&other);
    temp_copy(path, other.path);
    other.opt.state_dir = saved;
    quick_again(&other);
    quick_add(other.v, "another history", NULL, 0, NULL);
    quick_close(&other);
    assert_int_equal(since(other.path, first, "FAILED fork: "),
        VAULT_E_TAMPERED);
    quick_end(&other);
}

static int
stop_at_once(void *ctx, const struct vault_finding *f)
{
    (void)f;
    ++*(int *)ctx;
    return 1;
}

static void
whoever_reads_the_findings_may_stop(void **state)
{
    struct vault_verify_options opt = {0};
    struct vault_verdict verdict;
    int n = 0;

    (void)state;
    assert_int_equal(vault_verify(q.path, &opt, stop_at_once, &n, &verdict,
                         NULL),
        VAULT_E_CANCELLED);
    assert_int_equal(n, 1);
}

static void
what_cannot_be_judged_is_said_by_its_status(void **state)
{
    struct vault_key *wrong = vault_key_new();
    struct quick_verdict said;
    char path[TEMP_PATH];

    (void)state;
    assert_int_equal(vault_key_passphrase(wrong, "x", 1, NULL), VAULT_OK);
    quick_verify(q.path, wrong, &said);
    assert_int_equal(said.st, VAULT_E_NO_KEY);
    temp_dir_path(&q.dir, "nothing", path);
    quick_verify(path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_NOT_FOUND);
    quick_verify(q.dir.path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_FORMAT);
    quick_verify(q.keyfile, NULL, &said);
    assert_int_equal(said.st, VAULT_E_FORMAT);
    temp_dir_path(&q.dir, "copy", path);
    temp_copy(q.path, path);
    temp_poke(path, 63, 2); /* user_version */
    quick_verify(path, NULL, &said);
    assert_int_equal(said.st, VAULT_E_NEWER);
    vault_key_free(wrong);
}

static int
keep_line(void *ctx, const struct vault_finding *f)
{
    (void)ctx;
    (void)f;
    return 0;
}

/* Whoever claims the id of its vault with a card of the same generation. */
static void
a_revocation_holds_beside_somebody_elses_card(void **state)
{
    struct vlt_seed *seed[2] = {vlt_seed_new(), vlt_seed_new()};
    char text[2][4096], path[TEMP_PATH];
    struct vault_verify_options opt = {.cards_len = 2};
    struct vault_verdict verdict;
    struct vlt_revoke r = {.generation = 1};
    struct vlt_buf note;

    (void)state;
    temp_dir_path(&q.dir, "revoke.note", path);
    for (size_t i = 0; i < 2; i++) {
        struct vlt_card c = {.generation = 1};

        memset(seed[i]->b, (int)i + 1, 32);
        vlt_buf_init(&note, VLT_NOTE_MAX);
        assert_int_equal(vlt_card_make(&c, seed[i], NULL, &note, NULL),
            VAULT_OK);
        take_note(text[i], (const char *)note.p, note.len);
        vlt_buf_clear(&note);
    }
    vlt_buf_init(&note, VLT_NOTE_MAX);
    assert_int_equal(vlt_revoke_make(&r, seed[1], &note, NULL), VAULT_OK);
    temp_write(path, note.p, note.len);
    vlt_buf_clear(&note);
    for (size_t i = 0; i < 2; i++) {
        const char *cards[] = {text[i], text[1 - i]};

        opt.cards = cards;
        assert_int_equal(vault_verify(path, &opt, keep_line, NULL, &verdict,
                             NULL),
            VAULT_OK);
        assert_true(verdict.compared);
        assert_int_equal(verdict.failed, 0);
        vlt_seed_free(seed[i]);
    }
}

struct writer {
    char path[TEMP_PATH];
    const char *sql; /* when bodies are told of; then no transaction is open */
};

static int
write_then(void *ctx, const struct vault_finding *f)
{
    struct writer *w = ctx;

    if (w->sql != NULL && strcmp(f->kind, "body") == 0) {
        quick_sql(w->path, w->sql);
        w->sql = NULL;
    }
    return 0;
}

/* Bodies are read after the rows were held against the log: both must be of
 * one state, whoever writes meanwhile and whatever it is. */
static void
a_file_that_changes_meanwhile_does_not_hold(void **state)
{
    static const char *const sql[] = {
        "INSERT INTO wrap SELECT 77, b FROM wrap LIMIT 1",
        "DELETE FROM leaf",
        "UPDATE segment SET ct = zeroblob(length(ct))",
    };
    struct vault_verify_options opt = {0};
    struct vault_verdict d;
    struct vault_error err;
    struct writer w;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof sql / sizeof sql[0]; i++) {
        temp_dir_path(&q.dir, "busy.sanduq", w.path);
        temp_copy(q.path, w.path);
        w.sql = NULL;
        assert_int_equal(vault_verify(w.path, &opt, write_then, &w, &d, &err),
            VAULT_OK);
        w.sql = sql[i];
        assert_int_equal(vault_verify(w.path, &opt, write_then, &w, &d, &err),
            VAULT_E_BUSY);
        assert_null(w.sql);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_vault_holds_in_every_part),
        cmocka_unit_test(the_signer_is_compared_with_a_card_or_fingerprint),
        cmocka_unit_test(another_vaults_card_is_not_the_signers),
        cmocka_unit_test(a_former_card_leads_to_the_signer_and_that_is_said),
        cmocka_unit_test(an_older_checkpoint_must_be_a_beginning),
        cmocka_unit_test(two_histories_under_one_log_key_do_not_match),
        cmocka_unit_test(whoever_reads_the_findings_may_stop),
        cmocka_unit_test(what_cannot_be_judged_is_said_by_its_status),
        cmocka_unit_test(a_file_that_changes_meanwhile_does_not_hold),
        cmocka_unit_test(a_revocation_holds_beside_somebody_elses_card),
    };

    return cmocka_run_group_tests(tests, make, clean);
}
