/* SPDX-License-Identifier: Apache-2.0 */
/* unlocking.c: opening the vault of this run, and unlocking it */
#include "unlocking.h"

#include "ask.h"
#include "capturing.h"
#include "draft_list.h"
#include "fail.h"
#include "os.h"
#include "out.h"
#include "pass.h"
#include "progress.h"
#include "text.h"
#include "tr.h"

#include <stdio.h>
#include <string.h>

enum { TRIES = 3, PATH_SIZE = 4096, MANY_LOGS = 100 };

static struct pass_from
from_options(const struct cli *c)
{
    return (struct pass_from){c->g.pass_fd, c->g.pass_file, c->g.pass_command};
}

enum vault_status
unlock_path(const struct cli *c, char *out, size_t size,
    struct vault_error *err)
{
    if (c->g.vault != NULL) {
        int n = snprintf(out, size, "%s", c->g.vault);

        if (n < 0 || (size_t)n >= size)
            return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
        return VAULT_OK;
    }
    if (vlt_os_env("SANDUQ_VAULT", out, size) && out[0] != 0)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("name it with -V FILE or the variable SANDUQ_VAULT; sanduq init "
           "FILE makes one"),
        "which vault is meant was not said");
}

struct vault_options
unlock_options(const struct cli *c)
{
    const char *clock = c->g.clock;
    enum vault_clock said = clock == NULL ? VAULT_CLOCK_UNSAID
        : strcmp(clock, "right") == 0     ? VAULT_CLOCK_RIGHT
                                          : VAULT_CLOCK_DOUBTFUL;

    return (struct vault_options){.no_state = c->g.no_state,
        .progress = progress_callback,
        .clock_said = said};
}

enum vault_status
unlock_open(struct cli *c, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    char path[PATH_SIZE];
    enum vault_status st;

    if (c->vault != NULL)
        return VAULT_OK;
    st = unlock_path(c, path, sizeof path, err);
    if (st != VAULT_OK)
        return st;
    st = vault_open(path, &opt, &c->vault, err);
    return st == VAULT_E_FORMAT && capture_named(c) ? capture_explain(c, err)
                                                    : st;
}

bool
unlock_given(const struct cli *c)
{
    struct pass_from from = from_options(c);

    return pass_given(&from) || c->g.key_file != NULL;
}

/* Which kinds of slots there are, as bits. */
static int
note_kind(void *ctx, const struct vault_slot *slot)
{
    *(unsigned *)ctx |= 1u << slot->kind;
    return 0;
}

/* Neither a key file alone nor a passphrase alone opens any slot. */
static bool
needs_both(struct vault *v)
{
    unsigned kinds = 0;

    if (vault_slots(v, note_kind, &kinds, NULL) != VAULT_OK)
        return false;
    return (kinds & 1u << VAULT_SLOT_BOTH) != 0 &&
        (kinds & 1u << VAULT_SLOT_KEYFILE) == 0;
}

static void
warn_of_swap(void)
{
    static bool told; /* once in a process */

    if (!told && vlt_os_swap_exposed())
        say_info("%s",
            tr("this machine's swap is not encrypted: what is unlocked may "
               "be written to its disk"));
    told = true;
}

VAULT_CHECKED static enum vault_status
set_passphrase(const struct cli *c, struct vault_key *key, struct vlt_buf *pass,
    struct vault_error *err)
{
    struct pass_from from = from_options(c);
    enum vault_status st;

    if (pass_given(&from))
        st = pass_read(&from, pass, err);
    else
        st = ask_line(tr("Passphrase (nothing is shown): "), false,
            N_("use --passphrase-fd, --passphrase-file, "
               "--passphrase-command or --key-file"),
            pass, err);
    if (st != VAULT_OK)
        return st;
    if (pass->len == 0)
        return vlt_fail(err, VAULT_E_USAGE, "the passphrase is empty");
    return vault_key_passphrase(key, pass->p, pass->len, err);
}

/* `pass` keeps what was typed, for a second reading of it. */
VAULT_CHECKED static enum vault_status
make_key(const struct cli *c, bool both, struct vlt_buf *pass,
    struct vault_key **out, struct vault_error *err)
{
    struct pass_from from = from_options(c);
    struct vault_key *key = vault_key_new();
    enum vault_status st = VAULT_OK;

    if (key == NULL)
        return vlt_fail_memory(err);
    warn_of_swap();
    if (c->g.key_file != NULL)
        st = vault_key_file(key, c->g.key_file, err);
    if (st == VAULT_OK && (c->g.key_file == NULL || pass_given(&from) || both))
        st = set_passphrase(c, key, pass, err);
    if (st != VAULT_OK) {
        vault_key_free(key);
        return st;
    }
    *out = key;
    return VAULT_OK;
}

enum vault_status
unlock_key(const struct cli *c, bool both, struct vault_key **out,
    struct vault_error *err)
{
    struct vlt_buf pass;
    enum vault_status st;

    vlt_buf_init(&pass, 2 * ASK_MAX);
    st = make_key(c, both, &pass, out, err);
    vlt_buf_clear(&pass);
    return st;
}

enum vault_status
unlock_slot(const struct cli *c, uint8_t out[VAULT_ID], const uint8_t **slot,
    struct vault_error *err)
{
    *slot = NULL;
    if (c->g.slot == NULL)
        return VAULT_OK;
    if (!vlt_unhex(out, VAULT_ID, c->g.slot, strlen(c->g.slot)))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq key list shows the whole ids"),
            "\"%s\" is not the whole id of a way to unlock (32 digits)",
            c->g.slot);
    *slot = out;
    return VAULT_OK;
}

/* A drawn passphrase may be typed without its dashes. */
VAULT_CHECKED static enum vault_status
try_regrouped(struct cli *c, struct vault_key *key, const uint8_t *slot,
    const struct vlt_buf *pass, struct vault_error *err)
{
    char grouped[30];
    enum vault_status st = VAULT_E_SECRET;
    struct vault_error first = *err;

    if (pass_regroup((const char *)pass->p, pass->len, grouped)) {
        st = vault_key_passphrase(key, grouped, strlen(grouped), err);
        if (st == VAULT_OK)
            st = vault_unlock(c->vault, key, slot, err);
    }
    vlt_wipe(grouped, sizeof grouped);
    if (st == VAULT_E_SECRET)
        *err = first;
    return st;
}

VAULT_CHECKED static enum vault_status
unlock_once(struct cli *c, struct vault_error *err)
{
    struct vault_key *key = NULL;
    struct vlt_buf pass;
    uint8_t id[VAULT_ID];
    const uint8_t *slot;
    enum vault_status st;

    vlt_buf_init(&pass, 2 * ASK_MAX);
    st = unlock_slot(c, id, &slot, err);
    if (st == VAULT_OK)
        st = make_key(c, needs_both(c->vault), &pass, &key, err);
    if (st == VAULT_OK) {
        st = vault_unlock(c->vault, key, slot, err);
        if (st == VAULT_E_SECRET && pass.len > 0)
            st = try_regrouped(c, key, slot, &pass, err);
    }
    vault_key_free(key);
    vlt_buf_clear(&pass);
    return st;
}

enum vault_status
unlock_only(struct cli *c, struct vault_error *err)
{
    struct pass_from from = from_options(c);
    enum vault_status st = unlock_open(c, err);
    bool asks;

    if (st != VAULT_OK || vault_unlocked(c->vault))
        return st;
    asks =
        !pass_given(&from) && (c->g.key_file == NULL || needs_both(c->vault));
    for (int i = 1; i <= TRIES; i++) {
        st = unlock_once(c, err);
        if (st != VAULT_E_SECRET || !asks || i == TRIES)
            break;
        say_error(err);
    }
    return st;
}

/* What --no-state costs: said when it can be felt. */
static void
tell_cost(const struct cli *c)
{
    struct vault_info info;

    if (!c->g.no_state || vault_info(c->vault, &info, NULL) != VAULT_OK ||
        info.logs < MANY_LOGS)
        return;
    say_info(tr("--no-state: each use that writes begins a log of its own; "
                "this vault has %u, and each makes every unlocking a little "
                "slower"),
        info.logs);
}

enum vault_status
unlock(struct cli *c, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (c->vault != NULL && vault_unlocked(c->vault))
        return VAULT_OK;
    st = unlock_only(c, err);
    if (st == VAULT_OK)
        capture_take_in(c);
    if (st == VAULT_OK)
        drafts_tell(c);
    if (st == VAULT_OK)
        tell_cost(c);
    return st;
}
