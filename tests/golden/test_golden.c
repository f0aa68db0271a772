/* SPDX-License-Identifier: Apache-2.0 */
/* test_golden: vaults made earlier are read as they were meant */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>
#include "golden_recipe.h"

/* Golden files lie in fixtures/golden/draft; see the README.md there. */
struct golden {
    struct temp_dir dir;
    char path[TEMP_PATH]; /* a copy that may be written to */
    char key_path[TEMP_PATH];
    json_t *is;
};

static const char *
text_of(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    assert_non_null(s);
    return s;
}

static void
begin(struct golden *g)
{
    char from[TEMP_PATH];

    golden_src("fixtures/golden/draft/vault-1.json", from);
    g->is = json_load_file(from, 0, NULL);
    if (g->is == NULL)
        fail_msg("%s cannot be read", from);
    temp_dir_make(&g->dir);
    temp_dir_path(&g->dir, "vault-1.sdq", g->path);
    golden_src("fixtures/golden/draft/vault-1.sdq", from);
    temp_copy(from, g->path);
    golden_src("fixtures/golden/draft/vault-1.key", g->key_path);
}

static void
end(struct golden *g)
{
    json_decref(g->is);
    temp_dir_remove(&g->dir);
}

static struct vault_key *
key_of(const struct golden *g, bool file, bool pass)
{
    struct vault_key *key = vault_key_new();
    const char *p = text_of(g->is, "passphrase");

    assert_non_null(key);
    if (file)
        assert_int_equal(vault_key_file(key, g->key_path, NULL), VAULT_OK);
    if (pass)
        assert_int_equal(vault_key_passphrase(key, p, strlen(p), NULL),
            VAULT_OK);
    return key;
}

static struct vault *
unlocked(const struct golden *g, bool file, bool pass)
{
    struct vault_options opt = {.no_state = true};
    struct vault_key *key = key_of(g, file, pass);
    struct vault *v = NULL;

    assert_int_equal(vault_open(g->path, &opt, &v, NULL), VAULT_OK);
    assert_int_equal(vault_unlock(v, key, NULL, NULL), VAULT_OK);
    vault_key_free(key);
    return v;
}

static bool
has_line(const json_t *lines, const char *line)
{
    size_t i;
    json_t *o;

    json_array_foreach(lines, i, o)
    {
        if (strcmp(json_string_value(o), line) == 0)
            return true;
    }
    return false;
}

/* Later versions may say more, not less. */
static void
assert_lines(const struct golden *g, const struct vault_key *key,
    const char *name)
{
    struct vault_verify_options vo = {.key = key};
    struct vault_verdict verdict;
    json_t *lines = json_array();
    json_t *o;
    size_t i;

    assert_int_equal(vault_verify(g->path, &vo, golden_finding, lines, &verdict,
                         NULL),
        VAULT_OK);
    json_array_foreach(json_object_get(g->is, name), i, o)
    {
        if (!has_line(lines, json_string_value(o)))
            fail_msg("%s: no line %s", name, json_string_value(o));
    }
    assert_string_equal(verdict.fingerprint, text_of(g->is, "fingerprint"));
    json_decref(lines);
}

static void
golden_vaults_hold_with_and_without_a_secret(void **state)
{
    struct golden g;
    struct vault_key *key;
    uint8_t sum[32];
    uint8_t *p;
    size_t n;

    (void)state;
    begin(&g);
    key = key_of(&g, true, false);
    assert_lines(&g, NULL, "keyless");
    assert_lines(&g, key, "keyed");
    p = temp_read(g.path, &n);
    vlt_sha256(sum, p, n);
    assert_hex(sum, 32, text_of(g.is, "file_sha256"));
    free(p);
    vault_key_free(key);
    end(&g);
}

static void
golden_vaults_open_with_each_of_their_keys(void **state)
{
    static const bool with[][2] = {{true, false}, {false, true}, {true, true}};
    struct golden g;
    struct vault_info info;
    struct vault *v;
    size_t i;

    (void)state;
    begin(&g);
    for (i = 0; i < ROWS(with); i++) {
        v = unlocked(&g, with[i][0], with[i][1]);
        assert_int_equal(vault_info(v, &info, NULL), VAULT_OK);
        assert_hex(info.id, 16, text_of(g.is, "vault"));
        assert_hex(info.root, 32, text_of(g.is, "root"));
        assert_string_equal(info.fingerprint, text_of(g.is, "fingerprint"));
        assert_int_equal(info.size,
            json_integer_value(json_object_get(g.is, "size")));
        assert_int_equal(info.slots, 3);
        vault_close(v);
    }
    end(&g);
}

struct piece {
    uint8_t *want;
    size_t n;
    size_t at;
};

static enum vault_status
compare(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct piece *b = ctx;

    (void)err;
    assert_true(b->at + n <= b->n);
    assert_memory_equal(b->want + b->at, p, n);
    b->at += n;
    return VAULT_OK;
}

static void
assert_body(struct vault_record *r, const json_t *o)
{
    const json_t *file = json_object_get(o, "file");
    struct piece b = {NULL, 0, 0};
    uint8_t sum[32];

    if (!json_is_true(json_object_get(o, "has_body"))) {
        assert_false(vault_record_sha256(r, sum));
        return;
    }
    b.want = golden_body(json_string_value(file),
        file != NULL ? NULL : text_of(o, "text"),
        (unsigned)json_integer_value(json_object_get(o, "times")), &b.n);
    assert_int_equal(vault_record_read(r, compare, &b, NULL), VAULT_OK);
    assert_int_equal(b.at, b.n);
    assert_int_equal(vault_record_entry(r)->bytes, b.n);
    assert_true(vault_record_sha256(r, sum));
    assert_hex(sum, 32, text_of(o, "sha256"));
    vlt_sha256(sum, b.want, b.n);
    assert_hex(sum, 32, text_of(o, "sha256"));
    free(b.want);
}

static void
assert_field(struct vault_record *r, const json_t *o)
{
    struct vault_field f;
    size_t i;

    for (i = 0; i < vault_record_fields(r); i++) {
        vault_record_field(r, i, &f);
        if (strcmp(f.name, text_of(o, "name")) != 0)
            continue;
        assert_int_equal(f.type,
            json_integer_value(json_object_get(o, "type")));
        assert_int_equal(f.state,
            json_integer_value(json_object_get(o, "state")));
        assert_hex(f.value, f.value_len, text_of(o, "value"));
        return;
    }
    fail_msg("no field %s", text_of(o, "name"));
}

static void
golden_records_read_back_as_they_were_sealed(void **state)
{
    struct golden g;
    struct vault_record *r;
    struct vault *v;
    uint8_t id[VAULT_ID];
    size_t i, j;
    json_t *o, *f;

    (void)state;
    begin(&g);
    v = unlocked(&g, true, false);
    json_array_foreach(json_object_get(g.is, "records"), i, o)
    {
        json_t *fields = json_object_get(o, "fields");

        from_hex(id, sizeof id, text_of(o, "id"));
        r = NULL;
        assert_int_equal(vault_record_open(v, id, 0, &r, NULL), VAULT_OK);
        assert_string_equal(vault_record_entry(r)->type, text_of(o, "type"));
        assert_int_equal(vault_record_entry(r)->version, 1);
        assert_body(r, o);
        /* with type and time.sealed, and body where there is one */
        assert_int_equal(vault_record_fields(r),
            json_array_size(fields) + 2 +
                json_is_true(json_object_get(o, "has_body")));
        json_array_foreach(fields, j, f) assert_field(r, f);
        vault_record_close(r);
    }
    assert_int_equal(i, 5);
    vault_close(v);
    end(&g);
}

static void
golden_vaults_can_be_added_to(void **state)
{
    struct vault_verify_options o = {.key = NULL};
    struct vault_verdict verdict;
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    struct golden g;
    struct vault *v;

    (void)state;
    begin(&g);
    v = unlocked(&g, true, false);
    assert_int_equal(vault_seal_begin(v, "note", &s, NULL), VAULT_OK);
    assert_int_equal(vault_seal_commit(s, &out, NULL), VAULT_OK);
    vault_close(v);
    assert_int_equal(vault_verify(g.path, &o, NULL, NULL, &verdict, NULL),
        VAULT_OK);
    assert_int_equal(verdict.records, 6);
    end(&g);
}

int
main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_vaults_hold_with_and_without_a_secret),
        cmocka_unit_test(golden_vaults_open_with_each_of_their_keys),
        cmocka_unit_test(golden_records_read_back_as_they_were_sealed),
        cmocka_unit_test(golden_vaults_can_be_added_to),
    };

    if (argc == 4 && strcmp(argv[1], "--make") == 0) {
        golden_make(argv[2], argv[3]);
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
