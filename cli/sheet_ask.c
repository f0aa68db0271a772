/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_ask.c: shares copied by hand from the terminal, and typed back in part */
#include "sheet.h"

#include "ask.h"
#include "fail.h"
#include "out.h"
#include "tr.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { GROUP = 4, FIRST = 3, GROUPS = 19, TRIES = 3, PROMPT = 1024 };

/* A number below `below`, drawn: digits of a passphrase that nobody gets. */
static unsigned
draw(unsigned below)
{
    char dice[30];
    unsigned n;

    vault_passphrase_generate(dice);
    n = (unsigned)(dice[0] - '0' + 10 * (dice[1] - '0') +
        100 * (dice[2] - '0'));
    vlt_wipe(dice, sizeof dice);
    return n % below;
}

/* Whether `typed` is the n-th group (from 1) of the printed share. */
static bool
group_is(const char *print, unsigned n, const char *typed)
{
    const char *want = print + (size_t)(n - 1) * (GROUP + 1);
    size_t len = strcspn(want, " ");
    size_t at = 0;

    for (; *typed != 0; typed++) {
        if (*typed == ' ' || *typed == '-')
            continue;
        if (at == len || tolower((unsigned char)*typed) != want[at])
            return false;
        at++;
    }
    return at == len;
}

VAULT_CHECKED static enum vault_status
ask_group(const char *print, unsigned n, const char *missing,
    struct vault_error *err)
{
    char prompt[PROMPT];
    struct vlt_buf answer;
    enum vault_status st = VAULT_OK;
    bool right = false;

    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("Type group %u of it, from the paper: "), n);
    for (int i = 0; i < TRIES && st == VAULT_OK && !right; i++) {
        st = ask_line(prompt, true, missing, &answer, err);
        right = st == VAULT_OK && group_is(print, n, vlt_buf_cstr(&answer));
        if (st == VAULT_OK && !right)
            say_warn("%s", tr("that is not what was shown"));
    }
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !right)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            N_("begin again and write down what is shown"),
            "the share was not typed back");
    return st;
}

/* Groups of five in a line, as on a printed sheet. */
static void
layout(const char *print, char *out, size_t size)
{
    size_t at = 0;
    unsigned n = 0;

    out[0] = 0;
    for (const char *p = print; *p != 0 && at < size; n++) {
        int len = (int)strcspn(p, " ");

        if (n % 5 == 0)
            at += (size_t)snprintf(out + at, size - at,
                "%s  %2u:  ", n > 0 ? "\n" : "", n + 1);
        at += (size_t)snprintf(out + at, size - at, "%.*s  ", len, p);
        p += len + (p[len] == ' ');
    }
}

VAULT_CHECKED static enum vault_status
show(const struct sheet_set *s, size_t i, const char *print,
    const char *missing, struct vault_error *err)
{
    struct vault_share_view v;
    char lines[PROMPT], prompt[2 * PROMPT];
    struct vlt_buf answer;
    enum vault_status st;

    vault_shares_view(s->shares, i, &v);
    layout(print, lines, sizeof lines);
    if (s->threshold == 1)
        (void)snprintf(prompt, sizeof prompt,
            tr("Recovery sheet, set %s. It opens the vault alone.\n\n%s\n\n"
               "Copy it onto paper. Enter when it is written down: "),
            v.set, lines);
    else
        (void)snprintf(prompt, sizeof prompt,
            s->bundle
                ? tr("Share %zu of %zu (%c of set %s); any %u of them open "
                     "the bundle.\n\n%s\n\nCopy it onto a sheet of its own, "
                     "for its custodian. Enter when it is written down: ")
                : tr("Share %zu of %zu (%c of set %s); any %u of them open the "
                     "vault.\n\n%s\n\nCopy it onto a sheet of its own. Enter when "
                     "it is written down: "),
            i + 1, vault_shares_count(s->shares),
            toupper((unsigned char)v.index), v.set, s->threshold, lines);
    vlt_buf_init(&answer, ASK_MAX + 1);
    st = ask_line(prompt, true, missing, &answer, err);
    vlt_buf_clear(&answer);
    vlt_wipe(lines, sizeof lines);
    vlt_wipe(prompt, sizeof prompt);
    return st;
}

enum vault_status
sheet_terminal(const struct sheet_set *s, const char *missing,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < vault_shares_count(s->shares);
         i++) {
        char print[VAULT_SHARE_PRINT];
        unsigned first = FIRST + draw(GROUPS - FIRST + 1);
        unsigned second = FIRST +
            (first - FIRST + 1 + draw(GROUPS - FIRST)) % (GROUPS - FIRST + 1);

        vault_shares_print(s->shares, i, print);
        st = show(s, i, print, missing, err);
        if (st == VAULT_OK)
            st = ask_group(print, first, missing, err);
        if (st == VAULT_OK)
            st = ask_group(print, second, missing, err);
        vlt_wipe(print, sizeof print);
    }
    if (st == VAULT_OK)
        say_info("%s",
            tr("close this window now: what was shown may still stand in it"));
    return st;
}
