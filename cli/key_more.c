/* SPDX-License-Identifier: Apache-2.0 */
/* key_more.c: recovery shares and cards as ways to unlock */
#include "key_more.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "os.h"
#include "out.h"
#include "sheet.h"
#include "shares_in.h"
#include "slots.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <string.h>

void
key_tell_old_copies(void)
{
    say_info("%s",
        tr("copies of the vault made before still open the old way: make "
           "new backups, and destroy the old copies you can reach"));
}

/* ---- which set goes ---- */

struct old_sets {
    size_t n;
    uint8_t id[VAULT_ID]; /* the last one */
};

static int
count_set(void *ctx, const struct vault_slot *s)
{
    struct old_sets *o = ctx;

    if (s->kind != VAULT_SLOT_RECOVERY)
        return 0;
    o->n++;
    memcpy(o->id, s->id, VAULT_ID);
    return 0;
}

/* *old points to `id`, or is NULL when nothing is to go. */
VAULT_CHECKED static enum vault_status
which_goes(struct cli *c, uint8_t id[VAULT_ID], const uint8_t **old,
    struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    struct old_sets sets = {0};
    struct vault_slot slot;
    enum vault_status st;

    *old = NULL;
    if (o->keep_old && o->replace != NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "--keep-old and --replace exclude each other");
    if (o->keep_old)
        return VAULT_OK;
    if (o->replace != NULL) {
        st = slots_find(c, o->replace, &slot, err);
        if (st == VAULT_OK && slot.kind != VAULT_SLOT_RECOVERY)
            st = vlt_fail(err, VAULT_E_USAGE,
                "the way to unlock that is to go is of another kind");
        if (st != VAULT_OK)
            return st;
        memcpy(id, slot.id, VAULT_ID);
        *old = id;
    } else {
        st = vault_slots(c->vault, count_set, &sets, err);
        if (st == VAULT_OK && sets.n > 1)
            st = vlt_fail(err, VAULT_E_USAGE,
                "there are several sets of shares: name the one that is to go "
                "with --replace ID, or say --keep-old");
        if (st != VAULT_OK || sets.n == 0)
            return st;
        memcpy(id, sets.id, VAULT_ID);
        *old = id;
    }
    return ask_sure(c,
        tr("The set of shares dealt before will open this vault no more. Deal "
           "a new one in its place?"),
        err);
}

/* ---- sheets, then the slot ---- */

static bool
label_ok(const char *s)
{
    for (; *s != 0; s++)
        if ((unsigned char)*s < ' ' || *s == 0x7f)
            return false;
    return true;
}

VAULT_CHECKED static enum vault_status
put_sheets(struct cli *c, const struct vault_recovery *r, unsigned k,
    struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    struct sheet_set s = {.shares = vault_recovery_shares(r),
        .threshold = k,
        .label = o->label,
        .time = vlt_os_time()};

    if (o->output == NULL)
        return sheet_terminal(&s, N_("-o FOLDER writes the sheets to files"),
            err);
    return sheet_folder(c, &s, o->output, o->text, err);
}

static void
tell_sheets(const struct key_opts *o, unsigned k, unsigned n)
{
    if (o->output != NULL)
        say_warn(tr("the sheets in %s are secrets and lie there unencrypted: "
                    "print them, then destroy the files and what the printer "
                    "keeps"),
            o->output);
    if (k > 1)
        say_info(tr("give the %u shares to people who are not taken together; "
                    "any %u of them can open this vault"),
            n, k);
    say_info("%s",
        tr("prove that what is on paper opens the vault: sanduq recover "
           "--test"));
}

enum vault_status
key_add_shares(struct cli *c, uint8_t id[VAULT_ID], struct vault_error *err)
{
    const struct key_opts *o = c->opts;
    struct vault_recovery *r = NULL;
    uint8_t gone[VAULT_ID];
    const uint8_t *old = NULL;
    unsigned k = 0, n = 0;
    enum vault_status st = shares_numbers(c->args.v[1], &k, &n, err);

    if (st == VAULT_OK && o->label != NULL && !label_ok(o->label))
        st = vlt_fail(err, VAULT_E_USAGE,
            "the label holds characters that cannot be printed");
    if (st == VAULT_OK)
        st = vault_recovery_deal(k, n, &r, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = which_goes(c, gone, &old, err);
    if (st == VAULT_OK)
        st = put_sheets(c, r, k, err);
    if (st == VAULT_OK) {
        st = vault_slot_add_recovery(c->vault, r, old, id, err);
        if (st != VAULT_OK && o->output != NULL)
            say_warn(tr("the sheets in %s open nothing: destroy them"),
                o->output);
    }
    vault_recovery_free(r);
    if (st != VAULT_OK)
        return st;
    tell_sheets(o, k, n);
    if (old != NULL)
        key_tell_old_copies();
    return VAULT_OK;
}

enum vault_status
key_add_card(struct cli *c, uint8_t id[VAULT_ID], struct vault_error *err)
{
    char question[512];
    enum vault_status st = unlock(c, err);

    (void)snprintf(question, sizeof question,
        tr("Whoever can unlock the vault of \"%s\" will be able to open this "
           "one and everything in it. Add that card?"),
        c->args.v[1]);
    if (st == VAULT_OK)
        st = ask_sure(c, question, err);
    if (st == VAULT_OK)
        st = vault_slot_add_card(c->vault, c->args.v[1], id, err);
    return st;
}

/* ---- offered when a vault is made ---- */

/* Whether there are to be sheets, and how many. */
VAULT_CHECKED static enum vault_status
ask_numbers(unsigned *k, unsigned *n, struct vault_error *err)
{
    enum { TRIES = 3 };
    struct vlt_buf answer;
    enum vault_status st = VAULT_OK;

    *n = 0;
    vlt_buf_init(&answer, ASK_MAX + 1);
    for (int i = 0; i < TRIES; i++) {
        const char *s;

        st = ask_line(
            tr("\nIf the passphrase is forgotten, nobody opens this vault. A "
               "recovery sheet on paper does:\n\n"
               "    1    one sheet, which opens the vault alone\n"
               "    2/3  three shares for three people, any two of which open "
               "it (or other numbers)\n"
               "    no   none now; later: sanduq key add shares 2/3\n\n"
               "Which: "),
            true, N_("--no-recovery leaves this out"), &answer, err);
        if (st != VAULT_OK)
            break;
        s = vlt_buf_cstr(&answer);
        if (strcmp(s, "no") == 0 || strcmp(s, tr("no")) == 0)
            break;
        st = shares_numbers(strcmp(s, "1") == 0 ? "1/1" : s, k, n, err);
        if (st == VAULT_OK || i + 1 == TRIES)
            break;
        say_error(err);
    }
    vlt_buf_clear(&answer);
    return st;
}

VAULT_CHECKED static enum vault_status
offer(struct cli *c, bool *made, uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct vault_recovery *r = NULL;
    unsigned k = 0, n = 0;
    enum vault_status st = ask_numbers(&k, &n, err);

    if (st != VAULT_OK || n == 0)
        return st;
    st = vault_recovery_deal(k, n, &r, err);
    if (st == VAULT_OK) {
        struct sheet_set s = {.shares = vault_recovery_shares(r),
            .threshold = k,
            .time = vlt_os_time()};

        st = sheet_terminal(&s, N_("--no-recovery leaves this out"), err);
    }
    if (st == VAULT_OK)
        st = vault_slot_add_recovery(c->vault, r, NULL, id, err);
    vault_recovery_free(r);
    *made = st == VAULT_OK;
    return st;
}

void
key_offer_sheets(struct cli *c, bool *made, uint8_t id[VAULT_ID])
{
    struct vault_error err;
    enum vault_status st;

    *made = false;
    vlt_error_clear(&err);
    st = offer(c, made, id, &err);
    if (st != VAULT_OK)
        say_error(&err);
    if (!*made)
        say_warn("%s",
            tr("the vault is made, without a recovery sheet: there is no other "
               "way in than its passphrase; sanduq key add shares 2/3 makes "
               "one"));
}
