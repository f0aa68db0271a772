/* SPDX-License-Identifier: Apache-2.0 */
/* form_words.h: words to choose from, and words that are no answer but say
 * what to do */
#ifndef CLI_FORM_WORDS_H
#define CLI_FORM_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* "yes, no" of "yes|no"; numbered "1 yes, 2 no": whoever types in another
 * script need not leave it. */
void words_list(char *out, size_t size, const char *words, bool numbered);
/* The word that this answer means: itself in any case, or its number; *n its
 * length. NULL when there is none. */
const char *words_chosen(const char *words, const char *answer, size_t *n);

enum word_command {
    WORD_NONE, /* an answer */
    WORD_REFUSED,
    WORD_NOT_ASKED,
    WORD_UNKNOWN,
    WORD_BACK,
    WORD_SKIP,
    WORD_DONE,
    WORD_SLIP /* looks like one of these, and is none */
};
/* In English, or in the language in use. */
enum word_command words_command(const char *answer);

#endif
