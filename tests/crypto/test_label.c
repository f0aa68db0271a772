/* SPDX-License-Identifier: Apache-2.0 */
/* test_label: the table of labels is the one of docs/format.md, and sound */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <cmocka.h>

#include "known.h"
#include "label.h"
#include "secret.h"

static void
labels_are_unique_and_none_begins_another(void **unused)
{
    (void)unused;
    for (int i = 0; i < VLT_LABEL_COUNT; i++) {
        uint8_t a[VLT_LABEL_MAX];
        size_t a_len = vlt_label((enum vlt_label)i, a);

        for (int k = 0; k < VLT_LABEL_COUNT; k++) {
            uint8_t b[VLT_LABEL_MAX];
            size_t b_len = vlt_label((enum vlt_label)k, b);

            if (i != k && a_len <= b_len)
                assert_memory_not_equal(a, b, a_len);
        }
    }
}

static void
a_label_is_the_prefix_a_name_and_one_zero(void **unused)
{
    (void)unused;
    for (int i = 0; i < VLT_LABEL_COUNT; i++) {
        const struct vlt_label_row *row = vlt_label_row((enum vlt_label)i);
        char text[VLT_LABEL_MAX + 1];
        uint8_t got[VLT_LABEL_MAX];
        size_t n = vlt_label((enum vlt_label)i, got);

        assert_true(snprintf(text, sizeof text, "sanduq.v1/%s", row->name) <
            VLT_LABEL_MAX);
        assert_int_equal(n, strlen(text) + 1);
        assert_memory_equal(got, text, n);
        assert_true(strlen(row->name) ==
            strspn(row->name, "abcdefghijklmnopqrstuvwxyz-0123456789"));
    }
}

static void
keys_have_a_fixed_context_and_hashes_no_output(void **unused)
{
    (void)unused;
    for (int i = 0; i < VLT_LABEL_COUNT; i++) {
        const struct vlt_label_row *row = vlt_label_row((enum vlt_label)i);

        assert_true(row->ctx > 0 || row->ctx == -1 || row->ctx == -32);
        assert_true(
            row->out == 0 || row->out == 8 || row->out == 32 || row->out == 64);
        if (row->out != 0)
            assert_true(row->ctx > 0);
    }
}

/* Cell n (from 0) of a table row "| a | b |", without the blanks around it. */
static void
cell(const char *line, int n, char *out, size_t size)
{
    const char *at = line;
    size_t len;

    out[0] = '\0';
    for (int i = 0; i <= n; i++) {
        at = strchr(at, '|');
        if (at == NULL)
            return;
        at++;
    }
    at += strspn(at, " ");
    len = strcspn(at, "|");
    while (len != 0 && at[len - 1] == ' ')
        len--;
    assert_true(len < size);
    memcpy(out, at, len);
    out[len] = '\0';
}

static const struct vlt_label_row *
find(const char *name, size_t len)
{
    for (int i = 0; i < VLT_LABEL_COUNT; i++) {
        const struct vlt_label_row *row = vlt_label_row((enum vlt_label)i);

        if (strlen(row->name) == len && memcmp(row->name, name, len) == 0)
            return row;
    }
    return NULL;
}

static int
context_of(const char *bytes)
{
    if (strcmp(bytes, "varies") == 0 || bytes[0] == '\0')
        return -1;
    if (strcmp(bytes, "32 n") == 0)
        return -32;
    return atoi(bytes);
}

/* Compare one row of the document; how many labels it names. */
static int
compare_row(const char *line)
{
    char names[256];
    char bytes[64];
    char out[64];
    int seen = 0;

    cell(line, 0, names, sizeof names);
    cell(line, 3, bytes, sizeof bytes);
    cell(line, 4, out, sizeof out);
    for (const char *at = strchr(names, '`'); at != NULL;) {
        size_t len = strcspn(at + 1, "`");
        const struct vlt_label_row *row = find(at + 1, len);

        if (row == NULL)
            fail_msg("no label %.*s", (int)len, at + 1);
        else if (row->ctx != context_of(bytes) || row->out != atoi(out))
            fail_msg("%s: %d, %d", row->name, row->ctx, row->out);
        seen++;
        at = strchr(at + len + 2, '`');
    }
    return seen;
}

static void
the_table_is_that_of_the_document(void **unused)
{
    const char *src = getenv("SRC");
    char path[1024];
    char line[1024];
    int inside = 0;
    int seen = 0;
    FILE *f;

    (void)unused;
    (void)snprintf(path, sizeof path, "%s/docs/format.md",
        src != NULL ? src : ".");
    f = fopen(path, "r");
    if (f == NULL)
        skip();
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "| label |", 9) == 0)
            inside = 1;
        else if (inside && line[0] != '|')
            inside = 0;
        else if (inside && strncmp(line, "|---", 4) != 0)
            seen += compare_row(line);
    }
    fclose(f);
    assert_int_equal(seen, VLT_LABEL_COUNT);
}

/* HKDF-Expand with Python's hmac: key 00..1f, context as said. */
static void
derived_bytes_are_what_hkdf_expand_gives(void **unused)
{
    static const struct {
        enum vlt_label label;
        uint8_t first; /* context: first, first + 1, ... */
        size_t ctx;
        size_t n;
        const char *out;
    } rows[] = {
        {VLT_L_SEED, 0x40, 16, 32,
            "29efe74ba1779be4dbbb1f53a595e103"
            "4a20fec50bde54548c8098d717c3affe"},
        {VLT_L_STATE_NAME, 0x40, 16, 8, "99ccf7a01e789d35"},
        {VLT_L_SLOT, 0x40, 16, 64,
            "feb33d3da2ab07a094dcca16a572e357"
            "c62c290cfc9cb599302c207f3f328488"
            "e6cef6e3ae081a6357c0097f2322379e"
            "46dc54c44ee71c0bbf6642af334ac2a7"},
        {VLT_L_EPOCH_COMMIT, 0, 80, 32,
            "dc8e62579f137c7b0e9e3c60879d086c"
            "69bf739120589e5437bb988b7a0c619b"},
    };
    uint8_t key[32];

    (void)unused;
    for (size_t i = 0; i < sizeof key; i++)
        key[i] = (uint8_t)i;
    for (size_t i = 0; i < ROWS(rows); i++) {
        uint8_t ctx[80];
        uint8_t out[64];

        for (size_t k = 0; k < sizeof ctx; k++)
            ctx[k] = (uint8_t)(rows[i].first + k);
        vlt_x(key, rows[i].label, ctx, rows[i].ctx, out, rows[i].n);
        assert_hex(out, rows[i].n, rows[i].out);
    }
}

/* SHA-256 with Python's hashlib. */
static void
label_hashes_are_the_hash_of_label_and_parts(void **unused)
{
    uint8_t bytes[80];
    const struct vlt_part parts[] = {{bytes, 16}, {bytes + 16, 32},
        {bytes + 48, 32}};
    const struct vlt_part text[] = {{"ab", 2}, {"c", 1}};
    struct vlt_sha256 h;
    uint8_t out[32];

    (void)unused;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    vlt_label_hash(out, VLT_L_RCPT, parts, ROWS(parts));
    assert_hex(out, 32,
        "9b8bbb6c289cc92a7a33ca6e039ce1d978b8a4ba956aa6a5efba01a6ace2a149");
    vlt_label_hash(out, VLT_L_STMTS, NULL, 0);
    assert_hex(out, 32,
        "93f67cdc94b16074c98d2c954acc20138b6db9d18b9c608303a83ecee291ad25");
    vlt_label_hash(out, VLT_L_ENTRY, text, ROWS(text));
    assert_hex(out, 32,
        "39d0433868f7f124d5932416b595faad283bcec1ef3e0652297a9e8ed6e0e907");

    vlt_label_hash_init(&h, VLT_L_ENTRY);
    vlt_sha256_update(&h, "abc", 3);
    vlt_sha256_final(&h, out);
    assert_hex(out, 32,
        "39d0433868f7f124d5932416b595faad283bcec1ef3e0652297a9e8ed6e0e907");
}

#if defined(__linux__)

static void
derive(enum vlt_label l, size_t ctx_len, size_t n)
{
    static const uint8_t key[32] = {1};
    static const uint8_t ctx[100] = {0};
    uint8_t out[100];

    vlt_x(key, l, ctx, ctx_len, out, n);
}

static void
hash(enum vlt_label l, size_t len, size_t n)
{
    static const uint8_t zeros[200] = {0};
    const struct vlt_part part = {zeros, len};
    uint8_t out[32];

    (void)n;
    vlt_label_hash(out, l, &part, 1);
}

/* Whether the call ends a child by SIGABRT. */
static bool
dies(void (*f)(enum vlt_label, size_t, size_t), enum vlt_label l, size_t a,
    size_t b)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        const struct rlimit none = {0, 0};

        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGABRT, SIG_DFL); /* cmocka catches it */
        f(l, a, b);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void
a_label_used_for_something_else_ends_the_process(void **unused)
{
    (void)unused;
    assert_false(dies(derive, VLT_L_SEED, 16, 32));
    assert_true(dies(derive, VLT_L_SEED, 15, 32));
    assert_true(dies(derive, VLT_L_SEED, 17, 32));
    assert_true(dies(derive, VLT_L_SEED, 16, 31));
    assert_true(dies(derive, VLT_L_SEED, 16, 64));
    assert_true(dies(derive, VLT_L_KEYFILE, 32, 32));
    assert_true(dies(derive, VLT_LABEL_COUNT, 16, 32));
    assert_false(dies(hash, VLT_L_KEYFILE, 32, 0));
    assert_true(dies(hash, VLT_L_KEYFILE, 33, 0));
    assert_false(dies(hash, VLT_L_SEGMENTS, 96, 0));
    assert_true(dies(hash, VLT_L_SEGMENTS, 97, 0));
    assert_true(dies(hash, VLT_L_SEED, 16, 0));
}

#else

static void
a_label_used_for_something_else_ends_the_process(void **unused)
{
    (void)unused;
    skip();
}

#endif

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_unique_and_none_begins_another),
        cmocka_unit_test(a_label_is_the_prefix_a_name_and_one_zero),
        cmocka_unit_test(keys_have_a_fixed_context_and_hashes_no_output),
        cmocka_unit_test(the_table_is_that_of_the_document),
        cmocka_unit_test(derived_bytes_are_what_hkdf_expand_gives),
        cmocka_unit_test(label_hashes_are_the_hash_of_label_and_parts),
        cmocka_unit_test(a_label_used_for_something_else_ends_the_process),
    };

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
