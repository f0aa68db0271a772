/* SPDX-License-Identifier: Apache-2.0 */
/* test_dateform.c: dates of tables become EDTF, with what they say and no
 * more */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "dateform.h"
#include "fail.h"

static void
a_date_keeps_its_precision(void **state)
{
    static const struct {
        const char *form, *from, *want; /* NULL: refused */
    } rows[] = {
        {"dd.mm.yyyy", "31.10.2029", "2029-10-31"},
        {"dd.mm.yyyy", "1.2.2029", "2029-02-01"},
        {"dd.mm.yyyy", "10.2029", "2029-10"},
        {"dd.mm.yyyy", "00.10.2029", "2029-10"},
        {"dd.mm.yyyy", "00.00.2029", "2029"},
        {"dd.mm.yyyy", "2029", "2029"},
        {"dd.mm.yyyy", "31/10/2029", NULL},
        {"dd.mm.yyyy", "31.10.29", NULL},
        {"dd.mm.yyyy", "2029-10-31", NULL},
        {"dd.mm.yyyy", "10.31.2029", NULL},
        {"dd.mm.yyyy", "31.00.2029", NULL},
        {"dd.mm.yyyy", "31.10.2029.", NULL},
        {"dd.mm.yyyy", "31.10.2029 ", NULL},
        {"dd.mm.yyyy", "", NULL},
        {"mm/dd/yyyy", "10/31/2029", "2029-10-31"},
        {"mm/dd/yyyy", "10/2029", "2029-10"},
        {"mm/dd/yyyy", "31/10/2029", NULL},
        {"yyyy-mm-dd", "2029-10-31", "2029-10-31"},
        {"yyyy/mm/dd", "2029/10", "2029-10"},
        {"edtf", "2029-10~", "2029-10~"},
        {"edtf", "193X", "193X"},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        char got[DATEFORM_SIZE] = "";
        bool good = dateform_edtf(rows[i].form, rows[i].from,
            strlen(rows[i].from), got);

        if (good != (rows[i].want != NULL) ||
            (good && strcmp(got, rows[i].want) != 0))
            fail_msg("%s of %s: %s", rows[i].form, rows[i].from, got);
    }
}

static void
only_forms_with_all_three_parts_are_forms(void **state)
{
    static const char *const good[] = {"dd.mm.yyyy", "mm/dd/yyyy", "dd-mm-yyyy",
        "yyyy.mm.dd", "edtf"};
    static const char *const bad[] = {"", "dd.mm", "dd.mm.yy", "dd.mm-yyyy",
        "dd.dd.yyyy", "dd mm yyyy", "dd.mm.yyyy.", "yyyymmdd"};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(good); i++)
        assert_true(dateform_ok(good[i]));
    for (size_t i = 0; i < VLT_COUNT(bad); i++)
        assert_false(dateform_ok(bad[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_date_keeps_its_precision),
        cmocka_unit_test(only_forms_with_all_three_parts_are_forms),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
