/* SPDX-License-Identifier: Apache-2.0 */
/* test_os.c: what the operating system seam promises on every system */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#if defined(_WIN32)
#include <windows.h>
#endif

#include "bytes.h"
#include "fail.h"
#include "os.h"

static char folder[512];
static char path_a[600], path_b[600];

static void
in_folder(char *out, const char *name)
{
    (void)snprintf(out, 600, "%s/%s", folder, name);
}

/* An empty folder; the seam has no use for this. */
static void
remove_folder(const char *path)
{
#if defined(_WIN32)
    wchar_t w[600];

    assert_true(MultiByteToWideChar(CP_UTF8, 0, path, -1, w, 600) > 0);
    (void)RemoveDirectoryW(w);
#else
    (void)remove(path);
#endif
}

static enum vault_status
remove_one(void *ctx, const char *name, bool is_dir)
{
    char path[600];

    (void)ctx;
    in_folder(path, name);
    return is_dir ? VAULT_OK : vlt_os_unlink(path, NULL);
}

static int
make_scratch(void **state)
{
    char base[300];
    struct vault_error err;

    (void)state;
    if (!vlt_os_env("TMPDIR", base, sizeof base) &&
        !vlt_os_env("TEMP", base, sizeof base))
        (void)snprintf(base, sizeof base, "/tmp");
    (void)snprintf(folder, sizeof folder, "%s/қойма-%lld-%llu", base,
        (long long)vlt_os_time(), (unsigned long long)vlt_os_ticks_ms());
    if (vlt_os_mkdirs(folder, &err) != VAULT_OK) {
        print_message("%s\n", err.message);
        return -1;
    }
    in_folder(path_a, "а файл.txt");
    in_folder(path_b, "证据 b.txt");
    return 0;
}

static int
empty_scratch(void **state)
{
    (void)state;
    return vlt_os_listdir(folder, remove_one, NULL, NULL) != VAULT_OK;
}

static int
remove_scratch(void **state)
{
    (void)empty_scratch(state);
    remove_folder(folder);
    return 0;
}

struct count {
    int files;
    int folders;
    char last[256];
};

static enum vault_status
count_one(void *ctx, const char *name, bool is_dir)
{
    struct count *c = ctx;

    c->files += !is_dir;
    c->folders += is_dir;
    (void)snprintf(c->last, sizeof c->last, "%s", name);
    return VAULT_OK;
}

static struct count
counted(void)
{
    struct count c = {0};

    assert_int_equal(vlt_os_listdir(folder, count_one, &c, NULL), VAULT_OK);
    return c;
}

static void
assert_holds(const char *path, const char *text)
{
    uint8_t *p = NULL;
    size_t n = 0;

    assert_int_equal(vlt_os_read_small(path, 4096, &p, &n, NULL), VAULT_OK);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(p, text, n);
    free(p);
}

static void
put(const char *path, const char *text)
{
    assert_int_equal(vlt_os_replace(path, text, strlen(text), NULL), VAULT_OK);
}

static void
a_clock_and_memory_are_there(void **state)
{
    uint64_t t = vlt_os_ticks_ms();

    (void)state;
    assert_true(vlt_os_time() > INT64_C(1700000000));
    assert_true(vlt_os_ticks_ms() >= t);
    assert_true(vlt_os_memory() > UINT64_C(64) << 20);
    (void)vlt_os_swap_exposed();
}

static void
an_unset_variable_is_told_from_an_empty_one(void **state)
{
    char out[4] = "zz";
    char big[4096];

    (void)state;
    assert_false(vlt_os_env("SANDUQ_NO_SUCH_VARIABLE", out, sizeof out));
    assert_string_equal(out, "zz");
    assert_true(vlt_os_env("PATH", big, sizeof big));
    assert_true(vlt_os_env("PATH", out, sizeof out));
    assert_true(strlen(out) <= 3);
    assert_memory_equal(out, big, strlen(out));
}

static void
the_last_component_is_the_name(void **state)
{
    static const struct {
        const char *path;
        const char *want;
    } rows[] =
    { {"a", "a"},
        {"/a", "a"},
        {"/b/c.txt", "c.txt"},
        {"b/ c", " c"},
        {"b/", ""},
        {"/", ""},
        {"", ""},
        {"..", ".."},
#if defined(_WIN32)
        {"b\\c", "c"},
        {"C:c", "c"},
        {"C:\\b/c\\d", "d"},
#else
        {"b\\c", "b\\c"},
#endif
    };
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(rows); i++) {
        assert_string_equal(vlt_os_basename(rows[i].path), rows[i].want);
        assert_ptr_equal(vlt_os_basename(rows[i].path),
            rows[i].path + strlen(rows[i].path) - strlen(rows[i].want));
    }
}

static void
an_absolute_path_is_found_or_refused(void **state)
{
    struct vault_error err;
    char one[4096], two[4096], small[4] = "old";

    (void)state;
    assert_int_equal(vlt_os_absolute("no/such", one, sizeof one, &err),
        VAULT_OK);
    assert_true(strlen(one) > strlen("/no/such"));
    assert_int_equal(vlt_os_absolute(one, two, sizeof two, &err), VAULT_OK);
    assert_string_equal(one, two);
    assert_string_equal(vlt_os_basename(one), "such");
    assert_int_equal(vlt_os_absolute("no", small, sizeof small, &err),
        VAULT_E_LIMIT);
    assert_string_equal(small, "old");
    assert_int_equal(vlt_os_absolute("", one, sizeof one, &err), VAULT_E_USAGE);
}

static void
state_has_a_home(void **state)
{
    char out[4096], small[2];

    (void)state;
    assert_int_equal(vlt_os_state_home(out, sizeof out, NULL), VAULT_OK);
    assert_true(strlen(out) > 2);
    assert_int_equal(vlt_os_state_home(small, sizeof small, NULL),
        VAULT_E_LIMIT);
}

static void
parents_are_made_with_a_folder(void **state)
{
    struct vault_error err;
    char deep[600], file[600], under[620];

    (void)state;
    in_folder(deep, "д1/д2/д3/");
    assert_int_equal(vlt_os_mkdirs(deep, &err), VAULT_OK);
    assert_true(vlt_os_is_dir(deep));
    assert_int_equal(vlt_os_mkdirs(deep, &err), VAULT_OK);
    assert_int_equal(counted().folders, 1);
    in_folder(file, "f");
    put(file, "x");
    (void)snprintf(under, sizeof under, "%s/g", file);
    assert_int_not_equal(vlt_os_mkdirs(under, &err), VAULT_OK);
    assert_false(vlt_os_is_dir(file));
    assert_int_not_equal(vlt_os_mkdirs(file, &err), VAULT_OK);
    in_folder(deep, "д1/д2/д3");
    remove_folder(deep);
    in_folder(deep, "д1/д2");
    remove_folder(deep);
    in_folder(deep, "д1");
    remove_folder(deep);
}

static void
the_same_file_is_known_by_other_names(void **state)
{
    char dotted[600];

    (void)state;
    put(path_a, "a");
    put(path_b, "a");
    in_folder(dotted, "./а файл.txt");
    assert_int_equal(vlt_os_same_file(path_a, dotted), 1);
    assert_int_equal(vlt_os_same_file(path_a, path_b), 0);
    in_folder(dotted, "none");
    assert_int_equal(vlt_os_same_file(path_a, dotted), 0);
    assert_int_equal(vlt_os_same_file(dotted, path_a), 0);
}

static void
a_small_file_is_read_whole_or_refused(void **state)
{
    static const struct {
        const char *name;
        size_t max;
        enum vault_status want;
    } rows[] = {
        {"one byte short", 9, VAULT_E_LIMIT},
        {"exact", 10, VAULT_OK},
        {"one byte long", 11, VAULT_OK},
        {"nothing allowed", 0, VAULT_E_LIMIT},
    };
    struct vault_error err;
    uint8_t *p = NULL;
    size_t i, n = 77;

    (void)state;
    put(path_a, "0123456789");
    for (i = 0; i < VLT_COUNT(rows); i++) {
        print_message("%s\n", rows[i].name);
        p = NULL;
        assert_int_equal(vlt_os_read_small(path_a, rows[i].max, &p, &n, &err),
            rows[i].want);
        assert_true(
            rows[i].want == VAULT_OK ? p != NULL && n == 10 : p == NULL);
        free(p);
    }
    put(path_b, "");
    p = NULL;
    assert_int_equal(vlt_os_read_small(path_b, 0, &p, &n, &err), VAULT_OK);
    assert_non_null(p);
    assert_int_equal(n, 0);
    free(p);
    in_folder(path_b, "none");
    assert_int_equal(vlt_os_read_small(path_b, 9, &p, &n, &err),
        VAULT_E_NOT_FOUND);
    in_folder(path_b, "证据 b.txt");
    assert_int_equal(vlt_os_read_small(folder, 9, &p, &n, &err), VAULT_E_IO);
}

static void
an_overlong_path_is_a_status(void **state)
{
    struct vault_error err;
    struct vlt_outfile *out = NULL;
    struct vlt_file *f = NULL;
    uint8_t *p = NULL;
    char *big = malloc(70001);
    size_t n;

    (void)state;
    assert_non_null(big);
    memset(big, 'x', 70000);
    big[70000] = 0;
    assert_int_not_equal(vlt_file_open(big, &f, &err), VAULT_OK);
    assert_int_not_equal(vlt_outfile_begin(big, true, &out, &err), VAULT_OK);
    assert_int_not_equal(vlt_os_read_small(big, 9, &p, &n, &err), VAULT_OK);
    assert_int_not_equal(vlt_os_mkdirs(big, &err), VAULT_OK);
    assert_int_not_equal(vlt_os_create_empty(big, &err), VAULT_OK);
    assert_int_not_equal(vlt_os_rename_new(big, big, &err), VAULT_OK);
    assert_int_not_equal(vlt_os_unlink(big, &err), VAULT_OK);
    assert_false(vlt_os_exists(big));
    assert_false(vlt_os_is_dir(big));
    big[300] = 0;
    assert_int_not_equal(vlt_os_create_empty(big, &err), VAULT_OK);
    free(big);
}

static void
replacing_leaves_one_file_with_the_new_bytes(void **state)
{
    (void)state;
    put(path_a, "old");
    put(path_a, "new bytes");
    assert_holds(path_a, "new bytes");
    assert_int_equal(counted().files, 1);
}

static void
creating_never_replaces(void **state)
{
    struct vault_error err;

    (void)state;
    assert_int_equal(vlt_os_create_small(path_a, "1", 1, &err), VAULT_OK);
    assert_int_equal(vlt_os_create_small(path_a, "2", 1, &err), VAULT_E_EXISTS);
    assert_int_equal(vlt_os_create_empty(path_a, &err), VAULT_E_EXISTS);
    assert_holds(path_a, "1");
    assert_int_equal(vlt_os_create_empty(path_b, &err), VAULT_OK);
    assert_holds(path_b, "");
    assert_int_equal(counted().files, 2);
}

static void
renaming_never_replaces(void **state)
{
    struct vault_error err;

    (void)state;
    put(path_a, "a");
    put(path_b, "b");
    assert_int_equal(vlt_os_rename_new(path_a, path_b, &err), VAULT_E_EXISTS);
    assert_holds(path_a, "a");
    assert_holds(path_b, "b");
    assert_int_equal(vlt_os_unlink(path_b, &err), VAULT_OK);
    assert_int_equal(vlt_os_rename_new(path_a, path_b, &err), VAULT_OK);
    assert_false(vlt_os_exists(path_a));
    assert_holds(path_b, "a");
    assert_int_equal(vlt_os_unlink(path_b, &err), VAULT_OK);
    assert_int_equal(vlt_os_rename_new(path_a, path_b, &err),
        VAULT_E_NOT_FOUND);
}

static void
what_is_gone_cannot_be_unlinked_but_is_destroyed(void **state)
{
    struct vault_error err;

    (void)state;
    put(path_a, "key");
    assert_int_equal(vlt_os_destroy(path_a, &err), VAULT_OK);
    assert_false(vlt_os_exists(path_a));
    assert_int_equal(vlt_os_destroy(path_a, &err), VAULT_OK);
    assert_int_equal(vlt_os_unlink(path_a, &err), VAULT_E_NOT_FOUND);
    assert_int_not_equal(vlt_os_destroy(folder, &err), VAULT_OK);
    assert_true(vlt_os_is_dir(folder));
}

static void
an_output_appears_only_when_complete(void **state)
{
    struct vault_error err;
    struct vlt_outfile *f = NULL;

    (void)state;
    assert_int_equal(vlt_outfile_begin(path_a, false, &f, &err), VAULT_OK);
    assert_int_equal(vlt_outfile_write(f, "one ", 4, &err), VAULT_OK);
    assert_false(vlt_os_exists(path_a));
    assert_int_equal(vlt_outfile_write(f, "two", 3, &err), VAULT_OK);
    assert_int_equal(vlt_outfile_commit(f, &err), VAULT_OK);
    assert_holds(path_a, "one two");
    assert_int_equal(counted().files, 1);
}

static void
a_discarded_output_leaves_nothing(void **state)
{
    struct vlt_outfile *f = NULL;

    (void)state;
    put(path_a, "old");
    assert_int_equal(vlt_outfile_begin(path_a, true, &f, NULL), VAULT_OK);
    assert_int_equal(vlt_outfile_write(f, "new", 3, NULL), VAULT_OK);
    vlt_outfile_discard(f);
    assert_int_equal(vlt_outfile_begin(path_b, false, &f, NULL), VAULT_OK);
    vlt_outfile_discard(f);
    vlt_outfile_discard(NULL);
    assert_holds(path_a, "old");
    assert_int_equal(counted().files, 1);
}

static void
an_output_replaces_only_when_told(void **state)
{
    struct vault_error err;
    struct vlt_outfile *f = NULL;

    (void)state;
    put(path_a, "old");
    assert_int_equal(vlt_outfile_begin(path_a, false, &f, &err),
        VAULT_E_EXISTS);
    assert_null(f);
    assert_int_equal(vlt_outfile_begin(path_a, true, &f, &err), VAULT_OK);
    assert_int_equal(vlt_outfile_write(f, "new", 3, &err), VAULT_OK);
    assert_holds(path_a, "old");
    assert_int_equal(vlt_outfile_commit(f, &err), VAULT_OK);
    assert_holds(path_a, "new");
    assert_int_equal(counted().files, 1);
}

static void
a_file_that_came_meanwhile_is_kept(void **state)
{
    struct vault_error err;
    struct vlt_outfile *f = NULL;

    (void)state;
    assert_int_equal(vlt_outfile_begin(path_a, false, &f, &err), VAULT_OK);
    assert_int_equal(vlt_outfile_write(f, "ours", 4, &err), VAULT_OK);
    put(path_a, "theirs");
    assert_int_equal(vlt_outfile_commit(f, &err), VAULT_E_EXISTS);
    assert_holds(path_a, "theirs");
    assert_int_equal(counted().files, 1);
}

static void
an_output_needs_a_name_in_a_folder(void **state)
{
    static const char *const names[] = {"", ".", "..", "a/../..", "none/x"};
    struct vlt_outfile *f = NULL;
    char path[600];
    size_t i;

    (void)state;
    for (i = 0; i < VLT_COUNT(names); i++) {
        in_folder(path, names[i]);
        assert_int_not_equal(vlt_outfile_begin(path, true, &f, NULL), VAULT_OK);
        assert_null(f);
    }
    assert_int_not_equal(vlt_outfile_begin(folder, true, &f, NULL), VAULT_OK);
    assert_int_not_equal(vlt_outfile_begin("", true, &f, NULL), VAULT_OK);
}

static void
a_stream_gives_bytes_size_and_end(void **state)
{
    struct vault_error err;
    struct vlt_file *f = NULL;
    uint8_t out[8];
    size_t got = 0, total = 0;

    (void)state;
    put(path_a, "0123456789");
    assert_int_equal(vlt_file_open(path_a, &f, &err), VAULT_OK);
    assert_true(vlt_file_size(f) == 10);
    assert_true(vlt_file_mtime(f) > vlt_os_time() - 3600);
    assert_true(vlt_file_mtime(f) <= vlt_os_time() + 2);
    do {
        assert_int_equal(vlt_file_read(f, out, sizeof out, &got, &err),
            VAULT_OK);
        total += got;
    } while (got > 0);
    assert_int_equal(total, 10);
    assert_int_equal(vlt_file_read(f, out, sizeof out, &got, &err), VAULT_OK);
    assert_int_equal(got, 0);
    vlt_file_close(f);
    vlt_file_close(NULL);
}

static void
folders_and_absent_files_are_no_streams(void **state)
{
    struct vault_error err;
    struct vlt_file *f = NULL;

    (void)state;
    assert_int_equal(vlt_file_open(folder, &f, &err), VAULT_E_USAGE);
    assert_int_equal(vlt_file_open(path_a, &f, &err), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_file_fd(-1, &f, &err), VAULT_E_USAGE);
    assert_int_equal(vlt_file_fd(987, &f, &err), VAULT_E_USAGE);
    assert_null(f);
}

static void
a_folder_is_listed_without_dots(void **state)
{
    struct count c;
    char sub[600];

    (void)state;
    put(path_a, "a");
    c = counted();
    assert_int_equal(c.files, 1);
    assert_string_equal(c.last, "а файл.txt");
    in_folder(sub, "қалта");
    assert_int_equal(vlt_os_mkdirs(sub, NULL), VAULT_OK);
    c = counted();
    assert_int_equal(c.files, 1);
    assert_int_equal(c.folders, 1);
    remove_folder(sub);
    assert_int_equal(vlt_os_listdir(path_b, count_one, &c, NULL),
        VAULT_E_NOT_FOUND);
}

static enum vault_status
refuse(void *ctx, const char *name, bool is_dir)
{
    (void)name;
    (void)is_dir;
    (*(int *)ctx)++;
    return VAULT_E_POLICY;
}

static void
listing_stops_at_the_first_refusal(void **state)
{
    int calls = 0;

    (void)state;
    put(path_a, "a");
    put(path_b, "b");
    assert_int_equal(vlt_os_listdir(folder, refuse, &calls, NULL),
        VAULT_E_POLICY);
    assert_int_equal(calls, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clock_and_memory_are_there),
        cmocka_unit_test(an_unset_variable_is_told_from_an_empty_one),
        cmocka_unit_test(the_last_component_is_the_name),
        cmocka_unit_test(an_absolute_path_is_found_or_refused),
        cmocka_unit_test(state_has_a_home),
#define T(t) cmocka_unit_test_teardown(t, empty_scratch)
        T(parents_are_made_with_a_folder),
        T(the_same_file_is_known_by_other_names),
        T(a_small_file_is_read_whole_or_refused),
        T(an_overlong_path_is_a_status),
        T(replacing_leaves_one_file_with_the_new_bytes),
        T(creating_never_replaces),
        T(renaming_never_replaces),
        T(what_is_gone_cannot_be_unlinked_but_is_destroyed),
        T(an_output_appears_only_when_complete),
        T(a_discarded_output_leaves_nothing),
        T(an_output_replaces_only_when_told),
        T(a_file_that_came_meanwhile_is_kept),
        T(an_output_needs_a_name_in_a_folder),
        T(a_stream_gives_bytes_size_and_end),
        T(folders_and_absent_files_are_no_streams),
        T(a_folder_is_listed_without_dots),
        T(listing_stops_at_the_first_refusal),
    };

    return cmocka_run_group_tests(tests, make_scratch, remove_scratch);
}
