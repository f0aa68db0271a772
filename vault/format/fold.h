/* SPDX-License-Identifier: Apache-2.0 */
/* fold.h: texts brought to one form, so that spellings can be compared */
#ifndef VLT_FOLD_H
#define VLT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * Case folding and normalisation are Unicode's (NFKC_Casefold: UAX 15, UAX 44,
 * by utf8proc); what goes further is named here.
 */

/* Code points of a text; the memory is wiped by vlt_wide_clear. */
struct vlt_wide {
    uint32_t *cp;
    size_t n;
};
/*
 * Case folded, compatibility composed, characters that cannot be seen left
 * out. Marks stay: transliteration needs them.
 *   VAULT_E_FORMAT  not UTF-8
 */
VAULT_CHECKED enum vault_status vlt_fold_wide(const char *p, size_t n,
    struct vlt_wide *out, struct vault_error *err);
void vlt_wide_clear(struct vlt_wide *w);

/* A Han character: a word of its own. */
bool vlt_is_han(uint32_t cp);
/* A letter, mark or digit: part of a word. */
bool vlt_is_word(uint32_t cp);
/* An apostrophe or a sign of its kind: left out of words. */
bool vlt_is_apostrophe(uint32_t cp);

enum vlt_script {
    VLT_SCRIPT_OTHER,
    VLT_SCRIPT_LATIN,
    VLT_SCRIPT_CYRILLIC,
    VLT_SCRIPT_ARABIC
};
/* The script of a word's first letter that is of one of these. */
enum vlt_script vlt_script_of(const uint32_t *cp, size_t n);

/*
 * A word without its marks, as UTF-8: letters lose accents, dots and tails
 * that Unicode decomposes; besides, dotless i, o with stroke and their like
 * become their plain letters, Persian kaf and yeh the Arabic ones, digits of
 * other scripts ASCII digits. At most size - 1 bytes and a 0; the length.
 */
size_t vlt_fold_word(const uint32_t *cp, size_t n, char *out, size_t size);
/* UTF-8 of one code point: at most 4 bytes; how many. */
size_t vlt_put_utf8(uint32_t cp, char out[4]);
/* Base letter of one code point and its first mark (0: none). */
uint32_t vlt_base_letter(uint32_t cp, uint32_t *mark);

#endif
