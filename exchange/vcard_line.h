/* SPDX-License-Identifier: Apache-2.0 */
/* vcard_line.h: the content lines of a .vcf, read and written */
#ifndef EXCHANGE_VCARD_LINE_H
#define EXCHANGE_VCARD_LINE_H

#include "bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A file is lines (CRLF or LF, folded); a line is
 *
 *     group.NAME;PARAM=value,"value";...:value
 *
 * Everything a property holds is borrowed from the line it was read from.
 */
struct vcard_lines {
    const char *p;
    size_t n;
    size_t pos;
};
/*
 * The next line that is not empty, unfolded, in `line`; false at the end of
 * the file. A quoted-printable value is taken with its soft line breaks, but
 * never beyond a line END:VCARD: then its closing `=` is still there. `line`
 * may have failed at its ceiling.
 */
bool vcard_line_next(struct vcard_lines *l, struct vlt_buf *line);

struct vcard_text {
    const char *p;
    size_t n;
};
enum { VCARD_PARAMS = 32, VCARD_NAME = 60 };
struct vcard_prop {
    struct vcard_text group;
    char name[VCARD_NAME + 1]; /* upper case */
    struct {
        struct vcard_text name;  /* empty: a bare word of vCard 2.1 */
        struct vcard_text value; /* as written, with its quotes */
    } param[VCARD_PARAMS];
    size_t params;
    struct vcard_text value;
};
/*
 * NULL, or what it should have been, an N_() text; then p->name holds what
 * can be said of the property's name.
 */
const char *vcard_prop_parse(struct vcard_prop *p, const char *line, size_t n);
/* Whether the text is this word, whatever the case of its letters. */
bool vcard_is(struct vcard_text t, const char *word);

/*
 * The i-th value (of a list, counted over all parameters of this name) as
 * it is meant, without quotes and ^-escapes of RFC 6868, appended to out;
 * false when there are not so many.
 */
bool vcard_param(const struct vcard_prop *p, const char *name, size_t i,
    struct vlt_buf *out);
/* Whether this word is among the values. */
bool vcard_param_has(const struct vcard_prop *p, const char *name,
    const char *word);
/* Whether it says that its value is quoted-printable. */
bool vcard_is_quoted(const struct vcard_prop *p);
/*
 * The parameters again, ";NAME=value" each, that are none of `known`
 * (NULL at its end).
 */
void vcard_params_other(const struct vcard_prop *p, const char *const *known,
    struct vlt_buf *out);

/* One value of a parameter, quoted and ^-escaped where it has to be. */
void vcard_put_param(struct vlt_buf *out, const char *name, const void *value,
    size_t n);
/* A text value: backslash, comma, semicolon and line feed escaped. */
void vcard_put_text(struct vlt_buf *out, const void *text, size_t n);
/* A text value as it is meant. */
void vcard_unescape(struct vlt_buf *out, struct vcard_text t);
/*
 * The next component up to `separator` that is not escaped; what is left
 * stays in *rest. False when there is none (rest->p is NULL).
 */
bool vcard_component(struct vcard_text *rest, char separator,
    struct vcard_text *out);
/*
 * Append a line, folded to at most 75 octets without its CRLF, never inside
 * a character. `line` is well-formed UTF-8.
 */
void vcard_fold(struct vlt_buf *out, const void *line, size_t n);

#endif
