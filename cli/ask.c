/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c: questions, on the terminal itself */
#include "ask.h"

#include "fail.h"
#include "os.h"
#include "out.h"
#include "tr.h"

#include <stdio.h>
#include <string.h>

enum vault_status
ask_line(const char *prompt, bool echo, const char *missing,
    struct vlt_buf *answer, struct vault_error *err)
{
    char *room;
    size_t len = 0;
    enum vault_status st;

    vlt_buf_reset(answer);
    answer->max = ASK_MAX + 1;
    room = (char *)vlt_buf_room(answer, ASK_MAX + 1);
    if (room == NULL)
        return vlt_fail_memory(err);
    out_flush();
    st = vlt_tty_ask(prompt, echo, room, ASK_MAX + 1, &len, err);
    answer->len = st == VAULT_OK ? len : 0;
    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail_hint(err, VAULT_E_USAGE, missing,
            "there is no terminal to ask on");
    return st;
}

/* The word in the user's language, or the English one. */
bool
ask_is_yes(const char *answer)
{
    const char *yes = tr("yes");

    return strcmp(answer, yes) == 0 || strcmp(answer, "yes") == 0 ||
        strcmp(answer, "y") == 0 || strcmp(answer, "Y") == 0;
}

enum vault_status
ask_sure(const struct cli *c, const char *question, struct vault_error *err)
{
    struct vlt_buf answer;
    char prompt[2048];
    enum vault_status st;
    bool yes;

    if (c->g.yes)
        return VAULT_OK;
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt, tr("%s [yes/no] "), question);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    yes = st == VAULT_OK && ask_is_yes(vlt_buf_cstr(&answer));
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !yes)
        return vlt_fail(err, VAULT_E_CANCELLED, "the answer was no");
    return st;
}
