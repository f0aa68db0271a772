/* SPDX-License-Identifier: Apache-2.0 */
/* test_disclose.c: whoever can read a field can prove it, and nothing else */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/disclose.h>

#include "circle.h"
#include "os.h"
#include "verify_text.h"

/* Fields title, note, place of one record, and an original when n > 0. */
static void
add(struct vault *v, size_t n, uint8_t id[VAULT_ID])
{
    static uint8_t body[200000];
    static const char *const names[] = {"title", "note", "place"};
    static const char *const values[] = {"a title", "kept back", "a place"};
    struct vault_sealer *s = NULL;
    struct vault_sealed out;

    assert_int_equal(vault_seal_begin(v, "testimony", &s, NULL), VAULT_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, names[i],
                             values[i], strlen(values[i]), NULL),
            VAULT_OK);
    quick_noise(body, n, 5);
    if (n > 0)
        assert_int_equal(vault_seal_write(s, body, n, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    memcpy(id, out.id, VAULT_ID);
}

static enum vault_status
disclose(struct vault *v, const uint8_t id[VAULT_ID], const char *const *name,
    size_t n, struct vault_disclosure **out)
{
    struct vault_disclose_options o = {.fields = name, .fields_len = n};
    struct vault_error err;
    enum vault_status st = vault_disclosure_make(v, id, &o, out, &err);

    if (st != VAULT_OK)
        print_message("refused: %s\n", err.message);
    return st;
}

struct told {
    size_t n;
    char name[8][32];
    bool beside[8];
};

static int
take_said(void *ctx, const struct vault_said *s)
{
    struct told *t = ctx;

    assert_true(s->proved && s->disclosed);
    (void)snprintf(t->name[t->n], sizeof t->name[0], "%s", s->field.name);
    t->beside[t->n++] = s->beside;
    return 0;
}

/* Written to a file and judged as anybody does. */
static enum vault_status
judge(const char *path, const char *text, size_t len, struct told *t)
{
    struct vault_verify_options opt = {.said = take_said};
    struct vault_verdict verdict;

    memset(t, 0, sizeof *t);
    assert_int_equal(vlt_os_replace(path, text, len, NULL), VAULT_OK);
    return vault_verify(path, &opt, NULL, t, &verdict, NULL);
}

static void
check(struct circle *c, const struct vault_disclosure *d, struct told *t)
{
    char path[TEMP_PATH];
    const char *text;
    size_t len;

    temp_dir_path(&c->files, "d.txt", path);
    text = vault_disclosure_text(d, &len);
    assert_int_equal(judge(path, text, len, t), VAULT_OK);
}

static void
own_records_are_disclosed_field_by_field(void **state)
{
    static const char *const names[] = {"place", "title"};
    static const char *const absent[] = {"title", "nothing"};
    static const char *const twice[] = {"title", "title"};
    struct vault_disclosure *d = NULL;
    struct circle c;
    struct told t;
    uint8_t id[VAULT_ID];
    const char *text;
    size_t len;

    (void)state;
    circle_make(&c, 1);
    add(c.q[0].v, 0, id);
    assert_int_equal(disclose(c.q[0].v, id, names, 2, &d), VAULT_OK);
    check(&c, d, &t);
    assert_int_equal(t.n, 2);
    assert_string_equal(t.name[0], "place");
    assert_string_equal(t.name[1], "title");
    text = vault_disclosure_text(d, &len);
    assert_null(strstr(text, "kept back"));
    assert_null(strstr(text, "a2VwdCBiYWNr"));
    vault_disclosure_free(d);
    assert_int_equal(disclose(c.q[0].v, id, NULL, 0, &d), VAULT_OK);
    check(&c, d, &t);
    assert_int_equal(t.n, 0);
    vault_disclosure_free(d);
    assert_int_equal(disclose(c.q[0].v, id, absent, 2, &d), VAULT_E_NOT_FOUND);
    assert_int_equal(disclose(c.q[0].v, id, twice, 2, &d), VAULT_E_USAGE);
    id[0] ^= 1;
    assert_int_equal(disclose(c.q[0].v, id, names, 2, &d), VAULT_E_NOT_FOUND);
    circle_end(&c);
}

static void
an_original_in_segments_lies_beside(void **state)
{
    static const char *const names[] = {"body"};
    struct vault_disclosure *d = NULL;
    struct circle c;
    struct told t;
    uint8_t id[VAULT_ID];

    (void)state;
    circle_make(&c, 1);
    add(c.q[0].v, 200000, id);
    assert_int_equal(disclose(c.q[0].v, id, names, 1, &d), VAULT_OK);
    assert_true(vault_disclosure_facts(d)->beside);
    check(&c, d, &t);
    assert_true(t.n == 1 && t.beside[0]);
    vault_disclosure_free(d);
    circle_end(&c);
}

static void
records_of_others_are_proved_by_what_came_with_them(void **state)
{
    static const char *const names[] = {"body", "note", "title"};
    struct circle_share s = {.from = 0, .to = 2};
    struct vault_receive_result got;
    struct vault_disclosure *d = NULL;
    char path[TEMP_PATH];
    struct circle c;
    struct told t;
    uint8_t id[1][VAULT_ID], origin[VAULT_ID];

    (void)state;
    circle_make(&c, 2);
    add(c.q[0].v, 200000, id[0]);
    s.id = (const uint8_t(*)[VAULT_ID])id;
    s.n = 1;
    circle_share(&c, &s, "x", path);
    circle_take(c.q[1].v, path, &got);
    assert_int_equal(disclose(c.q[1].v, id[0], names, 3, &d), VAULT_OK);
    circle_id(c.q[0].v, origin);
    assert_memory_equal(vault_disclosure_facts(d)->vault, origin, VAULT_ID);
    assert_true(vault_disclosure_facts(d)->foreign);
    check(&c, d, &t);
    assert_int_equal(t.n, 3);
    assert_true(t.beside[0]);
    vault_disclosure_free(d);
    circle_end(&c);
}

/* `type` and `title` come along with each; the parts add up. */
static void
of_a_part_only_what_is_here_can_be_disclosed(void **state)
{
    static const char *const both[] = {"note", "place", "title"};
    static const char *const one[] = {"place", "title"};
    struct circle_share s = {.from = 0, .to = 2, .only = "place"};
    struct vault_receive_result got;
    struct vault_disclosure *d = NULL;
    char path[TEMP_PATH];
    struct circle c;
    struct told t;
    uint8_t id[1][VAULT_ID];

    (void)state;
    circle_make(&c, 2);
    add(c.q[0].v, 0, id[0]);
    s.id = (const uint8_t(*)[VAULT_ID])id;
    s.n = 1;
    circle_share(&c, &s, "x", path);
    circle_take(c.q[1].v, path, &got);
    assert_int_equal(got.count.fresh, 1);
    assert_int_equal(disclose(c.q[1].v, id[0], both, 3, &d), VAULT_E_NOT_FOUND);
    assert_int_equal(disclose(c.q[1].v, id[0], one, 2, &d), VAULT_OK);
    check(&c, d, &t);
    assert_int_equal(t.n, 2);
    vault_disclosure_free(d);
    s.only = "note";
    circle_share(&c, &s, "y", path);
    circle_take(c.q[1].v, path, &got);
    assert_int_equal(disclose(c.q[1].v, id[0], both, 3, &d), VAULT_OK);
    check(&c, d, &t);
    assert_int_equal(t.n, 3);
    vault_disclosure_free(d);
    circle_end(&c);
}

static void
no_byte_of_a_disclosure_can_change(void **state)
{
    static const char *const names[] = {"place", "title"};
    struct vault_disclosure *d = NULL;
    struct vault_verify_options opt = {.said = take_said};
    struct circle c;
    struct told t;
    char *changed;
    uint8_t id[VAULT_ID];
    const char *text;
    size_t len;

    (void)state;
    circle_make(&c, 1);
    add(c.q[0].v, 0, id);
    assert_int_equal(disclose(c.q[0].v, id, names, 2, &d), VAULT_OK);
    text = vault_disclosure_text(d, &len);
    changed = malloc(len);
    assert_non_null(changed);
    for (size_t i = 0; i < len; i++) {
        struct vlt_verify v = {.opt = &opt, .ctx = &t};

        memcpy(changed, text, len);
        changed[i] ^= (char)(1 << i % 7);
        memset(&t, 0, sizeof t);
        if ((vlt_verify_text_bytes(&v, changed, len, NULL) == VAULT_OK &&
                v.verdict.failed == 0) ||
            t.n > 0)
            fail_msg("byte %zu", i);
        free(v.card);
    }
    free(changed);
    vault_disclosure_free(d);
    circle_end(&c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_records_are_disclosed_field_by_field),
        cmocka_unit_test(an_original_in_segments_lies_beside),
        cmocka_unit_test(records_of_others_are_proved_by_what_came_with_them),
        cmocka_unit_test(of_a_part_only_what_is_here_can_be_disclosed),
        cmocka_unit_test(no_byte_of_a_disclosure_can_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
