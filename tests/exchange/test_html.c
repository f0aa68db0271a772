/* SPDX-License-Identifier: Apache-2.0 */
/* test_html.c: what others wrote stays text, wherever it stands in a page */
#include "html.h"

#include "fail.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct page {
    struct vlt_buf b;
    size_t pieces;
    size_t fail_at; /* the piece that cannot be written; 0: none */
};

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct page *page = ctx;

    if (++page->pieces == page->fail_at)
        return vlt_fail(err, VAULT_E_IO, "the disk is full");
    vlt_buf_put(&page->b, p, n);
    return VAULT_OK;
}

static void
begin(struct html *h, struct page *page)
{
    memset(page, 0, sizeof *page);
    vlt_buf_init(&page->b, 64 * 1024 * 1024);
    html_begin(h, put, page);
}

static void
expect_page(struct html *h, struct page *page, const char *want)
{
    struct vault_error err;

    assert_int_equal(html_end(h, &err), VAULT_OK);
    assert_string_equal(vlt_buf_cstr(&page->b), want);
    vlt_buf_clear(&page->b);
}

static void
elements_close_in_their_turn(void **state)
{
    struct html h;
    struct page page;

    (void)state;
    begin(&h, &page);
    html_open(&h, "p");
    html_attr(&h, "class", "a");
    html_text(&h, "x");
    html_open(&h, "br");
    html_close(&h);
    html_code(&h, "ab12");
    html_close_line(&h);
    html_line(&h, "li", NULL, "");
    html_open(&h, "td"); /* `<td/>` would stay open for a browser */
    html_close(&h);
    expect_page(&h, &page,
        "<p class=\"a\">x<br/><code dir=\"ltr\">ab12</code></p>\n"
        "<li></li>\n<td></td>");
}

static void
texts_and_values_cannot_become_markup(void **state)
{
    static const struct {
        const char *name, *in, *text, *quote;
        size_t n;
    } rows[] = {
        {"markup", "<script>&\"'", "&lt;script&gt;&amp;&quot;&#39;",
            "&lt;script&gt;&amp;&quot;&#39;", 11},
        {"entity", "&lt;", "&amp;lt;", "&amp;lt;", 4},
        {"bidi override", "a\xe2\x80\xaegnp", "a\\u202egnp", "a\\u202egnp", 7},
        {"isolate end", "\xe2\x81\xa9", "\\u2069", "\\u2069", 3},
        {"escape", "\x1b[2J", "\\u001b[2J", "\\u001b[2J", 4},
        {"not UTF-8", "\xff\xc0", "\\xff\\xc0", "\\xff\\xc0", 2},
        {"overlong <", "\xc0\xbc", "\\xc0\\xbc", "\\xc0\\xbc", 2},
        {"line feed", "a\nb", "a\\nb", "a\\nb", 3},
        {"backslash", "C:\\x", "C:\\x", "C:\\\\x", 4},
        {"noncharacter", "\xef\xbf\xbe", "\\ufffe", "\\ufffe", 3},
        {"plain", "ئۇچۇر 证据", "ئۇچۇر 证据", "ئۇچۇر 证据", 17},
    };

    (void)state;
    for (size_t i = 0; i < VLT_COUNT(rows); i++) {
        struct html h;
        struct page page;
        char want[256];

        print_message("%s\n", rows[i].name);
        assert_int_equal(strlen(rows[i].in), rows[i].n);
        begin(&h, &page);
        html_open(&h, "p");
        html_attr(&h, "title", rows[i].in);
        html_text(&h, rows[i].in);
        html_quote(&h, rows[i].in, rows[i].n);
        html_close(&h);
        (void)snprintf(want, sizeof want, "<p title=\"%s\">%s<bdi>%s</bdi></p>",
            rows[i].text, rows[i].text, rows[i].quote);
        expect_page(&h, &page, want);
    }
}

static void
a_zero_byte_is_shown(void **state)
{
    struct html h;
    struct page page;

    (void)state;
    begin(&h, &page);
    html_quote(&h, "a\0b", 3);
    expect_page(&h, &page, "<bdi>a\\u0000b</bdi>");
}

static void
a_long_page_leaves_in_pieces_and_a_failure_is_told(void **state)
{
    struct html h;
    struct page page;
    struct vault_error err;

    (void)state;
    begin(&h, &page);
    for (int i = 0; i < 20000; i++)
        html_line(&h, "p", NULL, "some text");
    assert_int_equal(html_end(&h, &err), VAULT_OK);
    assert_true(page.pieces > 4);
    assert_int_equal(page.b.len, 20000 * strlen("<p>some text</p>\n"));
    vlt_buf_clear(&page.b);

    begin(&h, &page);
    page.fail_at = 2;
    for (int i = 0; i < 20000; i++)
        html_line(&h, "p", NULL, "some text");
    assert_int_equal(html_end(&h, &err), VAULT_E_IO);
    assert_string_equal(err.message, "the disk is full");
    assert_int_equal(page.pieces, 2);
    vlt_buf_clear(&page.b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements_close_in_their_turn),
        cmocka_unit_test(texts_and_values_cannot_become_markup),
        cmocka_unit_test(a_zero_byte_is_shown),
        cmocka_unit_test(a_long_page_leaves_in_pieces_and_a_failure_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
