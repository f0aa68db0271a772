/* SPDX-License-Identifier: Apache-2.0 */
/* withdrawal.c: one record withdrawn: what is said before, and what is done */
#include "withdraw_more.h"

#include "ask.h"
#include "capturing.h"
#include "fail.h"
#include "hex.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "related.h"
#include "tr.h"
#include "versions.h"

#include <stdio.h>
#include <string.h>

enum { DIGITS_ASKED = 6 };

/* ---- before ---- */

VAULT_CHECKED static enum vault_status
say_copies(struct withdraw_work *w, struct vault_error *err)
{
    enum vault_status st;

    if (w->version != 0)
        return VAULT_OK;
    st = related_print(w->c, w->id, true, &w->copies, err);
    if (st == VAULT_E_AMBIGUOUS) { /* a conflict has no current version */
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st == VAULT_OK && w->copies > 0)
        say_warn(trn("%zu other record keeps something of it and is not "
                     "changed: a link to it, or the same original",
                     "%zu other records keep something of it and are not "
                     "changed: a link to it, or the same original",
                     w->copies),
            w->copies);
    return st;
}

/* Whom the withdrawal does not reach by itself. */
VAULT_CHECKED static enum vault_status
say_given(struct withdraw_work *w, struct vault_error *err)
{
    size_t people = 0, bundles = 0;
    enum vault_status st;

    st = asking_reach(w->c, w->id, &people, &bundles, err);
    if (st != VAULT_OK)
        return st;
    if (bundles == 0 && w->o->notify != NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no bundle of this vault held it: there is nobody to ask");
    if (bundles == 0 || w->c->g.json)
        return VAULT_OK;
    if (w->o->notify != NULL)
        say_info(tr("given out: recipients %zu, bundles %zu; a signed request "
                    "for all of them is written"),
            people, bundles);
    else
        say_warn(tr("given out: recipients %zu, bundles %zu; it stays with "
                    "them: --notify FILE asks them to withdraw it too"),
            people, bundles);
    return VAULT_OK;
}

/* What is told to the log only, and what to everybody who is asked. */
VAULT_CHECKED static enum vault_status
say_reason_goes(const struct withdraw_work *w, struct vault_error *err)
{
    (void)err;
    if (w->o->notify != NULL && w->reason.len > 0 && !w->c->g.json)
        say_warn("%s",
            tr("the reason stands in the request: everyone who is given it "
               "reads it"));
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
notify(struct withdraw_work *w, struct vault_error *err)
{
    return asking_notify(w->c, w->id,
        w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL, &w->ask, err);
}

/* What cannot be undone is confirmed by typing its name. */
VAULT_CHECKED static enum vault_status
ask_digits(const struct withdraw_work *w, struct vault_error *err)
{
    char hex[HEX_ID], prompt[256];
    struct vlt_buf answer;
    bool same;
    enum vault_status st;

    if (w->c->g.yes)
        return VAULT_OK;
    hex_id(hex, w->id);
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt,
        tr("Type the first %d digits of the id to withdraw it: "),
        (int)DIGITS_ASKED);
    st = ask_line(prompt, true, N_("--yes answers the question"), &answer, err);
    same = st == VAULT_OK && answer.len >= DIGITS_ASKED &&
        answer.len < sizeof hex && memcmp(answer.p, hex, answer.len) == 0;
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        return vlt_fail(err, VAULT_E_CANCELLED,
            "these are not the digits of its id");
    return st;
}

VAULT_CHECKED static enum vault_status
check_there(struct withdraw_work *w, struct vault_error *err)
{
    struct versions v;
    enum vault_status st = versions_read(w->c, w->id, &v, err);

    if (st != VAULT_OK)
        return st;
    w->foreign = v.foreign;
    if (v.n == v.withdrawn && v.foreign)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("--status says what is still here"),
            "the copy of it is destroyed already");
    else if (v.n == v.withdrawn)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("--status says what is still here"), "it is withdrawn already");
    versions_clear(&v);
    return st;
}

VAULT_CHECKED static enum vault_status
destroy(struct withdraw_work *w, struct vault_withdrawal *done,
    struct vault_rekeyed *keys, struct vault_error *err)
{
    const char *why = w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL;
    enum vault_status st;

    if (w->level != 2)
        return vault_withdraw(w->c->vault, w->id, w->version, why, done, err);
    vlt_os_catch_interrupt();
    progress_begin(0, true);
    st = vault_withdraw_rekey(w->c->vault, w->id, w->version, why, done, keys,
        err);
    progress_end();
    return st;
}

/* It is withdrawn; if the new file cannot be made, that is said, and how to go
 * on. */
VAULT_CHECKED static enum vault_status
renew(struct withdraw_work *w, struct vault_error *err)
{
    const char *why = w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL;
    enum vault_status st = rekey_into(w->c, w->o->into, &w->o->fresh, why, err);

    if (st != VAULT_OK)
        say_warn("%s",
            tr("the record is withdrawn, at level 1 so far: the new file was "
               "not made; sanduq rekey NEW makes it"));
    return st;
}

VAULT_CHECKED static enum vault_status
withdraw(struct withdraw_work *w, struct vault_error *err)
{
    struct vault_withdrawal done;
    struct vault_rekeyed keys;
    enum vault_status st = check_there(w, err);

    if (st == VAULT_OK && !w->c->g.json)
        withdraw_reach(w->foreign, w->level);
    if (st == VAULT_OK)
        st = say_copies(w, err);
    if (st == VAULT_OK)
        st = say_given(w, err);
    if (st == VAULT_OK)
        st = version_reason(w->o->reason, tr("Why is it withdrawn? "),
            &w->reason, err);
    if (st == VAULT_OK)
        st = say_reason_goes(w, err);
    if (st == VAULT_OK)
        st = ask_digits(w, err);
    if (st == VAULT_OK)
        st = destroy(w, &done, &keys, err);
    if (st != VAULT_OK)
        return st;
    w->c->changed = true;
    withdraw_tell(w->c, w->id, w->version, w->copies, w->level, &done);
    capture_withdraw(w->c, w->id, w->version);
    if (w->level == 2)
        rekey_tell(w->c, &keys);
    if (w->level == 3)
        st = renew(w, err);
    return st == VAULT_OK && w->o->notify != NULL ? notify(w, err) : st;
}

/* It is withdrawn already, or others sealed it: only the request. */
VAULT_CHECKED static enum vault_status
notify_only(struct withdraw_work *w, struct vault_error *err)
{
    enum vault_status st = say_given(w, err);

    if (st == VAULT_OK)
        st = version_reason(w->o->reason, tr("Why is it withdrawn? "),
            &w->reason, err);
    if (st == VAULT_OK)
        st = say_reason_goes(w, err);
    if (st == VAULT_OK)
        st = ask_digits(w, err);
    return st == VAULT_OK ? notify(w, err) : st;
}

/* What a session logged, and what never came in: nothing is destroyed here
 * but what the line says, and verify holds again. */
VAULT_CHECKED static enum vault_status
withdraw_absent(struct withdraw_work *w, struct vault_error *err)
{
    struct vault_withdrawal done;
    size_t n = 0;
    enum vault_status st = vault_absent(w->c->vault, w->id, &n, err);

    if (st == VAULT_OK && n == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no such record, and none of this id was lost on its way in");
    if (st == VAULT_OK && !w->c->g.json)
        say_warn("%s",
            tr("it was sealed while the vault was locked and did not come in: "
               "taken out of the capture file, or changed there; declared "
               "withdrawn, it is not taken in any more if it turns up again"));
    if (st == VAULT_OK)
        st = version_reason(w->o->reason, tr("Why is it withdrawn? "),
            &w->reason, err);
    if (st == VAULT_OK)
        st = ask_digits(w, err);
    if (st == VAULT_OK)
        st = vault_withdraw_absent(w->c->vault, w->id,
            w->reason.len > 0 ? vlt_buf_cstr(&w->reason) : NULL, &done, err);
    if (st != VAULT_OK)
        return st;
    w->c->changed = true;
    withdraw_tell(w->c, w->id, w->version, w->copies, 1, &done);
    return VAULT_OK;
}

/* Without a row of that id only a line can name it. */
VAULT_CHECKED static enum vault_status
withdraw_either(struct withdraw_work *w, struct vault_error *err)
{
    struct versions v = {0};
    enum vault_status st = VAULT_OK;
    bool here = false, gone = false;

    if (!w->o->absent)
        st = versions_read(w->c, w->id, &v, err);
    here = st == VAULT_OK && v.n > 0;
    gone = here && v.withdrawn == v.n;
    versions_clear(&v);
    if (st == VAULT_E_NOT_FOUND) {
        vlt_error_clear(err);
        st = VAULT_OK;
    }
    if (st != VAULT_OK)
        return st;
    if (gone && w->o->notify != NULL)
        return notify_only(w, err);
    return here ? withdraw(w, err) : withdraw_absent(w, err);
}

enum vault_status
withdraw_record(struct withdraw_work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (w->o->notify != NULL)
        st = note_file_begin(w->c, w->o->notify, &w->ask, err);
    if (st == VAULT_OK)
        st = withdraw_either(w, err);
    note_file_discard(&w->ask);
    return st;
}
