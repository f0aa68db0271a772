/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_info.c: what a vault tells without a secret */
#include "cmd.h"

#include "capturing.h"
#include "cosigned_show.h"
#include "device_show.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "slots.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "utf.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>
#include <vault/compartments.h>
#include <vault/panic.h>

static const struct cmd_example info_examples[] = {
    {"sanduq info -V evidence.sanduq",
        N_("what anyone who holds the file can see")},
};

/* A label, then its value in one column. */
static void
row(const char *label, const char *value)
{
    out_text("  ");
    out_column(label, 22, false);
    out_text(" ");
    out_safe(value, strlen(value), 0);
    out_text("\n");
}

static void
row_number(const char *label, uint64_t n)
{
    out_text("  ");
    out_column(label, 22, false);
    out_printf(" %" PRIu64 "\n", n);
}

static void
print_text(const struct vault_info *i, uint64_t away)
{
    char hex[HEX_HASH], when[WHEN_SIZE], size[SIZE_TEXT];

    hex_id(hex, i->id);
    out_printf("%s\n", tr("Vault"));
    row(tr("id"), hex);
    row(tr("key"), i->fingerprint);
    row_number(tr("key generation"), i->generation);
    if (i->created >= 0) {
        when_local(when, i->created);
        row(tr("made"), when);
    }
    if (i->format == 0)
        row(tr("format"), tr("draft: this vault may need to be made anew"));
    else
        row_number(tr("format"), (uint64_t)i->format);
    size_text(size, i->file_bytes);
    row(tr("file"), size);
    out_printf("%s\n", tr("Records"));
    row_number(tr("record versions"), i->versions);
    row_number(tr("withdrawn"), i->withdrawn);
    if (i->foreign > 0)
        row_number(tr("of others"), i->foreign);
    if (away > 0)
        row_number(tr("in compartments"), away);
    size_text(size, i->body_bytes);
    row(tr("sealed bytes"), size);
    out_printf("%s\n", tr("Log"));
    row_number(tr("logs"), i->logs);
    row_number(tr("entries"), i->leaves);
    row(tr("origin"), i->origin);
    row_number(tr("newest checkpoint"), i->size);
    hex_hash(hex, i->root);
    row(tr("its root"), hex);
    out_printf("%s\n", tr("Who can unlock"));
}

static void
print_json(const struct vault_info *i, bool gone, uint64_t away)
{
    struct jline j;

    jline_begin(&j, "info");
    jline_text(&j, "kind", i->kind);
    jline_i64(&j, "format", i->format);
    jline_hex(&j, "vault", i->id, sizeof i->id);
    jline_u64(&j, "generation", i->generation);
    jline_text(&j, "fingerprint", i->fingerprint);
    jline_time(&j, "created", i->created);
    jline_u64(&j, "file_bytes", i->file_bytes);
    jline_u64(&j, "versions", i->versions);
    jline_u64(&j, "withdrawn", i->withdrawn);
    jline_u64(&j, "foreign", i->foreign);
    jline_u64(&j, "away", away);
    jline_u64(&j, "sealed_bytes", i->body_bytes);
    jline_u64(&j, "slots", i->slots);
    jline_u64(&j, "logs", i->logs);
    jline_u64(&j, "leaves", i->leaves);
    jline_text(&j, "origin", i->origin);
    jline_u64(&j, "size", i->size);
    jline_hex(&j, "root", i->root, sizeof i->root);
    jline_bool(&j, "keys_destroyed", gone);
    jline_end(&j);
}

/* What a person must know of the ways in; `whole`: they were all told. */
static void
warn(const struct cli *c, const struct vault_info *info, bool whole, bool gone)
{
    if (whole && info->slots == 1 && !c->g.json)
        say_warn("%s",
            tr("there is no other way in: if this one is lost nobody opens the "
               "vault; sanduq key add shares 2/3 makes recovery sheets"));
    if (gone)
        say_warn("%s",
            tr("nobody: what opens it was destroyed in this file (panic); "
               "sanduq restore --kit puts a kit's keys back"));
}

static void
tell_end(const struct cli *c)
{
    struct jline j;

    if (!c->g.json) {
        say_info("%s",
            tr("all of this can be read by whoever holds the file; it was "
               "not checked here, sanduq verify does that"));
        return;
    }
    jline_begin(&j, "summary");
    jline_text(&j, "command", "info");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static enum vault_status
info_run(struct cli *c, struct vault_error *err)
{
    struct vault_info info;
    uint64_t away = 0;
    bool gone = false;
    enum vault_status st = VAULT_OK;

    if (capture_named(c))
        return device_info(c, err);
    st = unlock_open(c, err);
    if (st == VAULT_OK)
        st = vault_info(c->vault, &info, err);
    if (st == VAULT_OK)
        st = vault_keys_gone(c->vault, &gone, err);
    if (st == VAULT_OK)
        st = vault_away_count(c->vault, &away, err);
    if (st != VAULT_OK)
        return st;
    if (c->g.json)
        print_json(&info, gone, away);
    else
        print_text(&info, away);
    st = slots_print(c, err);
    if (st == VAULT_OK)
        st = cosigned_print(c, err);
    warn(c, &info, st == VAULT_OK, gone);
    if (st == VAULT_OK)
        tell_end(c);
    return st;
}

static const struct cmd info_cmds[] = {
    {"info", "", N_("what the vault shows without a secret"),
        N_("Works without a passphrase: ids, counts, sizes, the ways to "
           "unlock, the head of the log. Of a capture file: whose card it "
           "seals to, its device, its sessions, and the code by which the "
           "device is admitted."),
        info_examples, VLT_COUNT(info_examples), NULL, 0, 0, 0, 0, 0, info_run},
};
const struct cmd_group info_group = {info_cmds, VLT_COUNT(info_cmds)};
