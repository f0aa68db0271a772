/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.h: the words of a record, and whether they answer a question */
#ifndef VLT_TOKENS_H
#define VLT_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include "bytes.h"
#include "field.h"

/*
 * A token is a short UTF-8 text without spaces. What a record is found by:
 *
 *   WORD     a word, folded (fold.h): letters and digits only
 *   SPELLING its Latin spellings (translit.h), when it is Cyrillic or Arabic
 *   =BONES   its skeleton, where that differs from the word
 *   H, HH    a Han character (simplified form), and each two in a row
 *   ~ma ~ma3 readings of that character without and with its tone, and of
 *   ~wulu    each two in a row without
 *   .t.TYPE  the record's type; a byte other than a-z, 0-9 as _ and two hex
 *            digits
 *   .g.TAG   a tag: its words, joined by a dash
 * and in the catalogue ^TEXT, beginnings of the first three (beginnings.h).
 *
 * Which tokens a text has is part of the catalogue's private schema:
 * VLT_TOKENS_VERSION goes up with every change here or in the tables.
 */
enum { VLT_TOKENS_VERSION = 2, VLT_TOKEN = 256, VLT_WORD = 48 };

typedef enum vault_status vlt_token_fn(void *ctx, const char *token, size_t n,
    struct vault_error *err);

/* The tokens of a text of any length; not UTF-8: up to there.  */
VAULT_CHECKED enum vault_status vlt_text_tokens(const char *p, size_t n,
    vlt_token_fn *fn, void *ctx, struct vault_error *err);
/*
 * The tokens of a record: of its texts (types 1, 6 and 7, but for `type`,
 * file.media), its type and its tags, which are the texts named `tag` or
 * `tag.N`.
 */
VAULT_CHECKED enum vault_status vlt_fields_tokens(const struct vlt_fields *l,
    vlt_token_fn *fn, void *ctx, struct vault_error *err);

/* The token of a type; its length. Of a tag, into `out` (reset first). */
size_t vlt_type_token(const char *p, size_t n, char out[VLT_TOKEN]);
VAULT_CHECKED enum vault_status vlt_tag_token(const char *p, size_t n,
    struct vlt_buf *out, struct vault_error *err);

/*
 * A question: words all of which must be there, each in one of its spellings.
 * A word with `*` after it is the beginning of one. Han characters stand next
 * to each other as in the question.
 *   VAULT_E_USAGE  no word in it, or not UTF-8
 *   VAULT_E_LIMIT  more than VLT_QUERY_WORDS words
 */
enum { VLT_QUERY_WORDS = 32, VLT_QUERY_TOKENS = 1024, VLT_QUERY_WAYS = 2048 };
struct vlt_query;
VAULT_CHECKED enum vault_status vlt_query_new(struct vlt_query **out,
    struct vault_error *err);
void vlt_query_free(struct vlt_query *q);
VAULT_CHECKED enum vault_status vlt_query_words(struct vlt_query *q,
    const char *text, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_query_type(struct vlt_query *q,
    const char *type, struct vault_error *err);
VAULT_CHECKED enum vault_status vlt_query_tag(struct vlt_query *q,
    const char *tag, struct vault_error *err);
/* Nothing was asked: everything answers. */
bool vlt_query_empty(const struct vlt_query *q);
/* As an expression of FTS5. */
VAULT_CHECKED enum vault_status vlt_query_match(const struct vlt_query *q,
    struct vlt_buf *out, struct vault_error *err);
/* Whether a record with these fields answers it. */
VAULT_CHECKED enum vault_status vlt_query_holds(struct vlt_query *q,
    const struct vlt_fields *l, bool *out, struct vault_error *err);
/* Whether a text does. */
VAULT_CHECKED enum vault_status vlt_query_holds_text(struct vlt_query *q,
    const char *p, size_t n, bool *out, struct vault_error *err);

#endif
