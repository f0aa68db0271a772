/* SPDX-License-Identifier: Apache-2.0 */
/* test_outdir.c: a folder appears only when complete, and follows no link */
#include "os.h"

#include "temp_dir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void
put(struct vlt_outdir *d, const char *name, const char *text)
{
    struct vlt_file *f = NULL;

    assert_int_equal(vlt_outdir_create(d, name, &f, NULL), VAULT_OK);
    assert_int_equal(vlt_file_write(f, text, strlen(text), NULL), VAULT_OK);
    vlt_file_close(f);
}

static void
holds(const struct temp_dir *t, const char *name, const char *text)
{
    char path[TEMP_PATH];
    struct stat s;
    size_t n = 0;
    uint8_t *p;

    temp_dir_path(t, name, path);
    p = temp_read(path, &n);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(p, text, n);
    free(p);
    assert_int_equal(lstat(path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
}

static void
a_new_folder_appears_at_the_end(void **state)
{
    struct temp_dir t;
    struct vlt_outdir *d = NULL;
    char path[TEMP_PATH];
    struct stat s;

    (void)state;
    temp_dir_make(&t);
    temp_dir_path(&t, "out", path);
    assert_int_equal(vlt_outdir_begin(path, &d, NULL), VAULT_OK);
    put(d, "a", "one");
    put(d, "sub/deep/b", "two");
    put(d, "sub/c", "");
    assert_false(temp_exists(path));
    assert_non_null(strstr(vlt_outdir_path(d), "out.incomplete-"));
    assert_int_equal(vlt_outdir_commit(d, "a", NULL), VAULT_OK);
    holds(&t, "out/a", "one");
    holds(&t, "out/sub/deep/b", "two");
    holds(&t, "out/sub/c", "");
    assert_int_equal(lstat(path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0700);
    assert_int_equal(temp_dir_count(&t), 1);
    temp_dir_remove(&t);
}

static void
an_empty_folder_is_filled_at_the_end(void **state)
{
    struct temp_dir t;
    struct vlt_outdir *d = NULL;
    char path[TEMP_PATH], file[TEMP_PATH];

    (void)state;
    temp_dir_make(&t);
    temp_dir_path(&t, "out", path);
    temp_dir_path(&t, "out/last", file);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(vlt_outdir_begin(path, &d, NULL), VAULT_OK);
    put(d, "last", "L");
    put(d, "sub/b", "two");
    assert_false(temp_exists(file));
    assert_int_equal(vlt_outdir_commit(d, "last", NULL), VAULT_OK);
    holds(&t, "out/last", "L");
    holds(&t, "out/sub/b", "two");
    (void)snprintf(t.path + strlen(t.path), 8, "/out");
    assert_int_equal(temp_dir_count(&t), 2);
    t.path[strlen(t.path) - 4] = 0;
    temp_dir_remove(&t);
}

static void
what_is_there_is_refused_and_untouched(void **state)
{
    struct temp_dir t;
    struct vlt_outdir *d = NULL;
    char file[TEMP_PATH], full[TEMP_PATH], inner[TEMP_PATH], to[TEMP_PATH];
    char empty[TEMP_PATH], nowhere[TEMP_PATH];
    char *before, *after;

    (void)state;
    temp_dir_make(&t);
    temp_dir_path(&t, "file", file);
    temp_dir_path(&t, "full", full);
    temp_dir_path(&t, "full/x", inner);
    temp_dir_path(&t, "empty", empty);
    temp_dir_path(&t, "link", to);
    temp_dir_path(&t, "dangling", nowhere);
    temp_write(file, "x", 1);
    assert_int_equal(mkdir(full, 0700), 0);
    assert_int_equal(mkdir(empty, 0700), 0);
    temp_write(inner, "x", 1);
    assert_int_equal(symlink(empty, to), 0);
    assert_int_equal(symlink("nowhere", nowhere), 0);
    before = temp_dir_picture(&t);
    assert_int_equal(vlt_outdir_begin(file, &d, NULL), VAULT_E_EXISTS);
    assert_int_equal(vlt_outdir_begin(full, &d, NULL), VAULT_E_EXISTS);
    assert_int_equal(vlt_outdir_begin(to, &d, NULL), VAULT_E_EXISTS);
    assert_int_equal(vlt_outdir_begin(nowhere, &d, NULL), VAULT_E_EXISTS);
    after = temp_dir_picture(&t);
    assert_string_equal(before, after);
    free(before);
    free(after);
    temp_dir_remove(&t);
}

static void
what_comes_meanwhile_is_not_replaced(void **state)
{
    struct temp_dir t;
    struct vlt_outdir *d = NULL;
    char path[TEMP_PATH];

    (void)state;
    temp_dir_make(&t);
    temp_dir_path(&t, "out", path);
    assert_int_equal(vlt_outdir_begin(path, &d, NULL), VAULT_OK);
    put(d, "a", "one");
    temp_write(path, "mine", 4);
    assert_int_equal(vlt_outdir_commit(d, NULL, NULL), VAULT_E_EXISTS);
    assert_int_equal(temp_dir_count(&t), 1); /* nothing of ours is left */
    temp_dir_remove(&t);
}

static void
a_planted_link_is_not_followed(void **state)
{
    struct temp_dir t;
    struct vlt_outdir *d = NULL;
    struct vlt_file *f = NULL;
    char path[TEMP_PATH], outside[TEMP_PATH], link[2 * TEMP_PATH];

    (void)state;
    temp_dir_make(&t);
    temp_dir_path(&t, "out", path);
    temp_dir_path(&t, "outside", outside);
    assert_int_equal(mkdir(outside, 0700), 0);
    assert_int_equal(vlt_outdir_begin(path, &d, NULL), VAULT_OK);
    (void)snprintf(link, sizeof link, "%s/sub", vlt_outdir_path(d));
    assert_int_equal(symlink(outside, link), 0);
    assert_int_not_equal(vlt_outdir_create(d, "sub/a", &f, NULL), VAULT_OK);
    (void)snprintf(link, sizeof link, "%s/b", vlt_outdir_path(d));
    assert_int_equal(symlink("../outside/b", link), 0);
    assert_int_equal(vlt_outdir_create(d, "b", &f, NULL), VAULT_E_EXISTS);
    /* removing does not follow it either */
    (void)snprintf(link, sizeof link, "%s/keep", outside);
    temp_write(link, "x", 1);
    assert_true(vlt_outdir_discard(d));
    assert_true(temp_exists(link));
    assert_int_equal(temp_dir_count(&t), 1);
    temp_dir_remove(&t);
}

static void
a_discarded_folder_leaves_nothing(void **state)
{
    struct temp_dir t;
    struct vlt_outdir *d = NULL;
    char path[TEMP_PATH];

    (void)state;
    temp_dir_make(&t);
    temp_dir_path(&t, "out", path);
    assert_int_equal(vlt_outdir_begin(path, &d, NULL), VAULT_OK);
    put(d, "a", "one");
    put(d, "x/y/z", "two");
    vlt_outdir_drop(d, "a");
    put(d, "a", "again");
    assert_true(vlt_outdir_discard(d));
    assert_int_equal(temp_dir_count(&t), 0);
    assert_true(vlt_outdir_discard(NULL));
    temp_dir_remove(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_folder_appears_at_the_end),
        cmocka_unit_test(an_empty_folder_is_filled_at_the_end),
        cmocka_unit_test(what_is_there_is_refused_and_untouched),
        cmocka_unit_test(what_comes_meanwhile_is_not_replaced),
        cmocka_unit_test(a_planted_link_is_not_followed),
        cmocka_unit_test(a_discarded_folder_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
