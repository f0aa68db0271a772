/* SPDX-License-Identifier: Apache-2.0 */
/* test_log_note.c: a note in the log, and hashes for manifests */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"
#include "text.h"

enum { MANY = VAULT_NOTE_LISTED + 1 };

struct seen {
    bool found;
    char action[16];
    char reason[32];
    int64_t count;
    size_t listed;
    uint8_t first[VAULT_HASH];
    uint8_t hash[VAULT_HASH];
};

static int
look(void *ctx, const struct vault_leaf *l)
{
    struct seen *s = ctx;

    if (strcmp(l->kind, "note") != 0)
        return 0;
    memset(s, 0, sizeof *s);
    s->found = true;
    assert_false(l->has_record);
    strncpy(s->reason, l->reason, sizeof s->reason - 1);
    for (size_t i = 0; i < l->fields_len; i++) {
        const struct vault_field *f = &l->fields[i];

        if (strcmp(f->name, "action") == 0)
            memcpy(s->action, f->value, f->value_len);
        if (strcmp(f->name, "count") == 0)
            s->count = f->value[7] + 256 * f->value[6];
        if (strcmp(f->name, "records-hash") == 0)
            memcpy(s->hash, f->value, VAULT_HASH);
        if (strcmp(f->name, "records") == 0) {
            s->listed = f->value_len / VAULT_HASH;
            memcpy(s->first, f->value, VAULT_HASH);
        }
    }
    return 0;
}

static struct vault_note
note_of(const struct vault_field *f, const uint8_t (*stmt)[VAULT_HASH],
    size_t n)
{
    return (struct vault_note){"for the court", f, 1, stmt, n};
}

static const struct vault_field action = {VAULT_TEXT, VAULT_VALUE, "action",
    (const uint8_t *)"export", 6};

static void
a_note_says_what_it_is_about(void **state)
{
    /* H("sanduq.v1/noted" 00, 32 times 01, 32 times 02), by sha256sum */
    static const char want[] =
        "3b85eada8ccd39ca7e5dbb40e29af01aeb4318a391a3ccc2523858824e5bfc1e";
    uint8_t stmt[2][VAULT_HASH], hash[VAULT_HASH];
    struct quick_vault q;
    struct quick_verdict verdict;
    struct vault_note note = note_of(&action, stmt, 2);
    struct seen s = {0};

    (void)state;
    memset(stmt[0], 2, VAULT_HASH);
    memset(stmt[1], 1, VAULT_HASH);
    quick_make(&q);
    assert_int_equal(vault_log_note(q.v, &note, NULL), VAULT_OK);
    quick_again(&q);
    assert_int_equal(vault_log(q.v, NULL, look, &s, NULL), VAULT_OK);
    assert_true(s.found);
    assert_string_equal(s.action, "export");
    assert_string_equal(s.reason, "for the court");
    assert_int_equal(s.count, 2);
    assert_int_equal(s.listed, 2);
    assert_memory_equal(s.first, stmt[1], VAULT_HASH); /* ascending */
    assert_true(vlt_unhex(hash, sizeof hash, want, sizeof want - 1));
    assert_memory_equal(s.hash, hash, VAULT_HASH);
    quick_verify(q.path, q.key, &verdict);
    assert_int_equal(verdict.st, VAULT_OK);
    quick_end(&q);
}

static void
many_records_are_counted_and_hashed_only(void **state)
{
    static uint8_t stmt[MANY][VAULT_HASH];
    struct quick_vault q;
    struct vault_note note = note_of(&action, stmt, MANY);
    struct seen s = {0};

    (void)state;
    quick_noise(stmt[0], sizeof stmt, 1);
    quick_make(&q);
    assert_int_equal(vault_log_note(q.v, &note, NULL), VAULT_OK);
    assert_int_equal(vault_log(q.v, NULL, look, &s, NULL), VAULT_OK);
    assert_int_equal(s.count, MANY);
    assert_int_equal(s.listed, 0);
    note.statements_len = VAULT_NOTE_LISTED;
    assert_int_equal(vault_log_note(q.v, &note, NULL), VAULT_OK);
    assert_int_equal(vault_log(q.v, NULL, look, &s, NULL), VAULT_OK);
    assert_int_equal(s.listed, VAULT_NOTE_LISTED);
    quick_end(&q);
}

static void
what_a_note_may_not_say_is_refused(void **state)
{
    static const char *const names[] = {"time", "actor", "tool", "reason",
        "count", "records", "records-hash", "salt", "gen", "Upper", ""};
    struct quick_vault q;
    struct vault_info before, after;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_info(q.v, &before, NULL), VAULT_OK);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct vault_field f = action;
        struct vault_note note = note_of(&f, NULL, 0);

        f.name = names[i];
        print_message("%s\n", names[i]);
        assert_int_equal(vault_log_note(q.v, &note, NULL), VAULT_E_USAGE);
    }
    assert_int_equal(vault_info(q.v, &after, NULL), VAULT_OK);
    assert_int_equal(after.leaves, before.leaves);
    vault_lock(q.v);
    {
        struct vault_note note = note_of(&action, NULL, 0);

        assert_int_equal(vault_log_note(q.v, &note, NULL), VAULT_E_LOCKED);
    }
    quick_end(&q);
}

/* FIPS 180-4 examples: "abc", and the empty text. */
static void
hashes_are_those_of_the_standard(void **state)
{
    static const struct {
        enum vault_hash_kind kind;
        const char *text, *hex;
    } rows[] = {
        {VAULT_SHA256, "abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {VAULT_SHA256, "",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {VAULT_SHA512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
        {VAULT_SHA512, "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vault_hash *h = vault_hash_new(rows[i].kind);
        uint8_t out[64];
        char hex[129];

        assert_non_null(h);
        for (int twice = 0; twice < 2; twice++) {
            for (const char *s = rows[i].text; *s != 0; s++)
                vault_hash_update(h, s, 1);
            vault_hash_final(h, out);
            vlt_hex(hex, out, (size_t)rows[i].kind);
            assert_string_equal(hex, rows[i].hex);
        }
        vault_hash_free(h);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_note_says_what_it_is_about),
        cmocka_unit_test(many_records_are_counted_and_hashed_only),
        cmocka_unit_test(what_a_note_may_not_say_is_refused),
        cmocka_unit_test(hashes_are_those_of_the_standard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
