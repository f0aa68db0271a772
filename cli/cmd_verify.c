/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_verify.c: checking a file that others may have touched */
#include "cmd.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "safe.h"
#include "said.h"
#include "tr.h"
#include "unlocking.h"
#include "verify_keep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct verify_opts {
    struct opt_list cards;
    struct opt_list since;
    const char *body;
    const char *save_state;
    bool unlock;
};

static const struct opt verify_table[] = {
    {0, "card", OPT_LIST, "CARD",
        N_("the signer must be this: a card's file, or 32 or more characters "
           "of the key as it is shown"),
        offsetof(struct verify_opts, cards)},
    {0, "since", OPT_LIST, "CHECKPOINT",
        N_("nothing that stood in this older checkpoint may be missing; or a "
           "saved state: only what is new is looked at"),
        offsetof(struct verify_opts, since)},
    {0, "save-state", OPT_TEXT, "FILE",
        N_("keep there what was checked, for a later --since FILE"),
        offsetof(struct verify_opts, save_state)},
    {0, "body", OPT_TEXT, "FILE",
        N_("the original that a disclosure speaks of and does not hold"),
        offsetof(struct verify_opts, body)},
    {0, "unlock", OPT_FLAG, NULL,
        N_("ask for the passphrase, and open everything too"),
        offsetof(struct verify_opts, unlock)},
};

static const struct cmd_example verify_examples[] = {
    {"sanduq verify evidence.sanduq", N_("needs no secret")},
    {"sanduq verify evidence.sanduq --card colleague.card",
        N_("and must be signed by this colleague")},
    {"sanduq verify evidence.sanduq --since january.checkpoint",
        N_("and must still hold all that was there in January")},
    {"sanduq verify evidence.sanduq --since evidence.state --save-state "
     "evidence.state",
        N_("looks at what is new since the last time, and keeps how far")},
    {"sanduq verify evidence.sanduq --unlock", N_("opens every record, too")},
    {"sanduq verify from-asel.bundle", N_("what others signed and gave")},
    {"sanduq verify from-asel.bundle -V my.sanduq --unlock",
        N_("and opens it as its recipient, with one's own vault")},
    {"sanduq verify disclosure.txt --card colleague.card",
        N_("what was disclosed, and whose record it is of")},
};

enum { CARD_MAX = 64 * 1024, STATE_MAX = 32 * 1024 * 1024 };

struct verify {
    struct cli *c;
    struct verify_keep state;
    uint64_t count[4]; /* by level */
    /* Cards and checkpoints as text; their memory. */
    char **texts;
    size_t texts_len;
};

static const char *
level_word(enum vault_finding_level level)
{
    static const char *const words[] = {"held", "failed", "not-seen",
        "not-as-asked"};

    return (size_t)level < VLT_COUNT(words) ? words[level] : "other";
}

static const char *
level_text(enum vault_finding_level level)
{
    switch (level) {
    case VAULT_HELD:
        return tr("holds");
    case VAULT_FAILED:
        return tr("DOES NOT MATCH");
    case VAULT_NOT_SEEN:
        return tr("not known");
    case VAULT_NOT_AS_ASKED:
        return tr("NOT AS ASKED");
    }
    return "?";
}

static void
finding_json(const struct vault_finding *f, const char *message)
{
    struct jline j;

    jline_begin(&j, "finding");
    jline_text(&j, "level", level_word(f->level));
    jline_text(&j, "kind", f->kind);
    if (f->has_record) {
        jline_hex(&j, "id", f->record, VAULT_ID);
        jline_u64(&j, "version", f->version);
    }
    jline_u64(&j, "count", f->count);
    if (f->level != VAULT_HELD)
        jline_text(&j, "code", vault_status_name(f->text.code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

static int
print_finding(void *ctx, const struct vault_finding *f)
{
    struct verify *v = ctx;
    char message[1024], id[HEX_ID];

    if ((size_t)f->level < VLT_COUNT(v->count))
        v->count[f->level]++;
    say_message(&f->text, message, sizeof message);
    if (v->c->g.json) {
        finding_json(f, message);
        return vlt_os_interrupted() ? 1 : 0;
    }
    if (v->c->g.quiet && f->level == VAULT_HELD)
        return vlt_os_interrupted() ? 1 : 0;
    out_text("  ");
    out_column(level_text(f->level), 15, false);
    out_text(" ");
    if (f->has_record) {
        hex_id(id, f->record);
        out_printf(tr("record %s, version %" PRIu32), id, f->version);
        out_text(": ");
    }
    out_safe(message, strlen(message), SAFE_BACKSLASH);
    out_text("\n");
    return vlt_os_interrupted() ? 1 : 0;
}

static int
print_said(void *ctx, const struct vault_said *what)
{
    struct verify *v = ctx;

    said_print(v->c, what);
    return vlt_os_interrupted() ? 1 : 0;
}

static int
save_state(void *ctx, const char *state, size_t len)
{
    struct verify *v = ctx;

    return verify_keep_save(&v->state, state, len);
}

/* The text of a file, kept until the end. */
VAULT_CHECKED static enum vault_status
load(struct verify *v, const char *path, size_t max, const char **out,
    struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    char *text;
    enum vault_status st = vlt_os_read_small(path, max, &p, &n, err);

    if (st != VAULT_OK)
        return st;
    text = realloc(p, n + 1);
    if (text == NULL) {
        free(p);
        return vlt_fail_memory(err);
    }
    text[n] = 0;
    v->texts[v->texts_len++] = text;
    *out = text;
    return VAULT_OK;
}

/* A file's content, or a key as it is shown. */
VAULT_CHECKED static enum vault_status
load_card(struct verify *v, const char *card, const char **out,
    struct vault_error *err)
{
    if (vlt_os_exists(card))
        return load(v, card, CARD_MAX, out, err);
    if (strlen(card) >= 32 && strchr(card, '/') == NULL) {
        *out = card;
        return VAULT_OK;
    }
    return vlt_fail_hint(err, VAULT_E_NOT_FOUND,
        N_("--card takes a card's file, or 32 or more characters of the key"),
        "%s is neither a file nor a key", card);
}

/* Checkpoints stay in the list; a saved state, of which there can be one,
 * leaves it. */
VAULT_CHECKED static enum vault_status
load_since(struct verify *v, struct verify_opts *o,
    struct vault_verify_options *opt, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t kept = 0;

    for (size_t i = 0; i < o->since.n && st == VAULT_OK; i++) {
        const char *text;

        st = load(v, o->since.v[i], STATE_MAX, &text, err);
        if (st != VAULT_OK)
            break;
        if (!verify_keep_is(text, strlen(text))) {
            o->since.v[kept++] = text;
            continue;
        }
        if (opt->state != NULL)
            st = vlt_fail(err, VAULT_E_USAGE,
                "--since takes one saved state, and any number of checkpoints");
        opt->state = text;
        opt->state_len = strlen(text);
    }
    o->since.n = kept;
    return st;
}

/* Replace the names in both lists by what they name. */
VAULT_CHECKED static enum vault_status
load_all(struct verify *v, struct verify_opts *o,
    struct vault_verify_options *opt, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    v->texts = calloc(o->cards.n + o->since.n + 1, sizeof *v->texts);
    if (v->texts == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < o->cards.n && st == VAULT_OK; i++)
        st = load_card(v, o->cards.v[i], &o->cards.v[i], err);
    if (st == VAULT_OK)
        st = load_since(v, o, opt, err);
    if (st == VAULT_OK)
        st = verify_keep_begin(o->save_state, &v->state, err);
    return st;
}

static void
tell_verdict(const struct verify *v, const char *path,
    const struct vault_verdict *d, bool asked)
{
    const char *key = d->fingerprint[0] != 0 ? d->fingerprint : tr("nobody");

    out_safe(path, strlen(path), SAFE_BACKSLASH);
    out_text(": ");
    if (v->c->exit == vault_status_exit(VAULT_E_TAMPERED)) {
        out_printf("%s\n",
            tr("the evidence does not match; see the lines above"));
        return;
    }
    if (d->partly)
        out_printf(d->compared
                ? tr("what is new since the saved state is unchanged since it "
                     "was sealed; signed by %s (compared); the rest was not "
                     "looked at again")
                : tr("what is new since the saved state is unchanged since it "
                     "was sealed; signed by %s (not compared); the rest was "
                     "not looked at again"),
            key);
    else if (d->capture)
        out_printf(d->compared ? tr("unchanged since it was sealed; sealed "
                                    "for %s (compared)\n")
                               : tr("unchanged since it was sealed; sealed "
                                    "for %s (not compared)\n"),
            key);
    else if (d->compared)
        out_printf(tr("unchanged since it was sealed; signed by %s "
                      "(compared)"),
            key);
    else if (asked)
        out_printf(tr("unchanged since it was sealed; signed by %s "
                      "(compared: not the key that was asked for)"),
            key);
    else
        out_printf(tr("unchanged since it was sealed; signed by %s (not "
                      "compared)"),
            key);
    out_text("\n");
    if (d->bundle)
        out_printf(tr("%" PRIu64 " whole, %" PRIu64 " in part, %" PRIu64
                      " heads only; for at most %" PRIu32 " recipients\n"),
            d->whole, d->partial, d->heads, d->recipients);
    if (v->c->exit == vault_status_exit(VAULT_E_POLICY))
        say_warn("%s",
            tr("it holds, but it is not what was asked for; see the lines "
               "above"));
    if (!d->compared && !asked && d->bundle)
        say_hint(N_("the signer was not compared: --card says whose bundle it "
                    "should be; anyone can make one that agrees with itself"));
    else if (!d->compared && !asked)
        say_hint(N_("the signer was not compared: --card says whose file it "
                    "should be; anyone can make a vault that agrees with "
                    "itself"));
}

static void
tell_summary(const struct verify *v, const char *path,
    const struct vault_verdict *d)
{
    struct jline j;

    jline_begin(&j, "summary");
    jline_text(&j, "command", "verify");
    jline_u64(&j, "exit", (uint64_t)v->c->exit);
    jline_text(&j, "path", path);
    if (d->text != NULL)
        jline_text(&j, "text", d->text);
    jline_u64(&j, "held", v->count[VAULT_HELD]);
    jline_u64(&j, "failed", v->count[VAULT_FAILED]);
    jline_u64(&j, "not_seen", v->count[VAULT_NOT_SEEN]);
    jline_u64(&j, "not_as_asked", v->count[VAULT_NOT_AS_ASKED]);
    jline_u64(&j, "records", d->records);
    jline_u64(&j, "leaves", d->leaves);
    jline_text(&j, "fingerprint", d->fingerprint);
    jline_bool(&j, "compared", d->compared);
    jline_bool(&j, "unlocked", d->unlocked);
    jline_bool(&j, "partly", d->partly);
    jline_bool(&j, "saved", v->state.saved);
    jline_bool(&j, "bundle", d->bundle);
    if (d->bundle) {
        jline_u64(&j, "whole", d->whole);
        jline_u64(&j, "partial", d->partial);
        jline_u64(&j, "heads", d->heads);
        jline_u64(&j, "recipients", d->recipients);
    }
    jline_end(&j);
}

VAULT_CHECKED static enum vault_status
judge(struct verify *v, const char *path, struct vault_verify_options *opt,
    struct vault_error *err)
{
    struct vault_verdict d = {0};
    enum vault_status st;

    vlt_os_catch_interrupt();
    progress_begin(0, true);
    progress_name(vlt_os_basename(path));
    st = vault_verify(path, opt, print_finding, v, &d, err);
    progress_end();
    if (st != VAULT_OK &&
        !(st == VAULT_E_TAMPERED && v->count[VAULT_FAILED] > 0) &&
        !(st == VAULT_E_POLICY && v->count[VAULT_NOT_AS_ASKED] > 0))
        return st; /* nothing could be judged */
    v->c->exit = vault_status_exit(st);
    if (v->c->g.json)
        tell_summary(v, path, &d);
    else if (d.text != NULL)
        said_verdict(v->c, path, &d, opt->cards_len > 0);
    else
        tell_verdict(v, path, &d, opt->cards_len > 0);
    return verify_keep_tell(v->c, &v->state, err);
}

static enum vault_status
verify_run(struct cli *c, struct vault_error *err)
{
    struct verify_opts *o = c->opts;
    struct verify v = {.c = c};
    struct vault_verify_options opt = {.progress = progress_callback};
    struct vault_key *key = NULL;
    uint8_t slot[VAULT_ID];
    char path[4096];
    enum vault_status st = VAULT_OK;

    if (c->args.n == 0)
        st = unlock_path(c, path, sizeof path, err);
    if (st == VAULT_OK)
        st = load_all(&v, o, &opt, err);
    if (st == VAULT_OK)
        st = unlock_slot(c, slot, &opt.slot, err);
    if (st == VAULT_OK && (o->unlock || unlock_given(c))) {
        st = unlock_key(c, false, &key, err);
        if (c->args.n > 0 &&
            unlock_path(c, path, sizeof path, NULL) == VAULT_OK)
            opt.vault = path; /* what a bundle is opened with */
    }
    if (st == VAULT_OK) {
        opt.key = key;
        opt.cards = o->cards.v;
        opt.cards_len = o->cards.n;
        opt.since = o->since.v;
        opt.since_len = o->since.n;
        opt.body = o->body;
        opt.said = print_said;
        opt.save = o->save_state != NULL ? save_state : NULL;
        st = judge(&v, c->args.n > 0 ? c->args.v[0] : path, &opt, err);
    }
    vault_key_free(key);
    for (size_t i = 0; i < v.texts_len; i++)
        free(v.texts[i]);
    free(v.texts);
    return st;
}

static const struct cmd verify_cmds[] = {
    {"verify", "[FILE]", N_("check a file, without any secret"),
        N_("Opens the file for reading only and writes nothing anywhere. "
           "Says for each kind of thing whether it holds, and what could not "
           "be known here. With a passphrase or key file every record is "
           "opened as well; of a bundle that takes the vault of its recipient, "
           "which -V names and which is read only.\n\nFILE may also be a text "
           "that was given on: a disclosure, a card, a withdrawal, an answer, "
           "a receipt. A disclosure brings all that is needed to check it, and "
           "what it discloses is printed. Of the others --card must give the "
           "card of whoever signed it; without it they are shown, and not "
           "checked.\n\nExit status 3: the evidence does not match. "
           "Exit status 6: it holds, but not as --card or --since asked, or "
           "a signature could not be checked."),
        verify_examples, VLT_COUNT(verify_examples), verify_table,
        VLT_COUNT(verify_table), sizeof(struct verify_opts), 0, 1, 0,
        verify_run},
};
const struct cmd_group verify_group = {verify_cmds, VLT_COUNT(verify_cmds)};
