/* SPDX-License-Identifier: Apache-2.0 */
/* receive_decide.c: whether to take in what a signer nobody compared signed */
#include "receive_decide.h"

#include <vault/cards.h>

#include "ask.h"
#include "fail.h"
#include "out.h"
#include "tr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is accepted may be a device: that is looked at behind the rest. */
static int
note_capture(void *ctx, const struct vault_received *row)
{
    bool *any = ctx;

    *any = *any || row->kind == VAULT_RECEIVED_CAPTURE;
    return 0;
}

enum vault_status
receive_accept(struct vault_receive *r, const struct opt_list *accept,
    struct vault_error *err)
{
    bool captures = false;
    struct vault_error why;
    enum vault_status all = vault_receive_each(r, note_capture, &captures, err);

    for (size_t i = 0; all == VAULT_OK && i < accept->n; i++) {
        enum vault_status st = vault_receive_accept(r, accept->v[i], &why);

        if (st == VAULT_E_NOT_FOUND && captures)
            continue;
        if (st == VAULT_E_NOT_FOUND)
            say_warn(tr("--accept %s: no file waits for this signer"),
                accept->v[i]);
        else if (st != VAULT_OK) {
            *err = why;
            return st;
        }
    }
    return all;
}

struct signer {
    char text[VAULT_FINGERPRINT];
    uint8_t key[VAULT_HASH];
};
struct waiting {
    struct signer *at;
    size_t n;
    bool failed;
};

static int
take_waiting(void *ctx, const struct vault_received *row)
{
    struct waiting *l = ctx;
    struct signer *more;

    if (row->state != VAULT_RECEIVE_UNKNOWN)
        return 0;
    for (size_t i = 0; i < l->n; i++) {
        if (memcmp(l->at[i].key, row->key, VAULT_HASH) == 0)
            return 0;
    }
    more = realloc(l->at, (l->n + 1) * sizeof *more);
    if (more == NULL) {
        l->failed = true;
        return 1;
    }
    l->at = more;
    memcpy(more[l->n].text, row->fingerprint, sizeof more->text);
    memcpy(more[l->n++].key, row->key, VAULT_HASH);
    return 0;
}

/* Whoever types the end of the key has looked at it. */
VAULT_CHECKED static enum vault_status
ask_one(struct vault_receive *r, const struct signer *k,
    struct vault_error *err)
{
    char prompt[512];
    struct vlt_buf answer;
    bool same;
    enum vault_status st;

    say_warn(tr("nobody has compared %s; ask the sender for it in another way "
                "than this file came"),
        k->text);
    vlt_buf_init(&answer, ASK_MAX + 1);
    (void)snprintf(prompt, sizeof prompt, "%s",
        tr("Type its last group to take in what it signed, or nothing to leave "
           "it: "));
    st = ask_line(prompt, true, N_("--accept FINGERPRINT"), &answer, err);
    same = st == VAULT_OK && answer.len > 0 &&
        vault_fingerprint_ends(k->key, vlt_buf_cstr(&answer));
    if (st == VAULT_OK && !same)
        say_info(tr("left: what %s signed"), k->text);
    vlt_buf_clear(&answer);
    return st == VAULT_OK && same ? vault_receive_accept(r, k->text, err) : st;
}

enum vault_status
receive_ask(struct vault_receive *r, struct vault_error *err)
{
    struct waiting l = {NULL, 0, false};
    enum vault_status st = vault_receive_each(r, take_waiting, &l, err);

    if (l.failed)
        st = vlt_fail_memory(err);
    for (size_t i = 0; st == VAULT_OK && i < l.n; i++) {
        st = ask_one(r, &l.at[i], err);
        if (st == VAULT_E_USAGE) { /* no terminal: they are left */
            say_warn(tr("not taken in: what %s signed"), l.at[i].text);
            say_hint(N_("compare the key with the sender, then --accept it; "
                        "sanduq card add pins the card under a name"));
            vlt_error_clear(err);
            st = VAULT_OK;
        }
    }
    free(l.at);
    return st;
}
