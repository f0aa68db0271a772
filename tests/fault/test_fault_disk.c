/* SPDX-License-Identifier: Apache-2.0 */
/* test_fault_disk.c: the disk of these tests loses what it may, and is noticed */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "fault_loop.h"

static struct fault_world world;

static int
set_up(void **state)
{
    (void)state;
    fault_world_init(&world);
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    fault_world_clear(&world);
    return 0;
}

/* ---- the model by itself ---- */

static void
put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static void
holds(const char *name, const char *text)
{
    struct folder_image now;
    const struct folder_file *f;

    folder_image_load(&now, world.folder);
    f = folder_image_find(&now, name);
    if (text == NULL) {
        assert_null(f);
    } else {
        assert_non_null(f);
        assert_int_equal(f->n, strlen(text));
        assert_memory_equal(f->p, text, f->n);
    }
    folder_image_clear(&now);
}

/* "a" is written twice, with a sync between; "b" is made, "c" goes. */
static struct fault_wreck *
small_disk(bool sync_names)
{
    static const struct folder_image nothing;
    char a[FAULT_PATH + 8], b[FAULT_PATH + 8], c[FAULT_PATH + 8];
    struct fault_node *f;

    snprintf(a, sizeof a, "%s/a", world.folder);
    snprintf(b, sizeof b, "%s/b", world.folder);
    snprintf(c, sizeof c, "%s/c", world.folder);
    folder_image_lay(&nothing, world.folder);
    put(a, "1234");
    put(c, "gone");
    fault_disk_begin(world.folder);
    f = fault_node_at(a, false);
    fault_node_write(f, "AB", 2, 0);
    fault_node_sync(f);
    fault_node_write(f, "yz", 2, 3);
    put(a, "AB3yz");
    put(b, "new");
    f = fault_node_at(b, true);
    fault_node_write(f, "new", 3, 0);
    fault_disk_deleted(c);
    unlink(c);
    if (sync_names)
        fault_disk_sync_names();
    return fault_disk_end();
}

static void
what_was_synced_stays_and_the_rest_may_go(void **state)
{
    struct fault_wreck *w = small_disk(false);

    (void)state;
    assert_int_equal(fault_wreck_loose(w), 4);
    fault_wreck_lay(w, FAULT_LOSE_ALL, 0);
    holds("a", "AB34");
    holds("b", NULL);
    holds("c", "gone");
    fault_wreck_lay(w, FAULT_KEEP_ALL, 0);
    holds("a", "AB3yz");
    holds("b", "new");
    holds("c", NULL);
    fault_wreck_free(w);
}

static void
names_and_bytes_are_synced_apart(void **state)
{
    struct fault_wreck *w = small_disk(true);

    (void)state;
    fault_wreck_lay(w, FAULT_LOSE_ALL, 0);
    holds("a", "AB34");
    holds("b", "");
    holds("c", NULL);
    fault_wreck_free(w);
}

static void
each_unsynced_operation_is_kept_or_lost_by_itself(void **state)
{
    struct fault_wreck *w = small_disk(false);
    struct folder_image now;
    unsigned seen = 0;
    unsigned seed;

    (void)state;
    for (seed = 0; seed < 400; seed++) {
        fault_wreck_lay(w, FAULT_KEEP_SOME, seed);
        folder_image_load(&now, world.folder);
        seen |= 1U << ((folder_image_find(&now, "b") != NULL) +
                    2 * (folder_image_find(&now, "c") != NULL) +
                    4 * (folder_image_find(&now, "a")->n == 5));
        folder_image_clear(&now);
    }
    assert_int_equal(seen, 0xff);
    fault_wreck_free(w);
}

/* ---- the loops notice what they are for ---- */

static uint64_t
violations(enum fault_action a, enum fault_lie lie)
{
    struct fault_count count = {0, 0, 0};

    fault_disk_lie(lie);
    fault_loop_cut(&world, a, (struct fault_effort){2, 1, true}, &count);
    fault_disk_lie(FAULT_HONEST);
    printf("%s, lie %d: %u of %u disks are not as they must be\n",
        fault_action_name(a), (int)lie, (unsigned)count.failed,
        (unsigned)count.tried);
    return count.failed;
}

static void
a_forgotten_sync_of_a_file_is_noticed(void **state)
{
    (void)state;
    assert_true(violations(FAULT_INIT, FAULT_LIE_DATA) > 0);
    assert_true(violations(FAULT_ADD_SMALL, FAULT_LIE_DATA) > 0);
}

static void
a_forgotten_sync_of_the_folder_is_noticed(void **state)
{
    (void)state;
    assert_true(violations(FAULT_SLOT_CHANGE, FAULT_LIE_NAMES) > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_synced_stays_and_the_rest_may_go),
        cmocka_unit_test(names_and_bytes_are_synced_apart),
        cmocka_unit_test(each_unsynced_operation_is_kept_or_lost_by_itself),
        cmocka_unit_test(a_forgotten_sync_of_a_file_is_noticed),
        cmocka_unit_test(a_forgotten_sync_of_the_folder_is_noticed),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
