/* SPDX-License-Identifier: Apache-2.0 */
/* regaining.c: asking headquarters over a bad line to open a vault again */
#include "travel_cmds.h"

#include "ask.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "text_in.h"
#include "tr.h"
#include "unlocking.h"
#include "withdraw_more.h"

#include <string.h>

enum { TRIES = 5 };

static void
tell_request(const struct cli *c, const struct vault_regain *r,
    const char *output)
{
    char letters[VAULT_FINGERPRINT], digits[VAULT_FINGERPRINT_DIGITS];
    struct jline j;

    vault_regain_hash(r, letters, digits);
    if (c->g.json) {
        jline_begin(&j, "request");
        jline_text(&j, "letters", letters);
        jline_text(&j, "digits", digits);
        jline_end(&j);
        return;
    }
    if (strcmp(output, "-") != 0)
        say_info(tr("the request is in %s: send it to headquarters over any "
                    "way"),
            output);
    say_info("%s",
        tr("then speak to them, over another way, and read this number out:"));
    say_info("    %s", digits);
    say_info(tr("or, the same in letters:  %s"), letters);
    say_info("%s",
        tr("never type or send the number along with the request: whoever "
           "exchanges one exchanges the other"));
}

VAULT_CHECKED static enum vault_status
open_with(struct cli *c, const struct vault_regain *r, const char *path,
    struct vault_error *err)
{
    struct vlt_buf raw;
    enum vault_status st;

    vlt_buf_init(&raw, TEXT_IN_MAX);
    st = text_in(path, &raw, err);
    if (st == VAULT_OK)
        st = vault_unlock_regained(c->vault, r, raw.p, raw.len, err);
    vlt_buf_clear(&raw);
    return st;
}

/* The secret lives as long as this question waits. */
VAULT_CHECKED static enum vault_status
wait_for_it(struct cli *c, const struct vault_regain *r,
    struct vault_error *err)
{
    struct vlt_buf path;
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&path, ASK_MAX + 1);
    for (int i = 0; i < TRIES; i++) {
        st = ask_line(
            tr("Leave this window open: what opens the answer is only in its "
               "memory.\nThe file with the answer, when it has come: "),
            true, N_("--keep FILE keeps the secret of the request instead"),
            &path, err);
        if (st != VAULT_OK)
            break;
        st = open_with(c, r, vlt_buf_cstr(&path), err);
        if (st == VAULT_OK || i + 1 == TRIES)
            break;
        say_error(err);
    }
    vlt_buf_clear(&path);
    return st;
}

VAULT_CHECKED static enum vault_status
keep_it(const struct vault_regain *r, const char *keep,
    struct vault_error *err)
{
    enum vault_status st = vault_regain_save(r, keep, err);

    if (st == VAULT_OK)
        say_warn(tr("%s is a secret: whoever has it and sees the answer opens "
                    "the vault; it is destroyed when the answer was used"),
            keep);
    return st;
}

enum vault_status
regain_request(struct cli *c, const char *output, const char *keep,
    bool *opened, struct vault_error *err)
{
    struct vault_regain *r = NULL;
    struct note_file f = {.c = c};
    const uint8_t *slot;
    uint8_t id[VAULT_ID];
    const char *text;
    size_t len;
    enum vault_status st = unlock_open(c, err);

    *opened = false;
    if (st == VAULT_OK)
        st = unlock_slot(c, id, &slot, err);
    if (st == VAULT_OK)
        st = vault_regain_new(c->vault, slot, &r, err);
    if (st == VAULT_OK)
        st = note_file_begin(c, output != NULL ? output : "-", &f, err);
    if (st == VAULT_OK && keep != NULL)
        st = keep_it(r, keep, err);
    if (st == VAULT_OK) {
        text = vault_regain_text(r, &len);
        st = note_file_end(&f, "request", text, len, err);
    }
    note_file_discard(&f);
    if (st == VAULT_OK)
        tell_request(c, r, output != NULL ? output : "-");
    if (st == VAULT_OK && keep == NULL) {
        st = wait_for_it(c, r, err);
        *opened = st == VAULT_OK;
    }
    vault_regain_free(r);
    return st;
}

enum vault_status
regain_answer(struct cli *c, const char *answer, const char *keep,
    struct vault_error *err)
{
    struct vault_regain *r = NULL;
    enum vault_status st;

    if (keep == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("without it the answer is given to the program that made the "
               "request and still waits"),
            "--keep FILE names the secret of the request");
    st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = vault_regain_load(keep, &r, err);
    if (st == VAULT_OK)
        st = open_with(c, r, answer, err);
    vault_regain_free(r);
    return st;
}
