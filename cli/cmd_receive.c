/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_receive.c: taking in what others gave */
#include "cmd.h"

#include <vault/threshold.h>

#include "ask.h"
#include "capturing.h"
#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "receive_capture.h"
#include "receive_decide.h"
#include "receive_files.h"
#include "receive_tell.h"
#include "shares_in.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

struct receive_opts {
    struct opt_list accept, share_file;
    const char *receipt;
    bool dry_run, shares;
    bool empty;
    bool unfinished;
    bool untrusted;
};

static const struct opt receive_table[] = {
    {0, "accept", OPT_LIST, "FINGERPRINT",
        N_("take in what this card signed: its whole fingerprint, in letters "
           "or digits, as a person compared it"),
        offsetof(struct receive_opts, accept)},
    {0, "receipt", OPT_TEXT, "FOLDER",
        N_("write a signed receipt for each bundle into this folder, to give "
           "back to its sender"),
        offsetof(struct receive_opts, receipt)},
    {0, "dry-run", OPT_FLAG, NULL,
        N_("only check, and say what would be taken in"),
        offsetof(struct receive_opts, dry_run)},
    {0, "shares", OPT_FLAG, NULL,
        N_("open a bundle that was sealed to shares: you are asked for them, "
           "one after the other, until they are enough"),
        offsetof(struct receive_opts, shares)},
    {0, "share-file", OPT_LIST, "FILE",
        N_("the same, a share from this file: a sheet as it was saved, or its "
           "text; once for each"),
        offsetof(struct receive_opts, share_file)},
    {0, "empty", OPT_FLAG, NULL,
        N_("a capture file is the device's own, not a copy: end its session, "
           "and clear from it what is in the vault for good"),
        offsetof(struct receive_opts, empty)},
    {0, "unfinished", OPT_FLAG, NULL,
        N_("of a capture file, also the records of a session that had not "
           "ended when the copy was made"),
        offsetof(struct receive_opts, unfinished)},
    {0, "untrusted", OPT_FLAG, NULL,
        N_("of a capture file, also what a revoked device signed after its "
           "last good state; it is marked for ever"),
        offsetof(struct receive_opts, untrusted)},
};

static const struct cmd_example receive_examples[] = {
    {"sanduq receive from-aigul.bundle.age",
        N_("checks everything, then takes it in")},
    {"sanduq receive /media/stick --receipt .",
        N_("all that lies on a stick, and receipts to carry back")},
    {"sanduq receive field.capture",
        N_("what a field laptop sealed to this vault")},
    {"sanduq receive --dry-run from-aigul.bundle",
        N_("what is in it, and whether it holds")},
    {"sanduq receive statement.bundle.age --shares",
        N_("what several custodians open together; the custody log says that "
           "it was opened, and with which shares")},
};

/* ---- one run ---- */

struct work {
    struct cli *c;
    const struct receive_opts *o;
    struct receive_files files;
    struct vault_receive *r;
    size_t at;    /* of the row being told */
    size_t *told; /* how many lines of each row are told */
    struct vault_receive_result done;
    enum vault_status st;
    struct vault_error *err;
};

static enum vault_status
ask_passphrase(void *ctx, struct vault_receive *r, const char *path,
    struct vault_error *err)
{
    char prompt[PATH_SIZE + 64];
    struct vlt_buf answer;
    enum vault_status st;

    (void)ctx;
    progress_hide();
    vlt_buf_init(&answer, 2 * ASK_MAX);
    (void)snprintf(prompt, sizeof prompt,
        tr("Passphrase of %s (nothing is shown): "), vlt_os_basename(path));
    st = ask_line(prompt, false,
        N_("a file with a passphrase is received on a terminal"), &answer, err);
    if (st == VAULT_OK)
        st = vault_receive_passphrase(r, answer.p, answer.len, err);
    vlt_buf_clear(&answer);
    return st;
}

VAULT_CHECKED static enum vault_status
add_all(struct work *w, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    vlt_os_catch_interrupt();
    progress_begin(0, true);
    for (size_t i = 0; st == VAULT_OK && i < w->files.n; i++) {
        progress_name(vlt_os_basename(w->files.v[i]));
        st = vault_receive_add(w->r, w->files.v[i], err);
    }
    progress_end();
    return st;
}

/* ---- what custodians hold together ---- */

/* Those in files, then those that are missing, if somebody is to be asked. */
VAULT_CHECKED static enum vault_status
gather(const struct receive_opts *o, struct vault_shares *into,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < o->share_file.n; i++)
        st = shares_file(o->share_file.v[i], into, err);
    if (st == VAULT_OK && o->shares && vault_shares_missing(into) > 0)
        st =
            shares_ask(into, true, N_("--share-file FILE, once for each"), err);
    if (st == VAULT_OK && vault_shares_missing(into) > 0)
        st = vlt_fail_hint(err, VAULT_E_NO_KEY,
            N_("--share-file once for each, or --shares to be asked for the "
               "rest"),
            "shares that are missing still: %zu", vault_shares_missing(into));
    return st;
}

VAULT_CHECKED static enum vault_status
give_shares(struct work *w, struct vault_error *err)
{
    struct vault_shares *shares;
    enum vault_status st;

    if (!w->o->shares && w->o->share_file.n == 0)
        return VAULT_OK;
    shares = vault_shares_new();
    if (shares == NULL)
        return vlt_fail_memory(err);
    st = gather(w->o, shares, err);
    if (st == VAULT_OK)
        st = vault_receive_shares(w->r, shares, err);
    vault_shares_free(shares);
    return st;
}

/* ---- what held ---- */

static int
tell_lines(void *ctx, const struct vault_received *row)
{
    struct work *w = ctx;

    receive_tell_lines(row);
    w->told[w->at++] = row->lines_len;
    return 0;
}

/* What taking it in showed: the notices that lay in a bundle, and a bundle
 * that does not fit another one of this run. */
static int
tell_more(void *ctx, const struct vault_received *row)
{
    struct work *w = ctx;

    receive_tell_more(row, w->told[w->at++]);
    return 0;
}

VAULT_CHECKED static enum vault_status
tell_each(struct work *w,
    int (*fn)(void *ctx, const struct vault_received *row),
    struct vault_error *err)
{
    w->at = 0;
    return vault_receive_each(w->r, fn, w, err);
}

/* ---- after ---- */

/* FILE.receipt, from FILE.bundle or FILE.bundle.age. */
VAULT_CHECKED static enum vault_status
receipt_path(const char *folder, const char *path, char *out, size_t size,
    struct vault_error *err)
{
    static const char *const endings[] = {".age", ".bundle"};
    const char *base = vlt_os_basename(path);
    size_t n = strlen(base);
    int len;

    for (size_t i = 0; i < VLT_COUNT(endings); i++) {
        size_t m = strlen(endings[i]);

        if (n > m && memcmp(base + n - m, endings[i], m) == 0)
            n -= m;
    }
    len = snprintf(out, size, "%s/%.*s.receipt", folder, (int)n, base);
    return len > 0 && (size_t)len < size
        ? VAULT_OK
        : vlt_fail(err, VAULT_E_LIMIT, "the path is too long");
}

/* The same receipt again is no second file. */
static bool
is_there(const char *path, const struct vault_received *row)
{
    uint8_t *p = NULL;
    size_t n = 0;
    bool same;

    if (vlt_os_read_small(path, row->receipt_len, &p, &n, NULL) != VAULT_OK)
        return false;
    same = n == row->receipt_len && memcmp(p, row->receipt, n) == 0;
    free(p);
    return same;
}

VAULT_CHECKED static enum vault_status
write_receipt(const struct work *w, const struct vault_received *row,
    char *path, struct vault_error *err)
{
    enum vault_status st =
        receipt_path(w->o->receipt, row->path, path, PATH_SIZE, err);

    if (st != VAULT_OK || is_there(path, row))
        return st;
    st = vlt_os_create_small(path, row->receipt, row->receipt_len, err);
    if (st == VAULT_OK && !w->c->g.json)
        say_info(tr("receipt for its sender: %s"), path);
    return st;
}

static int
tell_done(void *ctx, const struct vault_received *row)
{
    struct work *w = ctx;
    struct vault_error why;
    char path[PATH_SIZE] = "";
    int status = receive_exit(row, w->files.named[w->at++]);

    if (row->receipt != NULL && write_receipt(w, row, path, &why) != VAULT_OK) {
        say_error(&why);
        path[0] = 0;
        if (w->c->exit == 0)
            w->c->exit = vault_status_exit(why.code);
    }
    /* what does not match counts before what is not as asked for */
    if (status == vault_status_exit(VAULT_E_TAMPERED) || w->c->exit == 0)
        w->c->exit = status != 0 ? status : w->c->exit;
    if (w->c->g.json)
        receive_tell_json(row, path[0] != 0 ? path : NULL);
    else
        return receive_tell_row(NULL, row);
    return 0;
}

static void
tell_summary(const struct work *w)
{
    const struct vault_receive_counts *n = &w->done.count;
    struct jline j;

    if (!w->c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", w->c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)w->c->exit);
    jline_bool(&j, "dry_run", w->o->dry_run);
    jline_u64(&j, "bundles", w->done.bundles);
    jline_u64(&j, "documents", w->done.documents);
    jline_u64(&j, "notices", w->done.notices);
    jline_u64(&j, "new", n->fresh);
    jline_u64(&j, "more", n->more);
    jline_u64(&j, "here", n->already);
    jline_u64(&j, "hidden", n->hidden);
    jline_u64(&j, "gone", n->gone);
    jline_u64(&j, "waits", n->waits);
    jline_u64(&j, "bad", n->bad);
    jline_end(&j);
}

/* Behind the rest: each is a transaction, or several, of its own. */
static int
take_capture(void *ctx, const struct vault_received *row)
{
    struct work *w = ctx;
    struct receive_capture r = {.accept = &w->o->accept,
        .empty = w->o->empty,
        .unfinished = w->o->unfinished,
        .untrusted = w->o->untrusted,
        .dry_run = w->o->dry_run};

    if (row->kind == VAULT_RECEIVED_CAPTURE)
        receive_capture(w->c, &r, row->path);
    return 0;
}

VAULT_CHECKED static enum vault_status
commit(struct work *w, struct vault_error *err)
{
    enum vault_status st;

    progress_begin(0, true);
    st = vault_receive_commit(w->r, &w->done, err);
    progress_end();
    w->c->changed = st == VAULT_OK || w->done.documents > 0;
    if (st == VAULT_OK) /* cards and revocations may have come in */
        capture_compartments(w->c);
    return st;
}

VAULT_CHECKED static enum vault_status
receive(struct work *w, struct vault_error *err)
{
    struct vault_receive_options opt = {.receipts = w->o->receipt != NULL,
        .passphrase = ask_passphrase};
    enum vault_status st = vault_receive_begin(w->c->vault, &opt, &w->r, err);

    if (st == VAULT_OK)
        st = give_shares(w, err);
    if (st == VAULT_OK)
        st = add_all(w, err);
    if (st == VAULT_OK && !w->c->g.json)
        st = tell_each(w, tell_lines, err);
    if (st == VAULT_OK)
        st = receive_accept(w->r, &w->o->accept, err);
    if (st == VAULT_OK && !w->o->dry_run)
        st = receive_ask(w->r, err);
    if (st == VAULT_OK && !w->o->dry_run)
        st = commit(w, err);
    if (st == VAULT_OK && !w->c->g.json)
        st = tell_each(w, tell_more, err);
    if (st == VAULT_OK && !w->c->g.json)
        receive_tell_head();
    w->at = 0;
    if (st == VAULT_OK)
        st = tell_each(w, tell_done, err);
    if (st == VAULT_OK)
        st = vault_receive_each(w->r, take_capture, w, err);
    if (st != VAULT_OK)
        return st;
    if (w->o->dry_run && !w->c->g.json)
        say_info("%s", tr("nothing was changed"));
    tell_summary(w);
    return VAULT_OK;
}

static enum vault_status
receive_run(struct cli *c, struct vault_error *err)
{
    const struct receive_opts *o = c->opts;
    struct work w = {.c = c, .o = o};
    enum vault_status st = VAULT_OK;

    if (o->receipt != NULL && !vlt_os_is_dir(o->receipt))
        st = vlt_fail(err, VAULT_E_USAGE, "%s is no folder", o->receipt);
    if (st == VAULT_OK)
        st = receive_files_find(&c->args, &w.files, err);
    if (st == VAULT_OK) {
        w.told = calloc(w.files.n, sizeof *w.told);
        st = w.told == NULL ? vlt_fail_memory(err) : unlock(c, err);
    }
    if (st == VAULT_OK)
        st = receive(&w, err);
    vault_receive_close(w.r);
    free(w.told);
    receive_files_clear(&w.files);
    return st;
}

static const struct cmd receive_cmds[] = {
    {"receive", "FILE|FOLDER...",
        N_("check what others gave, and take it into the vault"),
        N_("Takes bundles (plain, or in an age file as sanduq share makes "
           "them), requests to withdraw, answers, receipts and revocations, "
           "and any other age file that was sealed to this vault: that one "
           "becomes a record whose sender is not authenticated. Folders are "
           "looked through, without following links; what is none of these "
           "is named and left.\n\nEverything is checked before anything is "
           "shown as trusted, line by line: structure, signature, who signed, "
           "that it was sealed to this vault, each record down to its last "
           "byte, and its line in a log of its origin. A bundle in which "
           "something does not hold is refused whole; the others go on. A "
           "signer whose card nobody compared needs a decision: compare the "
           "key with the person in another way, and type its last "
           "characters, or --accept it. Then all that held becomes visible "
           "at once. What is here already stays as it is; the order of files "
           "and runs does not matter.\n\nA bundle that was sealed to shares "
           "(sanduq share --to-shares) opens with --shares or --share-file, "
           "into this vault. That it was opened, and with which shares, is a "
           "line of the custody log; the shares are kept nowhere.\n\n"
           "A capture file is taken in from a copy, "
           "which stays as it is: sessions that have ended come in, each "
           "whole, and the next copy brings what is new. Its device must be "
           "admitted; else its fingerprint is shown, to be compared with "
           "whoever has it. What was taken out, put back or exchanged since "
           "the last copy is found.\n\nThe table at the end: new: records "
           "that were not here; more: here in part, and now with more fields; "
           "here: known already; hidden: by a request to withdraw, not "
           "listed; gone: withdrawn or destroyed here, and not taken in "
           "again; bad: not taken in.\n\nExit status 3: something does not "
           "match. Exit status 6: a signer was not compared, and its files "
           "were left."),
        receive_examples, VLT_COUNT(receive_examples), receive_table,
        VLT_COUNT(receive_table), sizeof(struct receive_opts), 1, 10000,
        CMD_WRITES, receive_run},
};
const struct cmd_group receive_group = {receive_cmds, VLT_COUNT(receive_cmds)};
