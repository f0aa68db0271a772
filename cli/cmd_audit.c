/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_audit.c: what an auditor gets: a pack of the log */
#include "cmd.h"

#include "ask.h"
#include "capturing.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <vault/audit.h>

struct pack_opts {
    bool others;
};

static const struct opt pack_table[] = {
    {0, "with-others", OPT_FLAG, NULL,
        N_("records of other vaults go along, with their proofs: a map of who "
           "works with whom; asks for the passphrase"),
        offsetof(struct pack_opts, others)},
};

static const struct cmd_example pack_examples[] = {
    {"sanduq log pack evidence.audit", N_("needs no passphrase")},
    {"sanduq verify evidence.audit --card ours.card",
        N_("what the auditor does")},
};

/* ---- what --with-others shows ---- */

struct map {
    const struct cli *c;
    uint64_t vaults, records;
};

static int
print_other(void *ctx, const struct vault_pack_other *o)
{
    struct map *m = ctx;
    char id[HEX_ID];
    struct jline j;

    m->vaults++;
    m->records += o->records;
    hex_id(id, o->vault);
    if (m->c->g.json) {
        jline_begin(&j, "other");
        jline_text(&j, "vault", id);
        jline_text(&j, "fingerprint", o->fingerprint);
        jline_u64(&j, "records", o->records);
        jline_end(&j);
        return vlt_os_interrupted() ? 1 : 0;
    }
    if (o->fingerprint[0] != 0)
        out_printf(tr("  vault %s, key %s: %" PRIu64 " record versions\n"), id,
            o->fingerprint, o->records);
    else
        out_printf(tr("  vault %s: %" PRIu64 " record versions\n"), id,
            o->records);
    return vlt_os_interrupted() ? 1 : 0;
}

VAULT_CHECKED static enum vault_status
ask_map(struct cli *c, struct vault_error *err)
{
    struct map m = {.c = c};
    enum vault_status st;

    if (!c->g.json)
        out_printf("%s\n",
            tr("Whoever gets this audit pack sees that this vault has records "
               "of these other vaults:"));
    progress_begin(0, true);
    st = vault_pack_others(c->vault, print_other, &m, err);
    progress_end();
    out_flush();
    if (st != VAULT_OK)
        return st;
    if (m.vaults == 0) {
        say_info("%s", tr("none: there are no records of others to go along"));
        return VAULT_OK;
    }
    say_warn("%s",
        tr("with each record its id, its size, its place in the log of its "
           "vault, and that vault's card: a map of who works with whom, in "
           "clear, for anyone who gets the file"));
    say_info("%s",
        tr("their people did not agree to it by sharing: ask them first; "
           "without --with-others nothing of this is in the pack"));
    return ask_sure(c, tr("Put the records of others into the pack? (yes/no) "),
        err);
}

/* ---- the pack ---- */

static void
tell_json(const struct cli *c, const char *path, const struct vault_packed *d)
{
    struct jline j;

    jline_begin(&j, "pack");
    jline_text(&j, "path", path);
    jline_u64(&j, "bytes", d->bytes);
    jline_u64(&j, "records", d->records);
    jline_u64(&j, "withdrawn", d->withdrawn);
    jline_u64(&j, "lines", d->lines);
    jline_u64(&j, "logs", d->logs);
    jline_u64(&j, "sessions", d->sessions);
    jline_u64(&j, "cards", d->cards);
    jline_u64(&j, "checkpoints", d->checkpoints);
    jline_u64(&j, "others", d->others);
    jline_u64(&j, "heads", d->heads);
    jline_u64(&j, "left", d->left);
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
tell(const struct cli *c, const char *path, const struct vault_packed *d)
{
    if (c->g.json) {
        tell_json(c, path, d);
        return;
    }
    say_info(tr("wrote %s (%" PRIu64 " bytes): %" PRIu64
                " record versions, %" PRIu64 " of them withdrawn, and %" PRIu64
                " lines of %" PRIu64 " logs"),
        path, d->bytes, d->records, d->withdrawn, d->lines, d->logs);
    if (d->others > 0)
        say_info(tr("and %" PRIu64 " record versions of other vaults"),
            d->others);
    if (d->left > 0)
        say_info(tr("%" PRIu64 " record versions of others stayed out: "
                    "destroyed here, hidden by a request, or not complete"),
            d->left);
    say_warn("%s",
        tr("nothing sealed is in it, but whoever has it sees ids, sizes and "
           "order of all records, and the vault's cards and devices; it is "
           "not for publication"));
}

static enum vault_status
pack_run(struct cli *c, struct vault_error *err)
{
    const struct pack_opts *o = c->opts;
    const char *path = c->args.v[0];
    struct vault_packed done;
    enum vault_status st;

    if (vlt_os_exists(path))
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            N_("choose another name; nothing is written over"),
            "%s is there already", path);
    st = capture_refused(c, err);
    if (st == VAULT_OK && o->others)
        st = unlock_only(c, err);
    vlt_os_catch_interrupt();
    if (st == VAULT_OK && o->others)
        st = ask_map(c, err);
    if (st != VAULT_OK)
        return st;
    progress_begin(0, true);
    progress_name(vlt_os_basename(path));
    st = vault_pack_make(c->vault, path, o->others, &done, err);
    progress_end();
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    tell(c, path, &done);
    return VAULT_OK;
}

static const struct cmd audit_cmds[] = {
    {"log pack", "FILE", N_("log and heads of all records, for an auditor"),
        N_("A file for who shall check and not read: the custody log, cards, "
           "devices, and of each record the head with its hashes, about 0.4 "
           "kB a record. Nothing sealed is in it and nothing opens it. sanduq "
           "verify FILE says of it what it says of the vault without a "
           "secret, but for the sealed bytes themselves: which records are "
           "logged, present or withdrawn, and that none is missing. Works "
           "without a passphrase; nothing in the vault changes.\n\nRecords of "
           "other vaults stay out unless --with-others is given, and what "
           "they would show is shown and asked before."),
        pack_examples, VLT_COUNT(pack_examples), pack_table,
        VLT_COUNT(pack_table), sizeof(struct pack_opts), 1, 1, CMD_WRITES,
        pack_run},
};
const struct cmd_group audit_group = {audit_cmds, VLT_COUNT(audit_cmds)};
