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
            N_("--to age1pq…, --to age1…, or --age-passphrase"),
            "say who shall be able to open the age file");
    if (f->to.n > 0 && (f->ask || pass_given(&f->from)))
        return vlt_fail(err, VAULT_E_USAGE,
            "an age file has either recipients or a passphrase");
    if (f->ask && pass_given(&f->from))
        return vlt_fail(err, VAULT_E_USAGE,
            "the passphrase can come from one place only");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
add_one(struct vault_age_to *to, const char *word, struct vault_error *err)
{
    if (strncmp(word, "AGE-SECRET-KEY-", 15) == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("everyone who sees this command has it now: make a new one"),
            "that is a secret key, and no recipient");
    if (strncmp(word, "age1", 4) != 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is no age recipient (age1pq… or age1…)", word);
    return vault_age_to_add(to, word, err);
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
    struct vault_age_to *to;
    enum vault_status st = VAULT_OK;

    (void)c;
    to = vault_age_to_new();
    if (to == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; st == VAULT_OK && i < f->to.n; i++)
        st = add_one(to, f->to.v[i], err);
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
