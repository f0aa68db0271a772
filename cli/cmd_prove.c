/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_prove.c: that one record stands in the log, for anyone */
#include "cmd.h"

#include "capturing.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "versions.h"

#include <inttypes.h>
#include <string.h>
#include <vault/disclose.h>

struct prove_opts {
    const char *output;
    const char *revision;
    const char *statement;
    const char *proof;
    const char *leaf;
    const char *log;
    bool unlock;
};

static const struct opt prove_table[] = {
    {'o', "output", OPT_TEXT, "PATH|-",
        N_("where to; nothing is overwritten; else standard output"),
        offsetof(struct prove_opts, output)},
    {0, "revision", OPT_TEXT, "N", N_("of an older version"),
        offsetof(struct prove_opts, revision)},
    {0, "statement", OPT_TEXT, "STATEMENT",
        N_("of the version with this statement, all 64 digits, as when two are "
           "in conflict"),
        offsetof(struct prove_opts, statement)},
    {0, "tlog-proof", OPT_TEXT, "FILE",
        N_("write the bare proof (C2SP tlog-proof), for other programs"),
        offsetof(struct prove_opts, proof)},
    {0, "leaf", OPT_TEXT, "FILE", N_("and the line of the log that it is of"),
        offsetof(struct prove_opts, leaf)},
    {0, "log", OPT_TEXT, "FILE", N_("and the key of the log (C2SP vkey)"),
        offsetof(struct prove_opts, log)},
    {0, "unlock", OPT_FLAG, NULL,
        N_("ask for the passphrase: records of others, too"),
        offsetof(struct prove_opts, unlock)},
};

static const struct cmd_example prove_examples[] = {
    {"sanduq log prove 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 -o proof.txt",
        N_("needs no passphrase; sanduq verify proof.txt checks it")},
    {"sanduq log prove 5f2c0a6b77d1439e8a0c3f5b9e2d4c10 --tlog-proof p.txt "
     "--leaf leaf.txt --log log.vkey",
        N_("for programs that know nothing of this one")},
};
/* What cannot be taken back is named whole. */
VAULT_CHECKED static enum vault_status
whole_id(const char *given, uint8_t id[VAULT_ID], struct vault_error *err)
{
    if (vlt_unhex(id, VAULT_ID, given, strlen(given)))
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("sanduq list --json and sanduq show ID print it"),
        "what is given away asks for the whole id, all 32 digits");
}

/* Where texts go, as they are asked for; -o or standard output otherwise. */
struct place {
    const char *path;
    enum vault_stock what;
    const char *word; /* in --json */
};

static bool
is_stock(const struct prove_opts *o)
{
    return o->proof != NULL || o->leaf != NULL || o->log != NULL;
}

static bool
to_file(const struct prove_opts *o)
{
    return o->output != NULL && strcmp(o->output, "-") != 0;
}

VAULT_CHECKED static enum vault_status
check_free(const struct prove_opts *o, struct vault_error *err)
{
    const char *path[] = {to_file(o) ? o->output : NULL, o->proof, o->leaf,
        o->log};

    for (size_t i = 0; i < VLT_COUNT(path); i++) {
        if (path[i] == NULL)
            continue;
        if (vlt_os_exists(path[i]))
            return vlt_fail(err, VAULT_E_EXISTS, "%s is there already",
                path[i]);
        for (size_t k = 0; k < i; k++) {
            if (path[k] != NULL && strcmp(path[i], path[k]) == 0)
                return vlt_fail(err, VAULT_E_USAGE,
                    "two of the options name one file: %s", path[i]);
        }
    }
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
make_proof(struct cli *c, const uint8_t id[VAULT_ID],
    struct vault_disclosure **out, struct vault_error *err)
{
    const struct prove_opts *o = c->opts;
    uint8_t stmt[VAULT_HASH];
    uint32_t version = 0;
    enum vault_status st = VAULT_OK;

    if (o->revision != NULL)
        st = version_number(o->revision, &version, err);
    if (st == VAULT_OK && o->statement != NULL &&
        !vlt_unhex(stmt, sizeof stmt, o->statement, strlen(o->statement)))
        st = vlt_fail(err, VAULT_E_USAGE,
            "--statement takes all 64 digits of a statement here");
    if (st == VAULT_OK)
        st = vault_disclosure_prove(c->vault, id, version,
            o->statement != NULL ? stmt : NULL, out, err);
    if (st == VAULT_E_AMBIGUOUS && err != NULL)
        err->hint = N_("sanduq show ID shows both; --statement names one");
    return st;
}

VAULT_CHECKED static enum vault_status
write_stock(struct cli *c, struct vault_disclosure *d, struct vault_error *err)
{
    const struct prove_opts *o = c->opts;
    const struct place place[] = {{o->proof, VAULT_STOCK_PROOF, "tlog-proof"},
        {o->leaf, VAULT_STOCK_LEAF, "leaf"}, {o->log, VAULT_STOCK_LOG, "log"}};
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < VLT_COUNT(place); i++) {
        const char *text;
        size_t len;

        if (place[i].path == NULL)
            continue;
        st = vault_disclosure_stock(d, place[i].what, &text, &len, err);
        if (st == VAULT_OK)
            st = vlt_os_create_small(place[i].path, text, len, err);
        c->changed = c->changed || st == VAULT_OK;
    }
    return st;
}

VAULT_CHECKED static enum vault_status
write_proof(struct cli *c, struct vault_disclosure *d, struct vault_error *err)
{
    const struct prove_opts *o = c->opts;
    enum vault_status st = VAULT_OK;
    size_t len;
    const char *text = vault_disclosure_text(d, &len);

    if (to_file(o)) {
        st = vlt_os_create_small(o->output, text, len, err);
        c->changed = st == VAULT_OK;
    } else if (!c->g.json && (o->output != NULL || !is_stock(o))) {
        out_bytes(text, len);
    }
    return st == VAULT_OK ? write_stock(c, d, err) : st;
}

static void
tell_proof_json(const struct cli *c, const struct vault_disclosure *d)
{
    const struct vault_disclosure_facts *f = vault_disclosure_facts(d);
    const struct prove_opts *o = c->opts;
    const struct place place[] = {{o->proof, VAULT_STOCK_PROOF, "tlog_proof"},
        {o->leaf, VAULT_STOCK_LEAF, "leaf"}, {o->log, VAULT_STOCK_LOG, "log"}};
    struct jline j;
    size_t len;
    const char *text = vault_disclosure_text(d, &len);

    jline_begin(&j, "proof");
    jline_hex(&j, "id", f->record, VAULT_ID);
    jline_u64(&j, "version", f->version);
    jline_hex(&j, "vault", f->vault, VAULT_ID);
    jline_hex(&j, "statement", f->statement, VAULT_HASH);
    jline_text(&j, "fingerprint", f->fingerprint);
    jline_text(&j, "origin", f->origin);
    jline_u64(&j, "index", f->index);
    jline_u64(&j, "size", f->size);
    jline_bool(&j, "withdrawn", f->withdrawn);
    jline_bool(&j, "foreign", f->foreign);
    if (to_file(o))
        jline_text(&j, "path", o->output);
    else if (o->output != NULL || !is_stock(o))
        jline_text_n(&j, "text", text, len);
    for (size_t i = 0; i < VLT_COUNT(place); i++) {
        if (place[i].path != NULL)
            jline_text(&j, place[i].word, place[i].path);
    }
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

static void
tell_proof(const struct vault_disclosure *d)
{
    const struct vault_disclosure_facts *f = vault_disclosure_facts(d);

    if (f->withdrawn)
        say_warn("%s",
            tr("this version is declared withdrawn in the log; the proof does "
               "not say so to who gets it"));
    if (f->foreign)
        say_warn("%s",
            tr("this is a record of another vault: did its people agree?"));
    say_info(tr("whoever has it knows that this record exists, in the log %s, "
                "line %" PRIu64 " of %" PRIu64 ", under the key %s"),
        f->origin, f->index, f->size, f->fingerprint);
}

static enum vault_status
prove_run(struct cli *c, struct vault_error *err)
{
    const struct prove_opts *o = c->opts;
    struct vault_disclosure *d = NULL;
    uint8_t id[VAULT_ID];
    enum vault_status st = whole_id(c->args.v[0], id, err);

    if (st == VAULT_OK)
        st = check_free(o, err);
    if (st == VAULT_OK)
        st = capture_refused(c, err);
    if (st == VAULT_OK && (o->unlock || unlock_given(c)))
        st = unlock_only(c, err);
    if (st == VAULT_OK)
        st = make_proof(c, id, &d, err);
    if (st == VAULT_OK)
        st = write_proof(c, d, err);
    if (st == VAULT_OK && c->g.json)
        tell_proof_json(c, d);
    else if (st == VAULT_OK)
        tell_proof(d);
    vault_disclosure_free(d);
    return st;
}

static const struct cmd prove_cmds[] = {
    {"log prove", "ID", N_("that a record stands in the log, for anyone"),
        N_("Writes a text with all that is needed to check, without any "
           "secret, that this record stands in the vault's log: its statement "
           "(hashes only), the line of the log, its place in the signed tree, "
           "and the card. Nothing of the record's content is in it. sanduq "
           "verify FILE checks it. Works without a passphrase for the vault's "
           "own records; nothing in the vault changes.\n\nWith --tlog-proof, "
           "--leaf and --log the same goes into three small files that "
           "programs for transparency logs understand (C2SP); sanduq verify "
           "takes them too.\n\nIt ties the record to the vault's key for "
           "good. It does not say what the record holds, when it was made, or "
           "whether it was withdrawn later."),
        prove_examples, VLT_COUNT(prove_examples), prove_table,
        VLT_COUNT(prove_table), sizeof(struct prove_opts), 1, 1, CMD_WRITES,
        prove_run},
};
const struct cmd_group prove_group = {prove_cmds, VLT_COUNT(prove_cmds)};
