/* SPDX-License-Identifier: Apache-2.0 */
/* test_segment_rows.c: sealed bodies by segment, and what is staged */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "record_rows.h"
#include "row_store.h"

static void
segments_come_back_with_exactly_their_length(void **state)
{
    uint8_t in[1000], out[1000];
    uint64_t n = 0;

    (void)state;
    quick_noise(in, sizeof in, 1);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(vlt_segment_put(s, 7, i, in + i, 500, NULL), VAULT_OK);
    assert_int_not_equal(vlt_segment_put(s, 7, 4, in, 500, NULL), VAULT_OK);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(vlt_segment_get(s, 7, i, out, 500, NULL), VAULT_OK);
        assert_memory_equal(out, in + i, 500);
        assert_int_equal(vlt_segment_get(s, 7, i, out, 499, NULL),
            VAULT_E_TAMPERED);
        assert_int_equal(vlt_segment_get(s, 7, i, out, 501, NULL),
            VAULT_E_TAMPERED);
    }
    assert_int_equal(vlt_segment_get(s, 7, 5, out, 500, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_segment_get(s, 8, 0, out, 500, NULL),
        VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_segment_count(s, 7, &n, NULL), VAULT_OK);
    assert_int_equal(n, 5);
    assert_int_equal(vlt_segment_count(s, 8, &n, NULL), VAULT_OK);
    assert_int_equal(n, 0);
}

/* Those around the length from which they are read page by page. */
static void
large_segments_come_back_as_small_ones_do(void **state)
{
    static const size_t sizes[] = {65535, 65536, 65537, VLT_SEGMENT_SEALED - 1,
        VLT_SEGMENT_SEALED};
    static uint8_t in[VLT_SEGMENT_SEALED], out[VLT_SEGMENT_SEALED];

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        size_t n = sizes[i];

        quick_noise(in, n, 100 + i);
        assert_int_equal(vlt_segment_put(s, 9, i, in, n, NULL), VAULT_OK);
        memset(out, 0, n);
        assert_int_equal(vlt_segment_get(s, 9, i, out, n, NULL), VAULT_OK);
        assert_memory_equal(out, in, n);
        assert_int_equal(vlt_segment_get(s, 9, i, out, n - 1, NULL),
            VAULT_E_TAMPERED);
    }
    assert_int_equal(vlt_segment_get(s, 9, 3, out, VLT_SEGMENT_SEALED, NULL),
        VAULT_E_TAMPERED);
    assert_int_equal(vlt_segment_get(s, 9, 5, out, 65536, NULL),
        VAULT_E_NOT_FOUND);
}

static void
segments_are_deleted_piece_by_piece(void **state)
{
    uint64_t n = 0;

    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(vlt_segment_put(s, 7, i, "a", 1, NULL), VAULT_OK);
        assert_int_equal(vlt_segment_put(s, 8, i, "b", 1, NULL), VAULT_OK);
    }
    assert_int_equal(vlt_segments_delete(s, 7, 3, &n, NULL), VAULT_OK);
    assert_int_equal(n, 3);
    assert_int_equal(vlt_segments_delete(s, 7, 3, &n, NULL), VAULT_OK);
    assert_int_equal(n, 2);
    assert_int_equal(vlt_segments_delete(s, 7, 3, &n, NULL), VAULT_OK);
    assert_int_equal(n, 0);
    assert_int_equal(vlt_segment_count(s, 8, &n, NULL), VAULT_OK);
    assert_int_equal(n, 5);
}

static void
staged_numbers_are_listed_lowest_first_and_never_reused(void **state)
{
    uint64_t n = 0;

    (void)state;
    assert_int_equal(vlt_staging_first(s, &n, NULL), VAULT_E_NOT_FOUND);
    assert_int_equal(vlt_record_next_rid(s, &n, NULL), VAULT_OK);
    assert_int_equal(n, 1);
    assert_int_equal(vlt_staging_put(s, 9, NULL), VAULT_OK);
    assert_int_equal(vlt_staging_put(s, 4, NULL), VAULT_OK);
    assert_int_equal(vlt_staging_put(s, 4, NULL), VAULT_OK);
    assert_int_equal(vlt_staging_first(s, &n, NULL), VAULT_OK);
    assert_int_equal(n, 4);
    assert_int_equal(vlt_record_next_rid(s, &n, NULL), VAULT_OK);
    assert_int_equal(n, 10);
    assert_int_equal(vlt_staging_delete(s, 4, NULL), VAULT_OK);
    assert_int_equal(vlt_staging_first(s, &n, NULL), VAULT_OK);
    assert_int_equal(n, 9);
    /* the highest number there is leaves no next one */
    assert_int_equal(vlt_staging_put(s, INT64_MAX, NULL), VAULT_OK);
    assert_int_equal(vlt_record_next_rid(s, &n, NULL), VAULT_E_TAMPERED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_ROWS(segments_come_back_with_exactly_their_length),
        WITH_ROWS(large_segments_come_back_as_small_ones_do),
        WITH_ROWS(segments_are_deleted_piece_by_piece),
        WITH_ROWS(staged_numbers_are_listed_lowest_first_and_never_reused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
