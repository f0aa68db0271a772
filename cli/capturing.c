/* SPDX-License-Identifier: Apache-2.0 */
/* capturing.c: the capture file beside the vault: sealing while it is locked */
#include "capturing.h"

#include "fail.h"
#include "hex.h"
#include "os.h"
#include "out.h"
#include "same.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <vault/cards.h>
#include <vault/compartments.h>
#include <vault/filekind.h>

#define SUFFIX ".capture"

enum { PATH_SIZE = 4096 };

static bool
has_suffix(const char *path)
{
    size_t n = strlen(path);
    const size_t m = sizeof SUFFIX - 1;

    return n > m && strcmp(path + n - m, SUFFIX) == 0;
}

static bool
is_capture(const char *path)
{
    enum vault_file_kind kind;

    return vault_file_kind(path, &kind, NULL) == VAULT_OK &&
        kind == VAULT_FILE_CAPTURE;
}

bool
capture_named(const struct cli *c)
{
    char path[PATH_SIZE];

    return unlock_path(c, path, sizeof path, NULL) == VAULT_OK &&
        is_capture(path);
}

enum vault_status
capture_refused(struct cli *c, struct vault_error *err)
{
    if (capture_named(c))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq verify judges it as it is; the vault that takes it in "
               "has its records then"),
            "a capture file: audit packs and proofs are made of a vault");
    return unlock_open(c, err);
}

enum vault_status
capture_path(const struct cli *c, char *out, size_t size,
    struct vault_error *err)
{
    size_t n;
    enum vault_status st = unlock_path(c, out, size, err);

    if (st != VAULT_OK || has_suffix(out) || is_capture(out))
        return st;
    n = strlen(out);
    if (n + sizeof SUFFIX > size)
        return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
    memcpy(out + n, SUFFIX, sizeof SUFFIX);
    return VAULT_OK;
}

/* Why there is nothing to seal to. */
VAULT_CHECKED static enum vault_status
explain_missing(const char *vault, struct vault_error *err)
{
    enum vault_file_kind kind = VAULT_FILE_OTHER;

    if (!vlt_os_exists(vault))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s: no such file", vault);
    if (vault_file_kind(vault, &kind, NULL) == VAULT_OK &&
        kind == VAULT_FILE_AUDIT)
        return vlt_fail_hint(err, VAULT_E_FORMAT, N_("sanduq verify checks it"),
            "%s is an audit pack, not a vault", vault);
    return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
        N_("unlock once: sanduq capture make, or add with --passphrase-file, "
           "--passphrase-fd, --passphrase-command or --key-file"),
        "%s has no capture file beside it: locked, nothing can be added",
        vault);
}

/* A vault that is not here, or cannot be read now, says nothing. */
VAULT_CHECKED static enum vault_status
check_belongs(const struct cli *c, const char *path, const char *vault,
    struct vault_error *err)
{
    bool same = true;

    if (strcmp(path, vault) == 0 || !vlt_os_exists(vault) ||
        vault_capture_belongs(c->vault, vault, &same, NULL) != VAULT_OK || same)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        N_("nothing was sealed; move it away and unlock once with sanduq "
           "capture make"),
        "%s seals to another key than that of %s", path, vault);
}

enum vault_status
capture_open(struct cli *c, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    char path[PATH_SIZE], vault[PATH_SIZE], key[VAULT_FINGERPRINT];
    enum vault_status st = capture_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = unlock_path(c, vault, sizeof vault, err);
    if (st != VAULT_OK)
        return st;
    if (!vlt_os_exists(path))
        return explain_missing(vault, err);
    st = vault_capture_open(path, &opt, &c->vault, err);
    if (st != VAULT_OK)
        return st;
    vault_capture_fingerprint(c->vault, key);
    /* also with -q: only who reads this sees that the file was exchanged */
    say_warn(tr("locked: %s seals to the key %s"), path, key);
    return check_belongs(c, path, vault, err);
}

enum vault_status
capture_or_vault(struct cli *c, struct vault_error *err)
{
    return capture_named(c) ? capture_open(c, err) : unlock_open(c, err);
}

enum vault_status
capture_explain(const struct cli *c, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    char path[PATH_SIZE], key[VAULT_FINGERPRINT] = "?";
    struct vault *file = NULL;
    enum vault_status st = unlock_path(c, path, sizeof path, err);

    if (st != VAULT_OK)
        return st;
    if (vault_capture_look(path, &opt, &file, NULL) == VAULT_OK)
        vault_capture_fingerprint(file, key);
    vault_close(file);
    return vlt_fail_hint(err, VAULT_E_NO_KEY,
        N_("give a copy of it to whoever holds that vault: sanduq receive "
           "takes it in there; here work add, import, info, verify, log and "
           "capture end"),
        "%s is a capture file: nobody can read in it, not here and not whoever "
        "sealed it; only the vault of the card %s opens it",
        path, key);
}

void
capture_withdraw(struct cli *c, const uint8_t id[VAULT_ID], uint32_t version)
{
    struct vault_options opt = unlock_options(c);
    struct vault_error why;
    char path[PATH_SIZE];
    bool held = false;
    enum vault_status st = capture_path(c, path, sizeof path, &why);

    if (st == VAULT_OK && vlt_os_exists(path))
        st = vault_capture_withdraw(path, &opt, id, version, &held, &why);
    if (st == VAULT_OK && held)
        say_info(tr("destroyed in %s too"), path);
    if (st == VAULT_OK)
        return;
    say_error(&why);
    say_warn(tr("what %s holds of it was not destroyed"), path);
    c->exit = vault_status_exit(st);
}

static void
tell_taken(const struct vault_taken *t)
{
    if (t->records > 0)
        say_info(trn("%" PRIu64 " record that was sealed while the vault was "
                     "locked is now in it",
                     "%" PRIu64 " records that were sealed while the vault "
                     "was locked are now in it",
                     t->records),
            t->records);
}

enum { BAD_SHOWN = 20 };

/* What does not hold, by its id. */
static void
tell_bad(void *ctx, const uint8_t id[VAULT_ID], const struct vault_error *why)
{
    unsigned *n = ctx;
    char message[512], hex[HEX_ID];

    if (++*n > BAD_SHOWN)
        return;
    say_message(why, message, sizeof message);
    if (id != NULL)
        hex_id(hex, id);
    if (id != NULL)
        say_warn(tr("not taken in: record %s: %s"), hex, message);
    else
        say_warn("%s", message);
}

/* Somebody had the file, and changed to whom it seals; or a person did. */
static void
tell_places(const struct vault_taken *t)
{
    if (t->strangers > 0)
        say_warn(trn("%" PRIu64 " record is sealed to a compartment as it is "
                     "not any more: sanduq show says who can open it",
                     "%" PRIu64 " records are sealed to compartments as they "
                     "are not any more: sanduq show says who can open them",
                     t->strangers),
            t->strangers);
    if (t->readable > 0)
        say_warn(trn("%" PRIu64 " record can be read here, though its type "
                     "goes to a compartment that this vault is not in",
                     "%" PRIu64 " records can be read here, though their "
                     "types go to compartments that this vault is not in",
                     t->readable),
            t->readable);
    if (t->strangers + t->readable > 0)
        say_hint(N_("if nobody chose that: somebody put an older list of "
                    "compartments into the file, or it never got the new one "
                    "(sanduq key compartment note)"));
}

enum vault_status
capture_take(struct cli *c, const char *path,
    const struct vault_take_options *given, struct vault_taken *out,
    struct vault_error *err)
{
    unsigned n = 0;
    struct vault_take_options opt = *given;
    enum vault_status st;

    opt.bad = tell_bad;
    opt.ctx = &n;
    st = vault_take_in(c->vault, path, &opt, out, err);

    if (n > BAD_SHOWN)
        say_warn(tr("and %u more"), n - BAD_SHOWN);
    tell_places(out);
    return st;
}

/* Taking in writes lines, for which there would be a log of its own each
 * time: what waits, waits on, and it is said. */
static void
tell_waiting(const struct cli *c, const char *path)
{
    struct vault_options opt = unlock_options(c);
    struct vault *file = NULL;
    struct vault_error why;
    uint64_t n = 0;
    enum vault_status st = vault_capture_open(path, &opt, &file, &why);

    if (st == VAULT_OK)
        st = vault_capture_count(file, &n, &why);
    vault_close(file);
    if (st != VAULT_OK)
        say_error(&why);
    else if (n > 0)
        say_warn(trn("with --no-state, %" PRIu64
                     " record that was sealed while "
                     "the vault was locked is not taken in: it waits in %s for "
                     "an unlocking without that option",
                     "with --no-state, %" PRIu64 " records that were sealed "
                     "while the vault was locked are not taken in: they wait "
                     "in %s for an unlocking without that option",
                     n),
            n, path);
}

/* It sealed to the card before: the next one is for the new card. */
static void
renew_file(const struct cli *c, const char *path)
{
    struct vault_error why;
    bool renewed = false;
    enum vault_status st = vault_capture_renew(c->vault, path, &renewed, &why);

    if (st != VAULT_OK)
        say_error(&why);
    else if (renewed)
        say_info(tr("%s was made anew: it seals to the vault's new card"),
            path);
}

void
capture_compartments(struct cli *c)
{
    struct vault_error why;
    char path[PATH_SIZE];
    bool changed = false;
    enum vault_status st = capture_path(c, path, sizeof path, &why);

    if (st == VAULT_OK)
        st = vault_capture_compartments(c->vault, path, &changed, &why);
    if (st == VAULT_OK && changed)
        say_info(tr("%s seals to the same people now"), path);
    if (st == VAULT_OK)
        return;
    say_error(&why);
    say_warn(tr("%s may seal to others than the vault: do not add to it while "
                "the vault is locked"),
        path);
    c->exit = vault_status_exit(st);
}

void
capture_take_in(struct cli *c)
{
    struct vault_taken taken = {0};
    struct vault_error why;
    char path[PATH_SIZE];
    enum vault_status st = capture_path(c, path, sizeof path, &why);

    if (st != VAULT_OK || !vlt_os_exists(path))
        return;
    if (c->g.no_state) {
        tell_waiting(c, path);
        capture_compartments(c);
        return;
    }
    st = capture_take(c, path, &(struct vault_take_options){0}, &taken, &why);
    tell_taken(&taken);
    same_tell(c, taken.records);
    if (st == VAULT_OK) {
        renew_file(c, path);
        capture_compartments(c);
        return;
    }
    say_error(&why);
    say_warn(tr("what is in %s stays there"), path);
    if (st == VAULT_E_TAMPERED || st == VAULT_E_POLICY)
        c->exit = vault_status_exit(st);
}

bool
capture_holds(struct cli *c, const char *prefix)
{
    struct vault_options opt = unlock_options(c);
    uint8_t found[2][VAULT_ID];
    struct vault *file = NULL;
    char path[PATH_SIZE];
    size_t n = 0;
    enum vault_status st = capture_path(c, path, sizeof path, NULL);

    if (st == VAULT_OK && vlt_os_exists(path))
        st = vault_capture_open(path, &opt, &file, NULL);
    if (st == VAULT_OK && file != NULL)
        (void)!vault_resolve(file, prefix, found, VLT_COUNT(found), &n, NULL);
    vault_close(file);
    return n > 0;
}

void
capture_make_missing(struct cli *c)
{
    struct vault_error why;
    char path[PATH_SIZE];
    enum vault_status st = capture_path(c, path, sizeof path, &why);

    if (st == VAULT_OK && !vlt_os_exists(path))
        st = vault_capture_create(c->vault, path, &why);
    if (st == VAULT_OK)
        return;
    say_error(&why);
    say_warn("%s",
        tr("there is no capture file: while the vault is locked, nothing can "
           "be added"));
}
