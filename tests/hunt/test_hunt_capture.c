/* SPDX-License-Identifier: Apache-2.0 */
/* test_hunt_capture.c: nothing on the disk and in the memory of a machine that
 * seals while locked opens what it sealed */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memory_image.h"
#include "seized.h"

enum { BODY = 50000 };

/* The vault and its capture file, and what was sealed unlocked. */
static void
make(struct seized *s)
{
    struct vault *v = seized_unlock(s);
    struct vault_error err;

    seized_must(vault_capture_create(v, s->capture, &err), &err);
    seized_add(v, "sealed unlocked", BODY, 1, NULL);
    vault_close(v);
}

/* The machine is taken while the program runs, and when it has ended. */
static void
capture(struct seized *s)
{
    struct vault *c = seized_capture(s);

    seized_add(c, "first", BODY, 2, NULL);
    seized_add(c, "second", 0, 0, NULL);
    (void)memory_image(s->during);
    vault_close(c);
    (void)memory_image(s->after);
}

static void
work_unlocked(struct seized *s)
{
    struct vault *v = seized_unlock(s);

    seized_add(v, "unlocked again", BODY, 3, NULL);
    (void)memory_image(s->during);
    vault_close(v);
    (void)memory_image(s->after);
}

static void
nothing_opens_what_was_sealed_while_locked(void **state)
{
    struct seized s;
    struct hunt *h = hunt_new();

    (void)state;
    seized_begin(&s);
    seized_do(make, &s);
    seized_do(capture, &s);
    hunt_target(h, s.capture);
    hunt_target(h, s.vault);
    seized_hunt(&s, h);
    if (hunt_opened(h) != 0)
        fail_msg("%s", hunt_report(h));
    /* what signs further lines of the session does lie there, in clear */
    assert_true(hunt_count(h, HUNT_LOG) >= 1);
    assert_int_equal(hunt_count(h, HUNT_SIGN), 0);
    hunt_free(h);
    seized_end(&s);
}

/* The control of all this: the same hunt, on a process that holds the keys. */
static void
a_running_unlocked_process_has_the_keys_and_a_finished_one_has_not(void **state)
{
    struct seized s;
    struct hunt *h = hunt_new();

    (void)state;
    seized_begin(&s);
    seized_do(make, &s);
    seized_do(work_unlocked, &s);
    hunt_target(h, s.vault);
    if (temp_exists(s.during)) {
        hunt_file(h, s.during, 1000003);
        assert_true(hunt_count(h, HUNT_VMK) >= 1);
        assert_true(hunt_count(h, HUNT_SEED) >= 1);
        assert_true(hunt_count(h, HUNT_E0) >= 1);
        (void)remove(s.during);
    }
    hunt_free(h);
    h = hunt_new();
    hunt_target(h, s.vault);
    seized_hunt(&s, h);
    if (hunt_opened(h) + hunt_count(h, HUNT_SIGN) + hunt_count(h, HUNT_LOG) !=
        0)
        fail_msg("%s", hunt_report(h));
    hunt_free(h);
    seized_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_opens_what_was_sealed_while_locked),
        cmocka_unit_test(
            a_running_unlocked_process_has_the_keys_and_a_finished_one_has_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
