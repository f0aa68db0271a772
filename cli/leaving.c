/* SPDX-License-Identifier: Apache-2.0 */
/* leaving.c: travel prepare: the file, its way back, and what comes next */
#include "travel_cmds.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "sheet.h"
#include "shares_in.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"
#include "withdraw_more.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096, NOT_DONE = 6 };

/* One dealing, until the slot of the new file is made of it. */
struct dealt {
    struct vault_recovery *r;
    struct vault_key *key;
    unsigned k, n;
    bool typed;
    char dir[PATH_SIZE];
};

struct leaving {
    struct cli *c;
    const struct travel_prepare_opts *o;
    const char *path;
    char capture[PATH_SIZE];
    struct vlt_buf reason;
    uint8_t (*ids)[VAULT_ID];
    struct dealt *dealt;
    struct vault_travel_way way[VAULT_TRAVEL_WAYS];
    size_t ways;
    size_t challenges;       /* handed out */
    struct opt_list folders; /* where sheets and challenges lie */
    char beside[PATH_SIZE];  /* the folder of -o */
};

static void
clear(struct leaving *l)
{
    size_t i;

    for (i = 0; l->dealt != NULL && i < l->o->shares.n; i++) {
        vault_recovery_free(l->dealt[i].r);
        vault_key_free(l->dealt[i].key);
    }
    free(l->dealt);
    free(l->ids);
    opt_list_clear(&l->folders);
    vlt_buf_clear(&l->reason);
}

/* ---- what is asked for ---- */

VAULT_CHECKED static enum vault_status
check_words(struct leaving *l, struct vault_error *err)
{
    const struct travel_prepare_opts *o = l->o;
    const char *capture = ".capture";

    if (o->ask && (o->to.n != 1 || o->shares.n > 0 || o->with.n > 0))
        return vlt_fail(err, VAULT_E_USAGE,
            "--ask takes one --to NAME, and nothing that makes another file");
    if (o->to.n + o->shares.n == 0)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--to NAME, or --to-shares K/N; both is better"),
            "without a way back nobody could ever open the travel file");
    if (o->to.n + o->shares.n > VAULT_TRAVEL_WAYS)
        return vlt_fail(err, VAULT_E_LIMIT, "at most %d ways back",
            (int)VAULT_TRAVEL_WAYS);
    if (strlen(l->path) + strlen(capture) + 1 > sizeof l->capture)
        return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
    (void)snprintf(l->capture, sizeof l->capture, "%s%s", l->path, capture);
    return VAULT_OK;
}

/* What goes over a border is named by its whole id, and shown. */
VAULT_CHECKED static enum vault_status
show_record(struct leaving *l, size_t i, struct vault_error *err)
{
    const struct vault_entry *e;
    struct vault_record *r = NULL;
    char hex[HEX_ID];
    enum vault_status st =
        vault_record_open(l->c->vault, l->ids[i], 0, &r, err);

    if (st != VAULT_OK)
        return st;
    e = vault_record_entry(r);
    hex_id(hex, l->ids[i]);
    say_info(tr("goes along, and lies in the travel file: %s  %s  %s"), hex,
        e->type, e->name);
    vault_record_close(r);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
take_records(struct leaving *l, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (l->o->with.n == 0)
        return VAULT_OK;
    l->ids = calloc(l->o->with.n, sizeof *l->ids);
    if (l->ids == NULL)
        return vlt_fail_memory(err);
    for (i = 0; st == VAULT_OK && i < l->o->with.n; i++) {
        const char *id = l->o->with.v[i];

        if (!vlt_unhex(l->ids[i], VAULT_ID, id, strlen(id)))
            return vlt_fail_hint(err, VAULT_E_USAGE,
                N_("sanduq list --json shows the whole ids"),
                "\"%s\" is not the whole id of a record (32 digits)", id);
        st = show_record(l, i, err);
    }
    return st;
}

/* ---- shares ---- */

/* The sheets of another dealing would open the travel file, and those made
 * now nothing. */
VAULT_CHECKED static enum vault_status
same_set(const struct dealt *d, const struct vault_shares *typed,
    struct vault_error *err)
{
    struct vault_share_view made, got;

    vault_shares_view(vault_recovery_shares(d->r), 0, &made);
    vault_shares_view(typed, 0, &got);
    if (strcmp(made.set, got.set) == 0 && made.threshold == got.threshold)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_SECRET,
        "these are shares of set %s, and the sheets made now are of set %s",
        got.set, made.set);
}

/* Shares typed back from the sheets; nothing typed: it is done later. */
VAULT_CHECKED static enum vault_status
type_back(struct dealt *d, struct vault_error *err)
{
    struct vault_shares *s = vault_shares_new();
    struct vault_key *key = vault_key_new();
    enum vault_status st;

    if (s == NULL || key == NULL) {
        st = vlt_fail_memory(err);
        goto out;
    }
    say_info(tr("now the sheets themselves: type %u of the shares, so that it "
                "is known that they open"),
        d->k);
    st = shares_ask(s, true, N_("sanduq travel finish NEW SHARE..."), err);
    if (st == VAULT_OK)
        st = same_set(d, s, err);
    if (st == VAULT_OK)
        st = vault_key_shares(key, s, err);
    if (st == VAULT_OK) {
        vault_key_free(d->key);
        d->key = key;
        key = NULL;
        d->typed = true;
    }
out:
    vault_key_free(key);
    vault_shares_free(s);
    return st;
}

VAULT_CHECKED static enum vault_status
put_sheets(struct leaving *l, size_t i, struct vault_error *err)
{
    struct dealt *d = &l->dealt[i];
    struct sheet_set s = {.shares = vault_recovery_shares(d->r),
        .threshold = d->k,
        .time = vlt_os_time()};

    if (l->o->sheets == NULL)
        return sheet_terminal(&s, N_("--sheets FOLDER writes them to files"),
            err);
    return sheet_folder(l->c, &s, d->dir, l->o->text, err);
}

/* Where the sheets of the i-th dealing go. */
VAULT_CHECKED static enum vault_status
name_folder(struct leaving *l, size_t i, struct vault_error *err)
{
    struct dealt *d = &l->dealt[i];

    if (l->o->sheets == NULL)
        return VAULT_OK;
    if (strlen(l->o->sheets) + 24 > sizeof d->dir)
        return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
    if (i == 0)
        (void)snprintf(d->dir, sizeof d->dir, "%s", l->o->sheets);
    else
        (void)snprintf(d->dir, sizeof d->dir, "%s-%zu", l->o->sheets, i + 1);
    return opt_list_add(&l->folders, d->dir, err);
}

/* Where the challenges go, "." for none but a name. */
VAULT_CHECKED static enum vault_status
folder_of_output(struct leaving *l, struct vault_error *err)
{
    const char *path = l->o->output;
    size_t n;

    if (path == NULL || strcmp(path, "-") == 0)
        return VAULT_OK; /* beside the travel file, or nowhere */
    n = (size_t)(vlt_os_basename(path) - path);
    if (n + 2 > sizeof l->beside)
        return vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
    memcpy(l->beside, n > 0 ? path : ".", n > 0 ? n : 1);
    l->beside[n > 0 ? n : 1] = '\0';
    return opt_list_add(&l->folders, l->beside, err);
}

/* Without a terminal the proof comes with `travel finish`. */
VAULT_CHECKED static enum vault_status
deal(struct leaving *l, size_t i, struct vault_error *err)
{
    struct dealt *d = &l->dealt[i];
    enum vault_status st = shares_numbers(l->o->shares.v[i], &d->k, &d->n, err);

    if (st == VAULT_OK)
        st = vault_recovery_deal(d->k, d->n, &d->r, err);
    if (st != VAULT_OK)
        return st;
    d->key = vault_key_new();
    if (d->key == NULL)
        return vlt_fail_memory(err);
    st = vault_key_shares(d->key, vault_recovery_shares(d->r), err);
    if (st == VAULT_OK)
        st = name_folder(l, i, err);
    if (st == VAULT_OK)
        st = put_sheets(l, i, err);
    if (st == VAULT_OK && !l->c->g.yes)
        st = type_back(d, err);
    l->way[l->ways++] =
        (struct vault_travel_way){.shares = d->key, .typed = d->typed};
    return st;
}

VAULT_CHECKED static enum vault_status
take_ways(struct leaving *l, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    if (l->o->shares.n > 0) {
        l->dealt = calloc(l->o->shares.n, sizeof *l->dealt);
        if (l->dealt == NULL)
            return vlt_fail_memory(err);
    }
    for (i = 0; st == VAULT_OK && i < l->o->shares.n; i++)
        st = deal(l, i, err);
    for (i = 0; st == VAULT_OK && i < l->o->to.n; i++)
        l->way[l->ways++] = (struct vault_travel_way){.card = l->o->to.v[i]};
    return st;
}

/* ---- challenges ---- */

static int
put_challenge(void *ctx, const char *card, const char *text, size_t len)
{
    struct leaving *l = ctx;
    struct vault_error err = {0};
    struct note_file f = {.c = l->c};
    char path[PATH_SIZE];
    const char *base = l->o->output;
    enum vault_status st;

    l->challenges++;
    if (base != NULL && strcmp(base, "-") == 0)
        (void)snprintf(path, sizeof path, "-");
    else if (l->challenges == 1)
        (void)snprintf(path, sizeof path, base != NULL ? "%s" : "%s.challenge",
            base != NULL ? base : l->path);
    else
        (void)snprintf(path, sizeof path,
            base != NULL ? "%s-%zu" : "%s.challenge-%zu",
            base != NULL ? base : l->path, l->challenges);
    st = note_file_begin(l->c, path, &f, &err);
    if (st == VAULT_OK)
        st = note_file_end(&f, "challenge", text, len, &err);
    note_file_discard(&f);
    if (st == VAULT_OK) {
        if (strcmp(path, "-") != 0)
            say_info(tr("the challenge for %s is in %s: send it, over any "
                        "way"),
                card, path);
        return 0;
    }
    say_error(&err);
    say_hint(N_("sanduq travel prepare NEW --ask --to NAME writes another "
                "challenge"));
    return 0; /* the travel file is there all the same */
}

/* ---- telling ---- */

static void
tell_made(const struct leaving *l, const struct vault_travel_made *m)
{
    say_info(tr("made %s: card of generation %u, %s"), l->path,
        (unsigned)m->generation, m->fingerprint);
    say_info(trn("record versions in it: %" PRIu64,
                 "record versions in it: %" PRIu64, m->versions),
        m->versions);
    if (!l->o->no_capture)
        say_info(tr("made %s: what is collected on the way is sealed into it "
                    "(sanduq -V %s add ...); nobody reads it back there"),
            l->capture, l->path);
    say_info("%s",
        tr("nothing was removed. What older copies of the vault hold is not "
           "protected by this: whoever has one, and a passphrase, opens it"));
    if (m->proved > 0)
        say_info("%s",
            tr("the way back is proved. Next: sanduq travel finish"));
    else
        say_warn("%s",
            tr("NOT DONE: no way back is proved yet. Shares: sanduq travel "
               "finish NEW SHARE...; headquarters: sanduq travel finish NEW "
               "--answer FILE, once it has answered. Do not remove anything "
               "before"));
}

static void
end(struct cli *c, const struct vault_travel_made *m)
{
    struct jline j;
    size_t i;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    if (m != NULL) {
        jline_u64(&j, "generation", m->generation);
        jline_text(&j, "fingerprint", m->fingerprint);
        jline_u64(&j, "versions", m->versions);
        jline_u64(&j, "proved", m->proved);
        jline_array(&j, "slots");
        for (i = 0; i < m->slots; i++)
            jline_hex(&j, NULL, m->slot[i], VAULT_ID);
        jline_array_end(&j);
    }
    jline_end(&j);
}

VAULT_CHECKED static enum vault_status
sure(const struct leaving *l, struct vault_error *err)
{
    return ask_sure(l->c,
        l->o->with.n > 0
            ? tr("The travel file will hold the records named above; whoever "
                 "opens it reads them. Neither passphrase nor key file will "
                 "open it: you will depend on those who hold the way back. "
                 "Make it?")
            : tr("The travel file will hold no records. Neither passphrase "
                 "nor key file will open it: you will depend on those who "
                 "hold the way back. Make it?"),
        err);
}

/* ---- the command ---- */

VAULT_CHECKED static enum vault_status
ask_more(struct leaving *l, struct vault_error *err)
{
    uint8_t id[VAULT_ID];
    const uint8_t *slot;
    enum vault_status st = unlock_only(l->c, err);

    /* --slot names the way into the vault; of the travel file, when it has
     * several for cards, it cannot be both */
    if (st == VAULT_OK && l->o->slot != NULL &&
        !vlt_unhex(id, VAULT_ID, l->o->slot, strlen(l->o->slot)))
        st = vlt_fail(err, VAULT_E_USAGE,
            "\"%s\" is not the whole id of a way to unlock (32 digits)",
            l->o->slot);
    slot = l->o->slot != NULL ? id : NULL;
    if (st == VAULT_OK)
        st = vault_travel_ask(l->c->vault, l->path, l->o->to.v[0], slot,
            put_challenge, l, err);
    if (st != VAULT_OK)
        return st;
    l->c->changed = true;
    l->c->exit = NOT_DONE;
    end(l->c, NULL);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
prepare(struct leaving *l, struct vault_error *err)
{
    struct vault_travel_options to = {.way = l->way,
        .again = l->o->again,
        .capture = l->o->no_capture ? NULL : l->capture,
        .key_file = l->c->g.key_file};
    struct vault_travel_made made;
    enum vault_status st = unlock(l->c, err);

    if (st == VAULT_OK && l->o->reason != NULL)
        st = version_reason(l->o->reason, tr("Why is it made? "), &l->reason,
            err);
    if (st == VAULT_OK)
        st = take_records(l, err);
    if (st == VAULT_OK)
        st = sure(l, err);
    if (st == VAULT_OK)
        st = take_ways(l, err);
    if (st != VAULT_OK)
        return st;
    st = folder_of_output(l, err);
    if (st != VAULT_OK)
        return st;
    to.folders = (const char *const *)l->folders.v;
    to.folders_len = l->folders.n;
    to.ways = l->ways;
    to.ids = (const uint8_t(*)[VAULT_ID])l->ids;
    to.ids_len = l->o->with.n;
    to.reason = l->reason.len > 0 ? vlt_buf_cstr(&l->reason) : NULL;
    st = vault_travel_prepare(l->c->vault, l->path, &to, put_challenge, l,
        &made, err);
    if (st != VAULT_OK) {
        if (l->dealt != NULL)
            say_warn("%s",
                tr("the sheets made now open nothing: destroy them"));
        return st;
    }
    l->c->changed = true;
    l->c->exit = made.proved > 0 ? 0 : NOT_DONE;
    tell_made(l, &made);
    end(l->c, &made);
    return VAULT_OK;
}

enum vault_status
travel_prepare_run(struct cli *c, struct vault_error *err)
{
    struct leaving l = {.c = c, .o = c->opts, .path = c->args.v[0]};
    enum vault_status st;

    vlt_buf_init(&l.reason, ASK_MAX + 1);
    st = check_words(&l, err);
    if (st == VAULT_OK)
        st = l.o->ask ? ask_more(&l, err) : prepare(&l, err);
    clear(&l);
    return st;
}
