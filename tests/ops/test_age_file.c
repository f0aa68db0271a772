/* SPDX-License-Identifier: Apache-2.0 */
/* test_age_file: a vault opens what was sealed to its card, and only that */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/agefile.h>
#include "bytes.h"
#include "handle.h"
#include "quick_vault.h"

static const char text[] = "what was found behind the house";

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    vlt_buf_put(ctx, p, n);
    return vlt_buf_end(ctx, "file", err);
}

static enum vault_status
give(void *ctx, void *p, size_t max, size_t *n, struct vault_error *err)
{
    struct vlt_reader *r = ctx;

    (void)err;
    *n = vlt_read_left(r) < max ? vlt_read_left(r) : max;
    vlt_read_fixed(r, p, *n);
    return VAULT_OK;
}

static void
seal(const struct vault_age_to *to, struct vlt_buf *file)
{
    struct vault_age_out *a = NULL;

    vlt_buf_init(file, 1 << 20);
    assert_int_equal(vault_age_begin(to, false, put, file, &a, NULL), VAULT_OK);
    assert_int_equal(vault_age_write(a, text, sizeof text, NULL), VAULT_OK);
    assert_int_equal(vault_age_finish(a, NULL), VAULT_OK);
    vault_age_out_free(a);
}

static enum vault_status
opens(struct vault *v, const char *passphrase, const struct vlt_buf *file,
    bool *wants, struct vault_age_facts *facts)
{
    struct vault_age_in *a = NULL;
    struct vlt_reader r;
    char back[sizeof text + 1];
    size_t n = 0;
    enum vault_status st;

    vlt_reader_init(&r, file->p, file->len);
    st = vault_age_open(v, passphrase,
        passphrase != NULL ? strlen(passphrase) : 0, give, &r, wants, &a, NULL);
    if (st != VAULT_OK)
        return st;
    assert_int_equal(vault_age_read(a, back, sizeof back, &n, NULL), VAULT_OK);
    assert_int_equal(n, sizeof text);
    assert_memory_equal(back, text, n);
    assert_int_equal(vault_age_read(a, back, sizeof back, &n, NULL), VAULT_OK);
    assert_int_equal(n, 0);
    vault_age_facts(a, facts);
    vault_age_in_free(a);
    return VAULT_OK;
}

static void
a_vault_opens_what_is_sealed_to_its_recipient(void **state)
{
    struct vault_age_to *to = vault_age_to_new();
    struct vault_age_facts facts;
    struct quick_vault q, other;
    char recipient[VLT_CARD_AGE_TEXT];
    struct vlt_buf file;
    bool wants = true;

    (void)state;
    quick_make(&q);
    quick_make(&other);
    vlt_card_age(recipient, &q.v->card);
    assert_int_equal(vault_age_to_add(to, recipient, NULL), VAULT_OK);
    assert_int_equal(vault_age_to_add(to, recipient, NULL), VAULT_OK);
    assert_int_equal(vault_age_to_count(to), 1);
    assert_int_equal(vault_age_to_kind(to), VAULT_AGE_HYBRID);
    seal(to, &file);
    assert_int_equal(opens(q.v, NULL, &file, &wants, &facts), VAULT_OK);
    assert_false(wants);
    assert_false(facts.by_passphrase);
    assert_memory_equal(facts.fingerprint, q.v->card.fingerprint, 32);
    assert_int_equal(opens(other.v, NULL, &file, &wants, &facts),
        VAULT_E_NO_KEY);
    vault_lock(q.v);
    assert_int_equal(opens(q.v, NULL, &file, &wants, &facts), VAULT_E_LOCKED);
    assert_false(wants);
    vlt_buf_clear(&file);
    vault_age_to_free(to);
    quick_end(&other);
    quick_end(&q);
}

static void
a_passphrase_is_asked_for_and_opens_without_a_vault(void **state)
{
    struct vault_age_to *to = vault_age_to_new();
    struct vault_age_facts facts;
    struct vlt_buf file;
    bool wants = false;

    (void)state;
    assert_int_equal(vault_age_to_passphrase(to, "", 0, NULL), VAULT_E_LIMIT);
    assert_int_equal(vault_age_to_passphrase(to, "trustno1", 8, NULL),
        VAULT_OK);
    assert_int_equal(vault_age_to_passphrase(to, "x", 1, NULL), VAULT_E_USAGE);
    seal(to, &file);
    assert_int_equal(opens(NULL, NULL, &file, &wants, &facts), VAULT_E_LOCKED);
    assert_true(wants);
    assert_int_equal(opens(NULL, "trustno2", &file, &wants, &facts),
        VAULT_E_SECRET);
    assert_int_equal(opens(NULL, "trustno1", &file, &wants, &facts), VAULT_OK);
    assert_true(facts.by_passphrase);
    vlt_buf_clear(&file);
    vault_age_to_free(to);
}

/* The X25519 recipient is the example of C2SP age.md. */
static void
recipients_of_two_kinds_are_refused(void **state)
{
    static const char weak[] =
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";
    struct vault_age_to *to = vault_age_to_new();
    char recipient[VLT_CARD_AGE_TEXT];
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    vlt_card_age(recipient, &q.v->card);
    assert_int_equal(vault_age_to_add(to, "age1yubikey1q", NULL),
        VAULT_E_USAGE);
    assert_int_equal(vault_age_to_add(to, weak, NULL), VAULT_OK);
    assert_int_equal(vault_age_to_kind(to), VAULT_AGE_X25519);
    assert_int_equal(vault_age_to_add(to, recipient, NULL), VAULT_E_USAGE);
    assert_int_equal(vault_age_to_passphrase(to, "x", 1, NULL), VAULT_E_USAGE);
    assert_int_equal(vault_age_to_count(to), 1);
    vault_age_to_free(to);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vault_opens_what_is_sealed_to_its_recipient),
        cmocka_unit_test(a_passphrase_is_asked_for_and_opens_without_a_vault),
        cmocka_unit_test(recipients_of_two_kinds_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
