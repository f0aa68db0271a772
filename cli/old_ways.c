/* SPDX-License-Identifier: Apache-2.0 */
/* old_ways.c: the passphrases there were, once there is a new one */
#include "old_ways.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "out.h"
#include "slots.h"
#include "tr.h"

#include <stdio.h>
#include <string.h>

struct old_ways {
    size_t n;
    uint8_t id[VAULT_HASH][VAULT_ID]; /* 32 at most */
    enum vault_slot_kind kind[VAULT_HASH];
    const uint8_t *but;
};

static int
note_old(void *ctx, const struct vault_slot *s)
{
    struct old_ways *o = ctx;

    if ((s->kind != VAULT_SLOT_PASSPHRASE && s->kind != VAULT_SLOT_BOTH) ||
        memcmp(s->id, o->but, VAULT_ID) == 0 || o->n == VLT_COUNT(o->id))
        return 0;
    o->kind[o->n] = s->kind;
    memcpy(o->id[o->n++], s->id, VAULT_ID);
    return 0;
}

/* Whether they are to go. Without an answer they stay. */
static bool
ask_old(size_t n)
{
    char prompt[512];
    struct vlt_buf answer;
    struct vault_error err;
    enum vault_status st;
    bool remove;

    (void)snprintf(prompt, sizeof prompt,
        trn("Take away the passphrase there was? Whoever knows it opens this "
            "vault. [yes/no] ",
            "Take away the %zu passphrases there were? Whoever knows one opens "
            "this vault. [yes/no] ",
            n),
        n);
    vlt_buf_init(&answer, ASK_MAX + 1);
    st = ask_line(prompt, true, N_("--old keep or --old remove answers it"),
        &answer, &err);
    remove = st == VAULT_OK && ask_is_yes(vlt_buf_cstr(&answer));
    vlt_buf_clear(&answer);
    if (st != VAULT_OK)
        say_error(&err);
    return remove;
}

enum vault_status
old_ways_settle(struct cli *c, const char *answer,
    const uint8_t added[VAULT_ID], size_t *removed, struct vault_error *err)
{
    struct old_ways old = {.but = added};
    char hex[HEX_ID];
    bool remove;
    enum vault_status st = vault_slots(c->vault, note_old, &old, err);

    *removed = 0;
    if (st != VAULT_OK || old.n == 0)
        return st;
    for (size_t i = 0; i < old.n; i++) {
        hex_id(hex, old.id[i]);
        say_info(tr("was there before: %s (%s)"), hex, slots_kind(old.kind[i]));
    }
    remove = answer != NULL ? strcmp(answer, "remove") == 0 : ask_old(old.n);
    for (size_t i = 0; st == VAULT_OK && remove && i < old.n; i++) {
        st = vault_slot_remove(c->vault, old.id[i], err);
        *removed += st == VAULT_OK;
    }
    if (st == VAULT_OK && !remove)
        say_warn("%s",
            tr("the passphrases there were still open this vault: sanduq key "
               "list, sanduq key remove"));
    return st;
}
