/* SPDX-License-Identifier: Apache-2.0 */
/* doc_example.h: the worked examples of docs/format.md, read from the text */
#ifndef TEST_DOC_EXAMPLE_H
#define TEST_DOC_EXAMPLE_H

/* Include after <cmocka.h>. The text is $SRC/docs/format.md, or docs/format.md
 * here or up to three folders up. A test that lacks it is skipped. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline FILE *
doc_open(void)
{
    static const char *const up[] = {"", "../", "../../", "../../../"};
    const char *src = getenv("SRC");
    char path[4096];
    FILE *f = NULL;

    if (src != NULL) {
        (void)snprintf(path, sizeof path, "%s/docs/format.md", src);
        f = fopen(path, "rb");
    }
    for (size_t i = 0; f == NULL && i < sizeof up / sizeof up[0]; i++) {
        (void)snprintf(path, sizeof path, "%sdocs/format.md", up[i]);
        f = fopen(path, "rb");
    }
    return f;
}

/* The value behind `key = ` in the example, as text, in static memory. */
static inline const char *
doc_text(const char *example, const char *key)
{
    static char line[65536];
    char head[256], lead[256];
    int inside = 0;
    FILE *f = doc_open();

    if (f == NULL)
        skip();
    (void)snprintf(head, sizeof head, "example: %s\n", example);
    (void)snprintf(lead, sizeof lead, "%s = ", key);
    while (fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "example: ", 9) == 0)
            inside = strcmp(line, head) == 0;
        if (inside && strncmp(line, lead, strlen(lead)) == 0) {
            (void)fclose(f);
            line[strcspn(line, "\n")] = '\0';
            return line + strlen(lead);
        }
    }
    (void)fclose(f);
    fail_msg("docs/format.md has no example %s with %s", example, key);
    return "";
}

/* The same as n bytes. */
static inline void
doc_hex(uint8_t *out, size_t n, const char *example, const char *key)
{
    from_hex(out, n, doc_text(example, key));
}

#endif
