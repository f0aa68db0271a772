/* SPDX-License-Identifier: Apache-2.0 */
/* share_shares.c: a bundle for whoever brings enough shares together */
#include "share_shares.h"

#include "bytes.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "shares_in.h"
#include "sheet.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <string.h>

enum { HASH_SHOWN = 16, LABEL = 1024 };

void
share_deal_clear(struct share_deal *d)
{
    vault_shares_free(d->kept);
    d->kept = NULL;
}

enum vault_status
share_numbers(const char *text, struct share_deal *d, struct vault_error *err)
{
    enum vault_status st = shares_numbers(text, &d->needed, &d->shares, err);

    if (st != VAULT_OK ||
        (d->needed >= VAULT_SHARES_LEAST && d->needed <= VAULT_SHARES_NEEDED &&
            d->needed <= d->shares && d->shares <= VAULT_SHARES_MOST))
        return st;
    return vlt_fail(err, VAULT_E_USAGE,
        "%d to %d shares are needed to open it, of %d at most",
        VAULT_SHARES_LEAST, VAULT_SHARES_NEEDED, VAULT_SHARES_MOST);
}

/* ---- sheets ---- */

/* What a custodian needs to find the file by, and no name but one that was
 * asked for. */
static void
label_of(const struct share_deal *d, char out[LABEL])
{
    char hex[HEX_HASH];

    hex_hash(hex, d->file);
    (void)snprintf(out, LABEL,
        tr("It is for the file whose SHA-256 begins with %.*s.%s%s"),
        (int)HASH_SHOWN, hex, d->label != NULL ? " " : "",
        d->label != NULL ? d->label : "");
}

static struct sheet_set
set_of(const struct share_deal *d, const struct vault_shares *shares,
    char label[LABEL])
{
    label_of(d, label);
    return (struct sheet_set){.shares = shares,
        .threshold = d->needed,
        .bundle = true,
        .label = label,
        .time = vlt_os_time()};
}

VAULT_CHECKED static enum vault_status
keep(struct share_deal *d, const struct vault_shares *shares,
    struct vault_error *err)
{
    char text[VAULT_SHARE_TEXT];
    enum vault_status st = VAULT_OK;

    d->kept = vault_shares_new();
    if (d->kept == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; st == VAULT_OK && i < vault_shares_count(shares); i++) {
        vault_shares_text(shares, i, text);
        st = vault_shares_add(d->kept, text, strlen(text), NULL, err);
    }
    vlt_wipe(text, sizeof text);
    return st;
}

enum vault_status
share_deal_out(void *ctx, const struct vault_dealt *dealt,
    struct vault_error *err)
{
    struct share_deal *d = ctx;
    struct sheet_set set;
    char label[LABEL];
    enum vault_status st;

    memcpy(d->identifier, dealt->identifier, sizeof d->identifier);
    memcpy(d->file, dealt->file, sizeof d->file);
    if (d->sheets == NULL)
        return keep(d, dealt->shares, err);
    set = set_of(d, dealt->shares, label);
    st = sheet_folder(d->c, &set, d->sheets, d->text, err);
    d->written = st == VAULT_OK;
    return st;
}

/* ---- what is said ---- */

void
share_shares_before(const struct share_deal *d)
{
    struct jline j;

    say_warn(tr("for whoever brings together %u of %u shares: no card is "
                "asked, nobody else opens it, and this vault does not either"),
        d->needed, d->shares);
    say_warn(tr("whoever gets hold of %u shares and the file opens it, and you "
                "are not told; one share alone says nothing of what is in it"),
        d->needed);
    say_warn("%s",
        tr("the records themselves stay in this vault: whoever opens it reads "
           "them without a share"));
    if (d->sheets != NULL)
        say_warn(tr("the shares are written into %s: print them, and destroy "
                    "the files; old copies may survive on flash"),
            d->sheets);
    if (!d->c->g.json)
        return;
    jline_begin(&j, "recipient");
    jline_u64(&j, "needed", d->needed);
    jline_u64(&j, "shares", d->shares);
    jline_end(&j);
}

enum vault_status
share_shares_after(struct share_deal *d, const char *path,
    struct vault_error *err)
{
    struct sheet_set set;
    char label[LABEL];
    enum vault_status st;

    if (d->kept == NULL)
        return VAULT_OK;
    set = set_of(d, d->kept, label);
    st = sheet_terminal(&set, N_("--sheets FOLDER writes them into a folder"),
        err);
    if (st == VAULT_OK)
        return st;
    if (vlt_os_unlink(path, NULL) == VAULT_OK)
        say_warn(tr("%s was removed: without its shares nobody opens it. The "
                    "log says that it was shared; share the records again"),
            path);
    return st;
}

/* ---- share check ---- */

struct check_opts {
    struct opt_list share_file;
};

static const struct opt check_table[] = {
    {0, "share-file", OPT_LIST, "FILE",
        N_("a share from this file: a sheet as it was saved, or its text; once "
           "for each; without it you are asked"),
        offsetof(struct check_opts, share_file)},
};

static const struct cmd_example check_examples[] = {
    {"sanduq share check statement.bundle.age",
        N_("asks for a share, and says whether it is of this file")},
};

static void
tell_check(struct cli *c, const struct vault_share_view *v, bool fit)
{
    struct jline j;

    if (!fit && c->exit == 0)
        c->exit = vault_status_exit(VAULT_E_POLICY);
    if (c->g.json) {
        jline_begin(&j, "share_check");
        jline_text(&j, "set", v->set);
        jline_text_n(&j, "index", &v->index, 1);
        jline_u64(&j, "threshold", v->threshold);
        jline_bool(&j, "fits", fit);
        jline_end(&j);
        return;
    }
    out_printf(tr("share %c of set %s: it can be read whole; needed to open: "
                  "%u\n"),
        v->index, v->set, v->threshold);
    out_printf("%s\n",
        fit ? tr("  it was dealt for this file; whether it opens shows when "
                 "enough come together")
            : tr("  NOT OF THIS FILE as it lies here, or the file was "
                 "changed"));
}

VAULT_CHECKED static enum vault_status
check_set(struct cli *c, const struct vault_shares *shares,
    struct vault_error *err)
{
    struct vault_share_view v;
    enum vault_status st = VAULT_OK;
    bool fit = false;

    for (size_t i = 0; st == VAULT_OK && i < vault_shares_count(shares); i++) {
        vault_shares_view(shares, i, &v);
        st = vault_shares_fit(v.set, c->args.v[0], &fit, err);
        if (st == VAULT_OK)
            tell_check(c, &v, fit);
    }
    return st;
}

/* Each file by itself: those of two dealings are told, not refused. */
VAULT_CHECKED static enum vault_status
check_one(struct cli *c, const char *path, struct vault_error *err)
{
    struct vault_shares *shares = vault_shares_new();
    enum vault_status st;

    if (shares == NULL)
        return vlt_fail_memory(err);
    st = path != NULL
        ? shares_file(path, shares, err)
        : shares_ask(shares, false, N_("--share-file FILE reads it"), err);
    if (st == VAULT_OK)
        st = check_set(c, shares, err);
    vault_shares_free(shares);
    return st;
}

static enum vault_status
check_run(struct cli *c, struct vault_error *err)
{
    const struct check_opts *o = c->opts;
    enum vault_status st = VAULT_OK;

    if (o->share_file.n == 0)
        st = check_one(c, NULL, err);
    for (size_t i = 0; st == VAULT_OK && i < o->share_file.n; i++)
        st = check_one(c, o->share_file.v[i], err);
    return st;
}

static const struct cmd check_cmds[] = {
    {"share check", "FILE", N_("whether a share is of a bundle"),
        N_("For a custodian, who needs no vault: whether a share can be read "
           "whole (its checksum), how many are needed, and whether it was "
           "dealt for this file. Its four letters are the beginning of the "
           "file's SHA-256: another file has the same once in a million. The "
           "file is not opened, and one share alone says nothing of what is in "
           "it. A bundle that was taken out of its courier wrap is another "
           "file, though the same shares open it.\n\nExit status 6: it is not "
           "of this file."),
        check_examples, VLT_COUNT(check_examples), check_table,
        VLT_COUNT(check_table), sizeof(struct check_opts), 1, 1, 0, check_run},
};
const struct cmd_group share_check_group = {check_cmds, VLT_COUNT(check_cmds)};
