/* SPDX-License-Identifier: Apache-2.0 */
/* doc_values.h: examples of docs/format.md as values to take and compare */
#ifndef TEST_DOC_VALUES_H
#define TEST_DOC_VALUES_H

/* Include after <cmocka.h>. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "known.h"
#include "secret.h"
#include "../format/doc_example.h"

/*
 * An example is a list of `key = value`. A test takes inputs and compares
 * outputs; in the end each line must have been one or the other.
 */
enum { LINES = 64, EXAMPLES = 64, BYTES = 4200 };
struct line {
    char key[40];
    char *value;
    bool used;
};
struct example {
    char id[40];
    size_t n;
    struct line line[LINES];
};
static struct example all[EXAMPLES];
static size_t examples;
static struct example *now; /* the one being computed */

static struct line *
find(const char *key)
{
    size_t i;

    for (i = 0; i < now->n; i++) {
        if (strcmp(now->line[i].key, key) == 0) {
            now->line[i].used = true;
            return &now->line[i];
        }
    }
    fail_msg("%s has no %s", now->id, key);
    return NULL;
}

static const char *
text(const char *key)
{
    return find(key)->value;
}

/* An input of any length. */
static size_t
bytes(const char *key, uint8_t out[BYTES])
{
    const char *hex = text(key);
    size_t n = strlen(hex) / 2;

    assert_true(n <= BYTES);
    from_hex(out, n, hex);
    return n;
}

/* An input of n bytes. */
static void
take(const char *key, void *out, size_t n)
{
    uint8_t b[BYTES];

    assert_int_equal(bytes(key, b), n);
    memcpy(out, b, n);
}

static uint64_t
number(const char *key)
{
    return strtoull(text(key), NULL, 10);
}

static void
same(const char *key, const void *p, size_t n)
{
    uint8_t b[BYTES];

    if (bytes(key, b) != n || memcmp(b, p, n) != 0)
        fail_msg("%s: %s is not what the program computes", now->id, key);
}

/* All `line`s, each with its LF. */
static void
same_lines(const char *p, size_t n)
{
    char joined[BYTES];
    size_t at = 0, i;

    for (i = 0; i < now->n; i++) {
        if (strcmp(now->line[i].key, "line") != 0)
            continue;
        now->line[i].used = true;
        at += (size_t)snprintf(joined + at, sizeof joined - at, "%s\n",
            now->line[i].value);
        assert_true(at < sizeof joined);
    }
    assert_int_equal(at, n);
    assert_memory_equal(joined, p, n);
}

static bool
has(const char *key)
{
    size_t i;

    for (i = 0; i < now->n; i++) {
        if (strcmp(now->line[i].key, key) == 0)
            return true;
    }
    return false;
}

/* ---- reading them ---- */

static void
add_line(struct example *e, char *line)
{
    char *eq = strstr(line, " =");
    struct line *l = &e->line[e->n];

    assert_true(e->n < LINES);
    assert_non_null(eq);
    *eq = 0;
    (void)snprintf(l->key, sizeof l->key, "%.39s", line);
    l->value = strdup(eq[2] == ' ' ? eq + 3 : eq + 2);
    assert_non_null(l->value);
    e->n++;
}

static int
read_examples(void **unused)
{
    static char line[65536];
    struct example *e = NULL;
    FILE *f = doc_open();

    (void)unused;
    if (f == NULL)
        return -1;
    while (fgets(line, sizeof line, f) != NULL) {
        line[strcspn(line, "\n")] = 0;
        if (strncmp(line, "example: ", 9) == 0) {
            assert_true(examples < EXAMPLES);
            e = &all[examples++];
            (void)snprintf(e->id, sizeof e->id, "%.39s", line + 9);
        } else if (strncmp(line, "```", 3) == 0) {
            e = NULL;
        } else if (e != NULL) {
            add_line(e, line);
        }
    }
    (void)fclose(f);
    return vlt_crypto_init(NULL) == VAULT_OK ? 0 : -1;
}

static int
forget_examples(void **unused)
{
    size_t i, j;

    (void)unused;
    for (i = 0; i < examples; i++) {
        for (j = 0; j < all[i].n; j++)
            free(all[i].line[j].value);
    }
    return 0;
}

#endif
