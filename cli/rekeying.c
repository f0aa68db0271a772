/* SPDX-License-Identifier: Apache-2.0 */
/* rekeying.c: new keys, in place or in a new file: asked for and told */
#include "rekeying.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>

/* ---- before ---- */

void
rekey_reach(int level)
{
    if (level == 2) {
        say_info("%s",
            tr("everything that stands is sealed again under new keys here; "
               "the old epoch keys, the catalogue and its key are destroyed "
               "here"));
        say_info("%s",
            tr("records in compartments are sealed to their members of today: "
               "whoever was taken out opens no copy made later, and whoever "
               "was added can open older records too"));
        say_info("%s",
            tr("whoever recovers an old page of this medium with the key of a "
               "withdrawn record, and can unlock the vault, needs the page of "
               "the old epoch key or of the old catalogue key besides"));
        say_info("%s",
            tr("what it does not reach: backups, kits and other copies of "
               "this vault, and files given out; the passphrase stays what it "
               "is"));
        return;
    }
    say_info("%s",
        tr("everything that stands goes into a new file with new keys, the "
           "next card and new ways to unlock; put it on another medium"));
    say_info("%s",
        tr("records in compartments are sealed to their members of today"));
    say_info("%s",
        tr("old pages give nothing to someone who knows only the new secrets"));
    say_info("%s",
        tr("what it does not reach: this file and every copy of it; old pages "
           "with an old passphrase, key file, share set or headquarters' key "
           "still open"));
}

enum vault_status
rekey_into_check(const char *path, const struct rekey_new_opts *o,
    struct vault_error *err)
{
    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            N_("choose another name; nothing is written over"),
            "%s is there already", path);
    if (o->both && o->key_file == NULL)
        return vlt_fail(err, VAULT_E_USAGE, "--both needs --new-key-file FILE");
    return VAULT_OK;
}

/* ---- after ---- */

static void
tell_left(const struct vault_rekeyed *d)
{
    if (d->epochs_left > 0)
        say_warn(tr("%" PRIu64 " keys in %" PRIu64
                    " epochs are sealed to others only (compartments): they "
                    "stay as they are, and only those who hold these keys can "
                    "exchange them"),
            d->wraps_left, d->epochs_left);
}

static void
tell_json(const struct cli *c, int level, const char *path,
    const struct vault_rekeyed *d)
{
    struct jline j;

    (void)c;
    jline_begin(&j, "rekeyed");
    jline_u64(&j, "level", (uint64_t)level);
    jline_u64(&j, "wraps", d->wraps);
    jline_u64(&j, "events", d->events);
    jline_u64(&j, "epochs_gone", d->epochs_gone);
    jline_u64(&j, "epochs_left", d->epochs_left);
    jline_u64(&j, "wraps_left", d->wraps_left);
    if (level == 2)
        jline_u64(&j, "seeds_gone", d->seeds_gone);
    if (level == 3) {
        jline_text(&j, "path", path);
        jline_u64(&j, "generation", d->generation);
        jline_text(&j, "fingerprint", d->fingerprint);
        jline_u64(&j, "versions", d->versions);
        jline_u64(&j, "others", d->others);
        jline_u64(&j, "bytes", d->file_bytes);
    }
    jline_end(&j);
}

void
rekey_tell(const struct cli *c, const struct vault_rekeyed *d)
{
    if (c->g.json) {
        tell_json(c, 2, NULL, d);
        return;
    }
    say_info(tr("sealed again under new keys: %" PRIu64 " records, %" PRIu64
                " texts of the log; old epoch keys destroyed here: %" PRIu64),
        d->wraps, d->events, d->epochs_gone);
    if (d->seeds_gone > 0)
        say_info(tr("secrets of older cards destroyed here: %" PRIu64),
            d->seeds_gone);
    tell_left(d);
    say_info("%s",
        tr("keys and rows destroyed here; old pages may survive on flash, and "
           "every backup, kit or copy made before still opens"));
    say_info("%s",
        tr("a kit made before does not hold the new keys: sanduq backup --kit"));
}

static void
tell_new(const struct cli *c, const char *path, const struct newkey *k,
    const struct vault_rekeyed *d)
{
    char size[SIZE_TEXT], old[4096];

    if (c->g.json) {
        tell_json(c, 3, path, d);
        return;
    }
    size_text(size, d->file_bytes);
    out_printf("%s %s\n", tr("key of the new vault:"), d->fingerprint);
    say_info(tr("wrote %s (%s): %" PRIu64 " versions of own records, %" PRIu64
                " of others; read back and opened with the new keys"),
        path, size, d->versions, d->others);
    if (k->made_file)
        say_info(tr("made the key file %s; whoever has it can open the new "
                    "vault"),
            k->key_file);
    tell_left(d);
    if (unlock_path(c, old, sizeof old, NULL) == VAULT_OK)
        say_warn(
            tr("to be destroyed now, by you: %s, its capture file once "
               "it is taken in, its drafts once they are finished, and every backup, kit and copy of it; as "
               "long as one is there, an old passphrase or key file "
               "opens it"),
            old);
    say_warn("%s",
        tr("old pages may survive on flash: with an old passphrase, key file, "
           "share set or headquarters' key they still open"));
    say_info(tr("sanduq -V %s capture make makes its capture file, for adding "
                "while it is locked"),
        path);
    say_info("%s",
        tr("tell everyone who has the old card about the new one, and each "
           "capture device; the old card's secret is kept for opening only, "
           "and until sanduq rekey --forget-old-cards, old pages with an old "
           "epoch open to whoever unlocks the new file"));
}

enum vault_status
rekey_into(struct cli *c, const char *path, const struct rekey_new_opts *o,
    const char *reason, struct vault_error *err)
{
    struct vault_cost cost = newkey_cost(o->kdf);
    struct newkey k = {
        .passphrase = o->both || o->key_file == NULL || pass_given(&o->pass),
        .key_file = o->key_file,
        .from = o->pass,
        .missing = N_("use --new-passphrase-fd or --new-passphrase-file, or "
                      "--new-key-file"),
    };
    struct vault_way way = {.cost = &cost};
    struct vault_rekey_options ro = {.way = &way,
        .ways = 1,
        .keep_seeds = true,
        .again = o->again,
        .reason = reason};
    struct vault_rekeyed done;
    enum vault_status st = VAULT_OK;

    if (o->key_file != NULL && c->g.key_file != NULL &&
        vlt_os_same_file(o->key_file, c->g.key_file) == 1)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("name a file that is not there, and it is made"),
            "%s opens the old vault: it is no new way to unlock", o->key_file);
    st = newkey_make(&k, err);

    way.key = k.key;
    if (st == VAULT_OK) {
        vlt_os_catch_interrupt();
        progress_begin(0, true);
        progress_name(vlt_os_basename(path));
        st = vault_rekey_new(c->vault, path, &ro, &done, err);
        progress_end();
    }
    if (st == VAULT_OK) {
        c->changed = true;
        tell_new(c, path, &k, &done);
    }
    newkey_clear(&k, st != VAULT_OK);
    return st;
}
