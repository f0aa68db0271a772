/* SPDX-License-Identifier: Apache-2.0 */
/* os_command.c: a command line taken apart without a shell */
#include "os_command.h"
#include "fail.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool
is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Copy one word to `to`; *from and the answer stand behind it. */
static char *
copy_word(const char **from, char *to, char *quote)
{
    const char *s = *from;

    for (; *s != 0 && (*quote != 0 || !is_space(*s)); s++) {
        if (*quote != 0 && *s == *quote)
            *quote = 0;
        else if (*quote == 0 && (*s == '"' || *s == '\''))
            *quote = *s;
        else
            *to++ = *s;
    }
    *to++ = 0;
    *from = s;
    return to;
}

enum vault_status
vlt_command_split(const char *command, char ***argv, struct vault_error *err)
{
    size_t len = strlen(command);
    size_t most = len / 2 + 2; /* words of one letter, and the NULL */
    char **words = NULL;
    char quote = 0;
    size_t n = 0;
    char *to;

    words = calloc(1, most * sizeof *words + len + 1);
    if (words == NULL)
        return vlt_fail_memory(err);
    to = (char *)(words + most);
    for (;;) {
        while (is_space(*command))
            command++;
        if (*command == 0)
            break;
        words[n++] = to;
        to = copy_word(&command, to, &quote);
    }
    if (n == 0 || quote != 0) {
        free(words);
        return vlt_fail(err, VAULT_E_USAGE,
            n == 0 ? "the command is empty"
                   : "the command has a quote that is not closed");
    }
    *argv = words;
    return VAULT_OK;
}
