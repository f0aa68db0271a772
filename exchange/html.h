/* SPDX-License-Identifier: Apache-2.0 */
/* html.h: writing HTML that nothing in it can break out of */
#ifndef EXCHANGE_HTML_H
#define EXCHANGE_HTML_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A stream of elements. What is written is HTML5 and well-formed XML at once:
 * every element is closed in its turn, `br` as `<br/>` and the others, empty or
 * not, by their end tag, which HTML needs. Texts and values come from anywhere: markup characters are escaped; controls,
 * invisible and bidi characters, NUL and what is not UTF-8 become visible marks
 * (safe.h). Names of elements and attributes are literals of ours.
 *
 * What was put together is handed on in pieces. A failure to hand it on is kept
 * and told once by html_end; nothing is written after it.
 */
enum { HTML_DEPTH = 24 };

struct html {
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err);
    void *ctx;
    struct vlt_buf buf;
    const char *open[HTML_DEPTH]; /* elements, outermost first */
    size_t depth;
    bool tag; /* `<name` is written, and attributes may follow */
    enum vault_status status;
    struct vault_error why;
};

void html_begin(struct html *h,
    enum vault_status (
        *put)(void *ctx, const void *p, size_t n, struct vault_error *err),
    void *ctx);
/* `name` lives until the element is closed. */
void html_open(struct html *h, const char *name);
/* Only behind html_open, before anything else. */
void html_attr(struct html *h, const char *name, const char *value);
void html_attrf(struct html *h, const char *name, const char *format, ...)
    VAULT_PRINTF(3, 4);
/* Close the innermost element. */
void html_close(struct html *h);
/* Close it, and begin a new line of the file. */
void html_close_line(struct html *h);

/* A text of ours, which may have marks in it already. */
void html_text(struct html *h, const char *s);
void html_textf(struct html *h, const char *format, ...) VAULT_PRINTF(2, 3);
/* A text of others: isolated, so that its direction changes nothing around it;
 * different texts look different. */
void html_quote(struct html *h, const char *s, size_t n);
/* An element with nothing but a text of ours; cls may be NULL. */
void html_line(struct html *h, const char *name, const char *cls,
    const char *text);
/* Letters and digits of a machine: left to right, in its own type. */
void html_code(struct html *h, const char *s);
/* Literals of ours as they are: the doctype, style sheets, paths. */
void html_raw(struct html *h, const char *literal);
void html_rawf(struct html *h, const char *format, ...) VAULT_PRINTF(2, 3);

/*
 * Hand on the rest; every element must be closed. Frees.
 *   VAULT_E_MEMORY; whatever `put` answered
 */
VAULT_CHECKED enum vault_status html_end(struct html *h,
    struct vault_error *err);

#endif
