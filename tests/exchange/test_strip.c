/* SPDX-License-Identifier: Apache-2.0 */
/* test_strip.c: copies without metadata, byte for byte, and what is refused */
#include "strip.h"

#include "bytes.h"
#include "fail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct told {
    unsigned n;
    const char *last;
    uint64_t bytes;
};

static int
removed(void *ctx, const char *what, uint64_t bytes)
{
    struct told *t = ctx;

    t->n++;
    t->last = what;
    t->bytes = bytes;
    return 0;
}

static int
stop(void *ctx, const char *what, uint64_t bytes)
{
    (void)ctx;
    (void)what;
    (void)bytes;
    return 1;
}

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    (void)err;
    vlt_buf_put(ctx, p, n);
    return VAULT_OK;
}

static enum vault_status
copy(const void *p, size_t n, struct vlt_buf *to, struct told *t)
{
    struct strip_in in = {p, n};
    struct strip_out out = {put, to};

    return strip_copy(&in, &out, removed, t, NULL);
}

static void
the_kind_is_told_by_content(void **state)
{
    static const struct {
        const char *head;
        size_t n;
        enum strip_kind kind;
    } rows[] = {
        {"\xff\xd8\xff\xe0", 4, STRIP_JPEG},
        {"\xff\xd8\xff", 3, STRIP_JPEG},
        {"\xff\xd8", 2, STRIP_NONE},
        {"\x89PNG\r\n\x1a\n", 8, STRIP_PNG},
        {"\x89PNG\r\n\x1a", 7, STRIP_NONE},
        {"%PDF-1.4", 8, STRIP_PDF},
        {"\n\n%PDF-", 7, STRIP_PDF},
        {"%PDF", 4, STRIP_NONE},
        {"GIF89a", 6, STRIP_NONE},
        {"", 0, STRIP_NONE},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++)
        assert_int_equal(strip_kind(rows[i].head, rows[i].n), rows[i].kind);
}

/* A picture by hand, from ITU-T T.81: frame, table, one scan. */
#define FRAME "\xff\xc0\0\x0b\x08\0\x08\0\x08\1\1\x11\0"
#define SCAN  "\xff\xda\0\x08\1\1\0\0\x3f\0\x12\xff\0\x34\xff\xd0\x56"
#define END   "\xff\xd9"

static void
a_picture_keeps_its_frame_and_scan(void **state)
{
    static const struct {
        const char *name, *in;
        size_t n;
        const char *out; /* NULL: refused */
        size_t out_n;
    } rows[] = {
        {"nothing to take out", "\xff\xd8" FRAME SCAN END, 34,
            "\xff\xd8" FRAME SCAN END, 34},
        {"a comment", "\xff\xd8\xff\xfe\0\4ab" FRAME SCAN END, 40,
            "\xff\xd8" FRAME SCAN END, 34},
        {"a comment between fill bytes and after the scan",
            "\xff\xd8" FRAME SCAN "\xff\xff\xff\xfe\0\4ab" END, 42,
            "\xff\xd8" FRAME SCAN END, 34},
        {"after the end", "\xff\xd8" FRAME SCAN END "abc", 37,
            "\xff\xd8" FRAME SCAN END, 34},
        {"Exif, upright",
            "\xff\xd8\xff\xe1\0\x22"
            "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\1\0\0\0\0\0\0" FRAME
                SCAN END,
            70, "\xff\xd8" FRAME SCAN END, 34},
        {"Exif, turned, little-endian",
            "\xff\xd8\xff\xe1\0\x22"
            "Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0\0\0\0\0" FRAME
                SCAN END,
            70,
            "\xff\xd8\xff\xe1\0\x22"
            "Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0" FRAME
                SCAN END,
            70},
        {"no end", "\xff\xd8" FRAME SCAN, 32, NULL, 0},
        {"no scan", "\xff\xd8" FRAME END, 17, NULL, 0},
        {"two frames", "\xff\xd8" FRAME FRAME SCAN END, 47, NULL, 0},
        {"bytes after the frame's",
            "\xff\xd8\xff\xc0\0\x0c\x08\0\x08\0\x08\1\1"
            "\x11\0\0" SCAN END,
            35, NULL, 0},
        {"bytes between segments", "\xff\xd8" FRAME "x" SCAN END, 35, NULL, 0},
        {"a segment longer than the file", "\xff\xd8\xff\xfe\xff\xff", 6, NULL,
            0},
        {"a reserved marker", "\xff\xd8\xff\xf7\0\2" FRAME SCAN END, 38, NULL,
            0},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct vlt_buf out;
        struct told t = {0};
        enum vault_status st;

        vlt_buf_init(&out, 1000);
        print_message("%s\n", rows[i].name);
        st = copy(rows[i].in, rows[i].n, &out, &t);
        assert_int_equal(st, rows[i].out != NULL ? VAULT_OK : VAULT_E_USAGE);
        assert_int_equal(out.len, rows[i].out_n);
        if (out.len > 0)
            assert_memory_equal(out.p, rows[i].out, out.len);
        assert_int_equal(t.n == 0, rows[i].out == NULL || i == 0);
        vlt_buf_clear(&out);
    }
}

static void *
read_sample(const char *name, size_t *n)
{
    const char *src = getenv("SRC");
    char path[4096];
    FILE *f;
    void *p;
    long size;

    if (src == NULL)
        skip();
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/exchange_strip/%s",
        src, name);
    f = fopen(path, "rb");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    size = ftell(f);
    rewind(f);
    p = malloc((size_t)size);
    assert_non_null(p);
    assert_int_equal(fread(p, 1, (size_t)size, f), (size_t)size);
    (void)fclose(f);
    *n = (size_t)size;
    return p;
}

/* Cut anywhere: refused with nothing written, or only the rest is missing. */
static void
what_is_cut_off_gives_no_copy(void **state)
{
    static const struct {
        const char *name;
        size_t whole; /* from here on all of it is there */
    } rows[] = {{"progressive.jpg", 637}, {"full.png", 1417},
        {"packed.pdf", 6368}};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        size_t n = 0;
        uint8_t *all = read_sample(rows[i].name, &n);
        size_t step = 1 + n / 700;

        for (size_t cut = 0; cut < rows[i].whole; cut += step) {
            uint8_t *p = vlt_memdup(all, cut);
            struct vlt_buf out;
            struct told t = {0};

            vlt_buf_init(&out, STRIP_MAX);
            assert_int_equal(copy(p, cut, &out, &t), VAULT_E_USAGE);
            assert_int_equal(out.len, 0);
            assert_int_equal(t.n, 0);
            vlt_buf_clear(&out);
            free(p);
        }
        free(all);
    }
}

static void
what_is_too_large_is_not_looked_at(void **state)
{
    struct told t = {0};
    struct vlt_buf out;
    uint8_t one = 0xff;

    (void)state;
    vlt_buf_init(&out, 1000);
    assert_int_equal(copy(&one, (size_t)STRIP_MAX + 1, &out, &t),
        VAULT_E_LIMIT);
    assert_int_equal(copy("GIF89a", 6, &out, &t), VAULT_E_USAGE);
    assert_int_equal(copy("", 0, &out, &t), VAULT_E_USAGE);
    assert_int_equal(out.len, 0);
}

static void
whoever_is_told_can_stop_it(void **state)
{
    static const char in[] = "\xff\xd8\xff\xfe\0\4ab" FRAME SCAN END;
    struct strip_in from = {in, 40};
    struct vlt_buf buf;
    struct strip_out out = {put, &buf};

    (void)state;
    vlt_buf_init(&buf, 1000);
    assert_int_equal(strip_copy(&from, &out, stop, NULL, NULL),
        VAULT_E_CANCELLED);
    assert_int_equal(buf.len, 0);
}

static void
the_same_kind_is_told_once_with_its_bytes(void **state)
{
    static const char in[] =
        "\xff\xd8\xff\xfe\0\4ab\xff\xfe\0\3c" FRAME SCAN END;
    struct told t = {0};
    struct vlt_buf out;

    (void)state;
    vlt_buf_init(&out, 1000);
    assert_int_equal(copy(in, 45, &out, &t), VAULT_OK);
    assert_int_equal(t.n, 1);
    assert_string_equal(t.last, "comments");
    assert_int_equal(t.bytes, 6 + 5);
    vlt_buf_clear(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kind_is_told_by_content),
        cmocka_unit_test(a_picture_keeps_its_frame_and_scan),
        cmocka_unit_test(what_is_cut_off_gives_no_copy),
        cmocka_unit_test(what_is_too_large_is_not_looked_at),
        cmocka_unit_test(whoever_is_told_can_stop_it),
        cmocka_unit_test(the_same_kind_is_told_once_with_its_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
