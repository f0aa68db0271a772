/* SPDX-License-Identifier: Apache-2.0 */
/* test_custody.c: the log as people read it, and its checkpoints */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "quick_vault.h"

enum { LEAVES = 200 };

struct seen {
    size_t n;
    size_t stop_at;
    struct vault_leaf leaf[LEAVES];
    char kind[LEAVES][20];
    char actor[LEAVES][20];
    char tool[LEAVES][20];
};

static int
take(void *ctx, const struct vault_leaf *l)
{
    struct seen *s = ctx;

    assert_true(s->n < LEAVES);
    s->leaf[s->n] = *l;
    (void)snprintf(s->kind[s->n], 20, "%s", l->kind);
    (void)snprintf(s->actor[s->n], 20, "%s", l->actor);
    (void)snprintf(s->tool[s->n], 20, "%s", l->tool);
    return ++s->n == s->stop_at;
}

static void
the_log_tells_what_was_done_in_order(void **state)
{
    static const char *const kinds[] = {"genesis", "card", "slots", "settings",
        "seal", "seal"};
    static struct seen s;
    struct quick_vault q;
    struct vault_sealed out[2];

    (void)state;
    memset(&s, 0, sizeof s);
    quick_make(&q);
    quick_close(&q);
    q.opt.actor = "Aigul";
    q.v = quick_open(&q, q.path, &q.opt);
    quick_add(q.v, "one", NULL, 0, &out[0]);
    quick_add(q.v, "two", NULL, 0, &out[1]);
    assert_int_equal(vault_log(q.v, NULL, take, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, 6);
    for (size_t i = 0; i < s.n; i++) {
        const struct vault_leaf *l = &s.leaf[i];

        assert_string_equal(s.kind[i], kinds[i]);
        assert_true(l->known);
        assert_int_equal(l->log, 1);
        assert_int_equal(l->index, i);
        assert_true(l->opened);
        assert_true(l->time > 1600000000);
        assert_string_equal(s.actor[i], i < 4 ? "" : "Aigul");
        assert_memory_equal(s.tool[i], "sanduq ", 7);
        assert_int_equal(l->gen, i == 2 || i == 3 ? 1 : -1);
        assert_int_equal(l->has_record, i >= 4);
        if (i >= 4) {
            assert_memory_equal(l->record, out[i - 4].id, VAULT_ID);
            assert_int_equal(l->version, 1);
        }
    }
    quick_end(&q);
}

static void
a_locked_vault_tells_the_lines_without_their_events(void **state)
{
    static struct seen s;
    struct quick_vault q;

    (void)state;
    memset(&s, 0, sizeof s);
    quick_make(&q);
    vault_lock(q.v);
    assert_int_equal(vault_log(q.v, NULL, take, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, 4);
    for (size_t i = 0; i < s.n; i++) {
        assert_false(s.leaf[i].opened);
        assert_int_equal(s.leaf[i].time, -1);
        assert_int_equal(s.leaf[i].gen, -1);
        assert_string_equal(s.tool[i], "");
    }
    quick_end(&q);
}

static void
the_lines_of_one_record_can_be_asked_for(void **state)
{
    static struct seen s;
    struct quick_vault q;
    struct vault_sealed out;
    uint8_t other[VAULT_ID] = {0};

    (void)state;
    memset(&s, 0, sizeof s);
    quick_make(&q);
    for (int i = 0; i < 5; i++)
        quick_add(q.v, "x", NULL, 0, &out);
    assert_int_equal(vault_log(q.v, out.id, take, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, 1);
    assert_int_equal(s.leaf[0].index, 8);
    assert_memory_equal(s.leaf[0].record, out.id, VAULT_ID);
    assert_int_equal(vault_log(q.v, other, take, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, 1);
    quick_end(&q);
}

static void
a_long_log_is_told_whole_and_can_be_stopped(void **state)
{
    static struct seen s;
    struct quick_vault q;

    (void)state;
    quick_make(&q);
    assert_int_equal(vault_batch_begin(q.v, NULL), VAULT_OK);
    for (int i = 0; i < 124; i++) /* 128 leaves: two pages of 64 exactly */
        quick_add(q.v, "x", NULL, 0, NULL);
    assert_int_equal(vault_batch_end(q.v, NULL), VAULT_OK);
    memset(&s, 0, sizeof s);
    assert_int_equal(vault_log(q.v, NULL, take, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, 128);
    quick_add(q.v, "x", NULL, 0, NULL);
    memset(&s, 0, sizeof s);
    assert_int_equal(vault_log(q.v, NULL, take, &s, NULL), VAULT_OK);
    assert_int_equal(s.n, 129);
    for (size_t i = 0; i < s.n; i++)
        assert_int_equal(s.leaf[i].index, i);
    memset(&s, 0, sizeof s);
    s.stop_at = 65;
    assert_int_equal(vault_log(q.v, NULL, take, &s, NULL), VAULT_E_CANCELLED);
    assert_int_equal(s.n, 65);
    quick_end(&q);
}

struct notes {
    size_t n;
    char note[4096];
};

static int
take_note(void *ctx, const char *note, size_t len)
{
    struct notes *t = ctx;

    assert_true(len < sizeof t->note);
    memcpy(t->note, note, len);
    t->note[len] = 0;
    t->n++;
    return 0;
}

static void
the_checkpoint_names_log_size_and_root(void **state)
{
    struct quick_vault q;
    struct vault_info info;
    struct notes t = {0};
    char want[256];

    (void)state;
    quick_make(&q);
    quick_add(q.v, "x", NULL, 0, NULL);
    assert_int_equal(vault_info(q.v, &info, NULL), VAULT_OK);
    vault_lock(q.v);
    assert_int_equal(vault_log_checkpoints(q.v, take_note, &t, NULL), VAULT_OK);
    assert_int_equal(t.n, 1);
    (void)snprintf(want, sizeof want, "%s\n5\n", info.origin);
    assert_memory_equal(t.note, want, strlen(want));
    assert_non_null(strstr(t.note, "\n\n\xe2\x80\x94 sanduq.invalid/"));
    assert_int_equal(quick_count(q.path, "SELECT count(*) FROM checkpoint"), 1);
    quick_end(&q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log_tells_what_was_done_in_order),
        cmocka_unit_test(a_locked_vault_tells_the_lines_without_their_events),
        cmocka_unit_test(the_lines_of_one_record_can_be_asked_for),
        cmocka_unit_test(a_long_log_is_told_whole_and_can_be_stopped),
        cmocka_unit_test(the_checkpoint_names_log_size_and_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
