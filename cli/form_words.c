/* SPDX-License-Identifier: Apache-2.0 */
/* form_words.c: words to choose from, and words that are no answer but say
 * what to do */
#include "form_words.h"

#include "fail.h"
#include "tr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLIP_MOST = 24 };

void
words_list(char *out, size_t size, const char *words, bool numbered)
{
    size_t at = 0;

    out[0] = 0;
    for (unsigned k = 1; *words != 0 && at + 1 < size; k++) {
        size_t n = strcspn(words, "|");
        char number[16] = "";
        int put;

        if (numbered)
            (void)snprintf(number, sizeof number, "%u ", k);
        put = snprintf(out + at, size - at, "%s%s%.*s", k > 1 ? ", " : "",
            number, (int)n, words);
        at += put > 0 ? (size_t)put : 0;
        words += n + (words[n] == '|');
    }
}

/* Equal but for the case of a to z. */
static bool
same_word(const char *word, const char *answer, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = answer[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != word[i])
            return false;
    }
    return answer[n] == 0;
}

const char *
words_chosen(const char *words, const char *answer, size_t *n)
{
    unsigned long wanted = 0;

    if (answer[0] >= '1' && answer[0] <= '9' &&
        strspn(answer, "0123456789") == strlen(answer) && strlen(answer) < 4)
        wanted = strtoul(answer, NULL, 10);
    for (unsigned long k = 1; *words != 0; k++) {
        *n = strcspn(words, "|");
        if (k == wanted || same_word(words, answer, *n))
            return words;
        words += *n + (words[*n] == '|');
    }
    return NULL;
}

enum word_command
words_command(const char *answer)
{
    static const struct {
        const char *word;
        enum word_command command;
    } known[] = {{N_("!refused"), WORD_REFUSED},
        {N_("!not-asked"), WORD_NOT_ASKED}, {N_("!unknown"), WORD_UNKNOWN},
        {N_("!back"), WORD_BACK}, {N_("!skip"), WORD_SKIP},
        {N_("!done"), WORD_DONE}};
    size_t n = strlen(answer);

    if (answer[0] != '!')
        return WORD_NONE;
    for (size_t i = 0; i < VLT_COUNT(known); i++) {
        if (strcmp(known[i].word, answer) == 0 ||
            strcmp(tr(known[i].word), answer) == 0)
            return known[i].command;
    }
    return n > 1 && n <= SLIP_MOST && strpbrk(answer, " \t") == NULL
        ? WORD_SLIP
        : WORD_NONE;
}
