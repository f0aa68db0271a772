/* SPDX-License-Identifier: Apache-2.0 */
/* age_for.c: recipients and passphrases of age files, as options say them */
#include "age_for.h"

#include "ask.h"
#include "fail.h"
#include "newkey.h"
#include "out.h"
#include "tr.h"
#include "weak.h"

#include <string.h>

#include <vault/cards.h>

bool
age_for_given(const struct age_for *f)
{
    return f->to.n > 0 || f->ask || pass_given(&f->from);
}

enum vault_status
age_for_check(const struct age_for *f, struct vault_error *err)
{
    if (!age_for_given(f))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--to NAME, --to age1pq…, or --age-passphrase"),
            "say who shall be able to open the age file");
    if (f->to.n > 0 && (f->ask || pass_given(&f->from)))
        return vlt_fail(err, VAULT_E_USAGE,
            "an age file has either recipients or a passphrase");
    if (f->ask && pass_given(&f->from))
        return vlt_fail(err, VAULT_E_USAGE,
            "the passphrase can come from one place only");
    return VAULT_OK;
}

/* ---- by the name of a pinned card ---- */

struct by_name {
    const char *name;
    enum vault_card_state state;
    char age[VAULT_CARD_AGE];
    enum vault_status st;
    struct vault_error *err;
};

/* The newest card counts, whatever became of it. */
static void
take_card(void *ctx, const struct vault_card *card)
{
    struct by_name *b = ctx;

    b->state = card->state;
    b->st = vault_card_age(card, b->age, b->err);
}

VAULT_CHECKED static enum vault_status
judge_card(const struct by_name *b, bool unconfirmed, struct vault_error *err)
{
    switch (b->state) {
    case VAULT_CARD_KNOWN:
        return VAULT_OK;
    case VAULT_CARD_REVOKED:
        return vlt_fail(err, VAULT_E_POLICY,
            "the card of \"%s\" was revoked: nothing is sealed to it", b->name);
    case VAULT_CARD_CONTINUES:
    case VAULT_CARD_UNKNOWN:
        if (unconfirmed)
            return VAULT_OK;
        return vlt_fail_hint(err, VAULT_E_POLICY,
            N_("compare the fingerprint with its owner and confirm the card "
               "first, or say --allow-unconfirmed"),
            "nobody has compared the card of \"%s\" with its owner", b->name);
    case VAULT_CARD_OWN:
    case VAULT_CARD_REFUSED:
    case VAULT_CARD_UNPINNED:
        break;
    }
    return vlt_fail(err, VAULT_E_POLICY,
        "the card of \"%s\" is refused: nothing is sealed to it", b->name);
}

VAULT_CHECKED static enum vault_status
add_name(struct cli *c, const struct age_for *f, struct vault_age_to *to,
    const char *name, struct vault_error *err)
{
    struct by_name b = {.name = name, .err = err};
    enum vault_status st = vault_pin_find(c->vault, name, take_card, &b, err);

    if (st == VAULT_E_NOT_FOUND)
        return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            N_("an age recipient begins with age1; sanduq card list shows the "
               "cards that are pinned"),
            "no card is pinned under the name \"%s\"", name);
    if (st == VAULT_OK)
        st = b.st;
    if (st != VAULT_OK)
        return st;
    st = judge_card(&b, f->unconfirmed, err);
    return st == VAULT_OK ? vault_age_to_add(to, b.age, err) : st;
}

VAULT_CHECKED static enum vault_status
add_one(struct cli *c, const struct age_for *f, struct vault_age_to *to,
    const char *word, struct vault_error *err)
{
    if (strncmp(word, "AGE-SECRET-KEY-", 15) == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("everyone who sees this command has it now: make a new one"),
            "that is a secret key, and no recipient");
    if (strncmp(word, "age1", 4) == 0)
        return vault_age_to_add(to, word, err);
    return add_name(c, f, to, word, err);
}

VAULT_CHECKED static enum vault_status
read_passphrase(const struct age_for *f, struct vault_age_to *to,
    struct vault_error *err)
{
    struct vlt_buf pass;
    enum vault_status st;

    vlt_buf_init(&pass, 2 * ASK_MAX);
    if (pass_given(&f->from)) {
        st = pass_read(&f->from, &pass, err);
        if (st == VAULT_OK)
            st = weak_refuse((const char *)pass.p, pass.len, err);
    } else {
        st =
            newkey_ask_twice(N_("--age-passphrase-fd, --age-passphrase-file or "
                                "--age-passphrase-command gives it"),
                &pass, err);
    }
    if (st == VAULT_OK)
        st = vault_age_to_passphrase(to, pass.p, pass.len, err);
    vlt_buf_clear(&pass);
    return st;
}

enum vault_status
age_for_read(struct cli *c, const struct age_for *f, struct vault_age_to **out,
    struct vault_error *err)
{
    struct vault_age_to *to = vault_age_to_new();
    enum vault_status st = VAULT_OK;

    if (to == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; st == VAULT_OK && i < f->to.n; i++)
        st = add_one(c, f, to, f->to.v[i], err);
    if (st == VAULT_OK && f->to.n == 0)
        st = read_passphrase(f, to, err);
    if (st != VAULT_OK) {
        vault_age_to_free(to);
        return st;
    }
    if (vault_age_to_kind(to) == VAULT_AGE_X25519)
        say_warn("%s",
            tr("age1… recipients are not safe from a quantum computer: who "
               "copies this file today may open it then; age1pq… recipients "
               "are"));
    *out = to;
    return VAULT_OK;
}
