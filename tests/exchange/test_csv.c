/* SPDX-License-Identifier: Apache-2.0 */
/* test_csv.c: tables are read as RFC 4180 says, and hostile ones answered */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "csv.h"
#include "fail.h"

/* All rows as text: cells in brackets, a row per line, ! and the column for a
 * mistake. */
static char *
read_all_of(const char *text, size_t n, char separator, enum vault_status *st)
{
    struct feed feed;
    struct csv csv = {0};
    const struct csv_row *row = NULL;
    struct vlt_buf out;
    char *copy;

    vlt_buf_init(&out, 1 << 24);
    assert_int_equal(feed_bytes(&feed, text, n, NULL), VAULT_OK);
    *st = csv_begin(&csv, &feed, separator, NULL);
    while (*st == VAULT_OK) {
        *st = csv_next(&csv, &row, NULL);
        if (*st != VAULT_OK || row == NULL)
            break;
        for (size_t i = 0; i < row->n; i++) {
            assert_int_equal(row->cell[i].p[row->cell[i].n], 0);
            vlt_buf_put_str(&out, "[");
            vlt_buf_put(&out, row->cell[i].p, row->cell[i].n);
            vlt_buf_put_str(&out, "]");
        }
        if (row->mistake != NULL)
            vlt_buf_printf(&out, "!%zu row %d line %d", row->column,
                (int)row->number, (int)row->line);
        vlt_buf_put_str(&out, "\n");
    }
    csv_clear(&csv);
    feed_clear(&feed);
    copy = strdup(vlt_buf_cstr(&out));
    vlt_buf_clear(&out);
    return copy;
}

struct example {
    const char *name, *text, *want;
};

/* RFC 4180, section 2, and what spreadsheets make of it. */
static const struct example examples[] = {
    {"rule 1: lines end with CRLF", "aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n",
        "[aaa][bbb][ccc]\n[zzz][yyy][xxx]\n"},
    {"rule 2: the last may have none", "aaa,bbb\r\nzzz,yyy",
        "[aaa][bbb]\n[zzz][yyy]\n"},
    {"rule 4: blanks belong to the cell", "a, b ,c\n", "[a][ b ][c]\n"},
    {"rule 5: quotes around", "\"aaa\",\"bbb\"\r\nzzz,yyy\r\n",
        "[aaa][bbb]\n[zzz][yyy]\n"},
    {"rule 6: line ends within", "\"aaa\",\"b \r\nbb\",\"ccc\"\r\nz,y,x\r\n",
        "[aaa][b \r\nbb][ccc]\n[z][y][x]\n"},
    {"rule 7: two quotes are one", "\"aaa\",\"b\"\"bb\",\"ccc\"\r\n",
        "[aaa][b\"bb][ccc]\n"},
    {"empty cells", ",,\n\"\",a,\n", "[][][]\n[][a][]\n"},
    {"one column with an empty cell", "a\n\"\"\nb\n", "[a]\n[]\n[b]\n"},
    {"empty lines are passed over", "a\n\n\r\nb\n\n", "[a]\n[b]\n"},
    {"CR alone ends a row", "a,b\rc,d\r", "[a][b]\n[c][d]\n"},
    {"but not where rows end otherwise", "a,b\nc\rd,e\r\n",
        "[a][b]\n[c\rd][e]\n"},
    {"a quote inside is a character", "a\"b,5\"\nc,d\n",
        "[a\"b][5\"]\n[c][d]\n"},
    {"semicolons", "a;b,c;d\n1;2,5;3\n", "[a][b,c][d]\n[1][2,5][3]\n"},
    {"tabs", "a\tb\n1\t2,5\n", "[a][b]\n[1][2,5]\n"},
    {"quoted separators do not count", "\"a;b;c\",d\n1,2\n",
        "[a;b;c][d]\n[1][2]\n"},
    {"sep= says which", "sep=|\r\na|b,c\n", "[a][b,c]\n"},
    {"byte order mark",
        "\xef\xbb\xbf"
        "a,b\n",
        "[a][b]\n"},
    {"Kazakh, Chinese, Arabic letters", "Аты,姓名\nАйгүл,王芳\nئايگۈل,x\n",
        "[Аты][姓名]\n[Айгүл][王芳]\n[ئايگۈل][x]\n"},
    {"formulas are texts", "a,b\n=1+1,@x\n", "[a][b]\n[=1+1][@x]\n"},
    {"nothing", "", ""},
    {"only line ends", "\n\r\n", ""},
};

static void
tables_are_read_as_the_rfc_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < VLT_COUNT(examples); i++) {
        enum vault_status st;
        char *got =
            read_all_of(examples[i].text, strlen(examples[i].text), 0, &st);

        if (strcmp(got, examples[i].want) != 0)
            fail_msg("%s: %s", examples[i].name, got);
        assert_int_equal(st, VAULT_OK);
        free(got);
    }
}

/* Row and line as a person finds them; the rows behind go on. */
static const struct example broken[] = {
    {"text behind a closing quote", "a,b\n\"x\"y,1\nc,d\n",
        "[a][b]\n!1 row 2 line 2\n[c][d]\n"},
    {"an open quote: where it began", "a,b\n1,2\n3,\"x\n4,5\n6,7\n",
        "[a][b]\n[1][2]\n!2 row 3 line 3\n"},
    {"rows are counted as a spreadsheet does", "a\n\"1\n1\"\n\n\"x\"y\n",
        "[a]\n[1\n1]\n!1 row 4 line 5\n"},
    {"not UTF-8", "a,b\n1,\xcf\xf0\n3,4\n",
        "[a][b]\n!2 row 2 line 2\n[3][4]\n"},
};

static void
a_bad_row_does_not_take_the_others_along(void **state)
{
    (void)state;
    for (size_t i = 0; i < VLT_COUNT(broken); i++) {
        enum vault_status st;
        char *got = read_all_of(broken[i].text, strlen(broken[i].text), 0, &st);

        if (strcmp(got, broken[i].want) != 0)
            fail_msg("%s: %s", broken[i].name, got);
        assert_int_equal(st, VAULT_OK);
        free(got);
    }
}

static void
a_zero_byte_is_a_mistake_of_its_row(void **state)
{
    static const char text[] = "a,b\n1,x\0y\n3,4\n";
    enum vault_status st;
    char *got = read_all_of(text, sizeof text - 1, 0, &st);

    (void)state;
    assert_string_equal(got, "[a][b]\n!2 row 2 line 2\n[3][4]\n");
    free(got);
}

static void
other_encodings_are_refused(void **state)
{
    static const struct {
        const char *p;
        size_t n;
    } files[] = {{"\xff\xfe"
                  "a\0,\0b\0\n\0",
                     10},
        {"\xfe\xff\0a\0,\0b", 8}, {"PK\3\4rest of a spreadsheet", 26},
        {"\xd0\xcf\x11\xe0 old spreadsheet", 20}};

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(files); i++) {
        enum vault_status st;
        char *got = read_all_of(files[i].p, files[i].n, 0, &st);

        assert_int_equal(st, VAULT_E_FORMAT);
        assert_string_equal(got, "");
        free(got);
    }
}

/* n bytes of `fill` between two texts. */
static char *
filled(const char *before, char fill, size_t n, const char *after, size_t *len)
{
    size_t a = strlen(before), b = strlen(after);
    char *s = malloc(a + n + b + 1);

    assert_non_null(s);
    memcpy(s, before, a);
    memset(s + a, fill, n);
    memcpy(s + a + n, after, b + 1);
    *len = a + n + b;
    return s;
}

static void
cells_rows_and_columns_have_ceilings(void **state)
{
    enum vault_status st;
    char *text, *got;
    size_t n;

    (void)state;
    text = filled("a\n", 'x', CSV_CELL_MAX, "\nb\n", &n);
    got = read_all_of(text, n, 0, &st);
    assert_int_equal(st, VAULT_OK);
    assert_int_equal(strlen(got), strlen("[a]\n[]\n[b]\n") + CSV_CELL_MAX);
    free(got);
    free(text);

    text = filled("a\n", 'x', (size_t)CSV_CELL_MAX + 1, "\nb\n", &n);
    got = read_all_of(text, n, 0, &st);
    assert_string_equal(got, "[a]\n!1 row 2 line 2\n[b]\n");
    free(got);
    free(text);

    text = filled("a\n", ',', 100000, "\nb\n", &n);
    got = read_all_of(text, n, 0, &st);
    assert_string_equal(got, "[a]\n!0 row 2 line 2\n[b]\n");
    free(got);
    free(text);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_read_as_the_rfc_says),
        cmocka_unit_test(a_bad_row_does_not_take_the_others_along),
        cmocka_unit_test(a_zero_byte_is_a_mistake_of_its_row),
        cmocka_unit_test(other_encodings_are_refused),
        cmocka_unit_test(cells_rows_and_columns_have_ceilings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
