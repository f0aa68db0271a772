/* SPDX-License-Identifier: Apache-2.0 */
/* newkey.c: making a new way to unlock */
#include "newkey.h"

#include "ask.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "weak.h"

#include <stdio.h>
#include <string.h>

enum { DRAWN = 30, GROUP = 4, TRIES = 3 };

VAULT_CHECKED static enum vault_status
refuse_weak(const struct vlt_buf *pass, struct vault_error *err)
{
    return weak_refuse((const char *)pass->p, pass->len, err);
}

/* Only the digits of what was typed. */
static void
keep_digits(struct vlt_buf *b)
{
    size_t n = 0;

    for (size_t i = 0; i < b->len; i++) {
        if (b->p[i] >= '0' && b->p[i] <= '9')
            b->p[n++] = b->p[i];
    }
    b->len = n;
}

/* Ask for one group of the drawn passphrase; a few tries. */
VAULT_CHECKED static enum vault_status
ask_group(const char *drawn, unsigned group, const char *missing,
    struct vlt_buf *answer, struct vault_error *err)
{
    const char *want = drawn + (size_t)group * (GROUP + 1);
    char prompt[128];

    for (int i = 0; i < TRIES; i++) {
        enum vault_status st;

        (void)snprintf(prompt, sizeof prompt,
            tr("Type group %u of it (four digits): "), group + 1);
        st = ask_line(prompt, true, missing, answer, err);
        if (st != VAULT_OK)
            return st;
        keep_digits(answer);
        if (answer->len == GROUP && memcmp(answer->p, want, GROUP) == 0)
            return VAULT_OK;
        say_warn("%s", tr("that is not what was shown"));
    }
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("begin again and write down what is shown"),
        "the passphrase was not typed back");
}

/* Two different groups, by a draw of their own. */
VAULT_CHECKED static enum vault_status
ask_back(const char *drawn, const char *missing, struct vault_error *err)
{
    struct vlt_buf answer;
    char dice[DRAWN];
    unsigned first, second;
    enum vault_status st;

    vault_passphrase_generate(dice);
    first = (unsigned)(dice[0] - '0' + 10 * (dice[1] - '0')) % 6;
    second = (first + 1 + (unsigned)(dice[2] - '0') % 5) % 6;
    vlt_wipe(dice, sizeof dice);
    vlt_buf_init(&answer, ASK_MAX + 1);
    st = ask_group(drawn, first, missing, &answer, err);
    if (st == VAULT_OK)
        st = ask_group(drawn, second, missing, &answer, err);
    vlt_buf_clear(&answer);
    return st;
}

enum vault_status
newkey_ask_twice(const char *missing, struct vlt_buf *pass,
    struct vault_error *err)
{
    struct vlt_buf again;
    enum vault_status st;
    bool same;

    st = ask_line(tr("New passphrase (nothing is shown): "), false, missing,
        pass, err);
    if (st == VAULT_OK)
        st = refuse_weak(pass, err);
    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&again, ASK_MAX + 1);
    st = ask_line(tr("The same once more: "), false, missing, &again, err);
    same = st == VAULT_OK && again.len == pass->len &&
        memcmp(again.p, pass->p, pass->len) == 0;
    vlt_buf_clear(&again);
    if (st == VAULT_OK && !same)
        return vlt_fail(err, VAULT_E_USAGE,
            "the two passphrases are not the same");
    return st;
}

/* Offer a drawn one; "own" leads to typing one. */
VAULT_CHECKED static enum vault_status
ask_new(const char *missing, struct vlt_buf *pass, struct vault_error *err)
{
    char drawn[DRAWN];
    char prompt[1024];
    struct vlt_buf answer;
    enum vault_status st;

    vault_passphrase_generate(drawn);
    (void)snprintf(prompt, sizeof prompt,
        tr("This passphrase was drawn for you:\n\n    %s\n\nWrite it down on "
           "paper. Without it nobody can open the vault, we neither. Close "
           "this window afterwards.\nEnter when it is written down, or "
           "\"own\" to choose one yourself: "),
        drawn);
    vlt_buf_init(&answer, ASK_MAX + 1);
    st = ask_line(prompt, true, missing, &answer, err);
    vlt_wipe(prompt, sizeof prompt);
    if (st == VAULT_OK && answer.len == 0) {
        st = ask_back(drawn, missing, err);
        vlt_buf_reset(pass);
        vlt_buf_put(pass, drawn, strlen(drawn));
    } else if (st == VAULT_OK &&
        (strcmp(vlt_buf_cstr(&answer), "own") == 0 ||
            strcmp(vlt_buf_cstr(&answer), tr("own")) == 0)) {
        st = newkey_ask_twice(missing, pass, err);
    } else if (st == VAULT_OK) {
        st = vlt_fail(err, VAULT_E_USAGE,
            "the answer was neither empty nor \"own\"");
    }
    vlt_wipe(drawn, sizeof drawn);
    vlt_buf_clear(&answer);
    return st;
}

VAULT_CHECKED static enum vault_status
take_passphrase(struct newkey *k, struct vault_error *err)
{
    struct vlt_buf pass;
    enum vault_status st;

    vlt_buf_init(&pass, 2 * ASK_MAX);
    if (pass_given(&k->from)) {
        st = pass_read(&k->from, &pass, err);
        if (st == VAULT_OK)
            st = refuse_weak(&pass, err);
    } else {
        st = ask_new(k->missing, &pass, err);
    }
    if (st == VAULT_OK)
        st = vault_key_passphrase(k->key, pass.p, pass.len, err);
    vlt_buf_clear(&pass);
    return st;
}

enum vault_status
newkey_make(struct newkey *k, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    k->key = vault_key_new();
    if (k->key == NULL)
        return vlt_fail_memory(err);
    if (k->passphrase)
        st = take_passphrase(k, err);
    if (st != VAULT_OK || k->key_file == NULL)
        return st;
    if (!vlt_os_exists(k->key_file)) {
        st = vault_keyfile_create(k->key_file, err);
        k->made_file = st == VAULT_OK;
    }
    if (st == VAULT_OK)
        st = vault_key_file(k->key, k->key_file, err);
    return st;
}

void
newkey_clear(struct newkey *k, bool failed)
{
    struct vault_error ignored;

    vault_key_free(k->key);
    k->key = NULL;
    if (failed && k->made_file &&
        vlt_os_destroy(k->key_file, &ignored) != VAULT_OK)
        say_warn(tr("the key file %s was made and opens nothing"), k->key_file);
}

struct vault_cost
newkey_cost(const char *kdf)
{
    if (kdf != NULL && strcmp(kdf, "strong") == 0)
        return vault_cost(VAULT_COST_STRONG);
    if (kdf != NULL && strcmp(kdf, "minimum") == 0)
        return vault_cost(VAULT_COST_FLOOR);
    return vault_cost(VAULT_COST_STANDARD);
}
