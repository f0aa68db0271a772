/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_verify.c: checking a file that others may have touched */
#include "cmd.h"

#include "fail.h"
#include "os.h"
#include "progress.h"
#include "tr.h"
#include "unlocking.h"
#include "verify_keep.h"
#include "verify_report.h"
#include "verify_tell.h"

#include <stdlib.h>
#include <string.h>
#include <vault/filekind.h>

struct verify_opts {
    struct opt_list cards;
    struct opt_list since;
    struct opt_list witnesses;
    struct opt_list witnessed;
    const char *policy;
    const char *body;
    const char *save_state;
    const char *threads;
    const char *leaf;
    const char *log;
    const char *report;
    bool evidence;
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
    {0, "policy", OPT_TEXT, "FILE",
        N_("the newest state of its logs must be countersigned as this "
           "policy (C2SP tlog-policy) asks"),
        offsetof(struct verify_opts, policy)},
    {0, "witness", OPT_LIST, "KEY",
        N_("a witness's key (vkey), or a file with it: its signatures are "
           "checked; its card, for --witnessed"),
        offsetof(struct verify_opts, witnesses)},
    {0, "witnessed", OPT_LIST, "FILE",
        N_("what a witness says of the logs that it has seen"),
        offsetof(struct verify_opts, witnessed)},
    {0, "body", OPT_TEXT, "FILE",
        N_("the original that a disclosure speaks of and does not hold"),
        offsetof(struct verify_opts, body)},
    {0, "report", OPT_TEXT, "FILE.html",
        N_("write what was found as a page for reading and printing, also when "
           "it does not match"),
        offsetof(struct verify_opts, report)},
    {0, "evidence", OPT_FLAG, NULL,
        N_("with --json: also what the findings rest on, a line for each card, "
           "log, line of a log, checkpoint and record"),
        offsetof(struct verify_opts, evidence)},
    {0, "leaf", OPT_TEXT, "FILE",
        N_("the line of a log that a tlog-proof is of"),
        offsetof(struct verify_opts, leaf)},
    {0, "log", OPT_TEXT, "FILE",
        N_("whose log a tlog-proof is of: the log's key (vkey), or its notes"),
        offsetof(struct verify_opts, log)},
    {0, "threads", OPT_TEXT, "N",
        N_("read and hash with so many threads, 1 to 64; without it with one "
           "for each processor"),
        offsetof(struct verify_opts, threads)},
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
    {"sanduq verify evidence.sanduq --policy policy.txt",
        N_("and must be countersigned by these witnesses")},
    {"sanduq verify evidence.sanduq --unlock", N_("opens every record, too")},
    {"sanduq verify evidence.sanduq --report report.html",
        N_("as a page that prints")},
    {"sanduq verify from-asel.bundle", N_("what others signed and gave")},
    {"sanduq verify from-asel.bundle -V my.sanduq --unlock",
        N_("and opens it as its recipient, with one's own vault")},
    {"sanduq verify proof.txt --leaf leaf.txt --log log.vkey",
        N_("a tlog-proof, with the line and the key of the log it is of")},
    {"sanduq verify disclosure.txt --card colleague.card",
        N_("what was disclosed, and whose record it is of")},
};

enum {
    CARD_MAX = 64 * 1024,
    POLICY_MAX = 1024 * 1024,
    STATE_MAX = 32 * 1024 * 1024
};

struct verify {
    struct verify_tell tell;
    struct verify_report report;
    struct verify_keep state;
    /* Texts that options name; their memory. */
    char **texts;
    size_t texts_len;
    /* What was asked, for the report. */
    struct report_asked *asked;
    size_t asked_len;
    uint8_t hash[VAULT_HASH]; /* of the text that was loaded last */
    bool has_hash;
};

/* ---- what is asked ---- */

static void
note_asked(struct verify *v, const char *option, const char *value)
{
    struct report_asked *a = &v->asked[v->asked_len++];

    a->option = option;
    a->value = value;
    a->has_hash = v->has_hash;
    memcpy(a->sha256, v->hash, sizeof a->sha256);
    v->has_hash = false;
}

static void
hash_text(struct verify *v, const void *p, size_t n)
{
    struct vault_hash *h = vault_hash_new(VAULT_SHA256);

    v->has_hash = h != NULL;
    if (h == NULL)
        return;
    vault_hash_update(h, p, n);
    vault_hash_final(h, v->hash);
    vault_hash_free(h);
}

/* The text of a file, kept until the end. */
VAULT_CHECKED static enum vault_status
load(struct verify *v, const char *path, size_t most, const char **out,
    struct vault_error *err)
{
    uint8_t *p = NULL;
    size_t n = 0;
    char *text;
    enum vault_status st = vlt_os_read_small(path, most, &p, &n, err);

    if (st != VAULT_OK)
        return st;
    text = realloc(p, n + 1);
    if (text == NULL) {
        free(p);
        return vlt_fail_memory(err);
    }
    text[n] = 0;
    hash_text(v, text, n);
    v->texts[v->texts_len++] = text;
    *out = text;
    if (strlen(text) != n) /* what stands behind it would not be seen */
        return vlt_fail(err, VAULT_E_USAGE, "%s is no text", path);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
load_text(struct verify *v, const char *path, const char **out,
    struct vault_error *err)
{
    return load(v, path, CARD_MAX, out, err);
}

VAULT_CHECKED static enum vault_status
load_long(struct verify *v, const char *path, const char **out,
    struct vault_error *err)
{
    return load(v, path, POLICY_MAX, out, err);
}

/* An older checkpoint, or a saved state. */
VAULT_CHECKED static enum vault_status
load_since(struct verify *v, const char *path, const char **out,
    struct vault_error *err)
{
    return load(v, path, STATE_MAX, out, err);
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

/* A vkey is one line of text; else it is the name of a file that has one. */
VAULT_CHECKED static enum vault_status
load_witness(struct verify *v, const char *given, const char **out,
    struct vault_error *err)
{
    if (!vlt_os_exists(given) && strchr(given, '+') != NULL) {
        *out = given;
        return VAULT_OK;
    }
    return load(v, given, CARD_MAX, out, err);
}

/* Replace the names that an option has by what they name. */
VAULT_CHECKED static enum vault_status
load_list(struct verify *v, const char *option, const char **list, size_t n,
    enum vault_status (*fn)(struct verify *v, const char *given,
        const char **out, struct vault_error *err),
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < n && st == VAULT_OK; i++) {
        const char *given = list[i];

        st = fn(v, given, &list[i], err);
        if (st == VAULT_OK)
            note_asked(v, option, v->has_hash ? vlt_os_basename(given) : given);
    }
    return st;
}

/* Options that name no text. */
static void
note_others(struct verify *v, const struct verify_opts *o)
{
    if (o->body != NULL)
        note_asked(v, "--body", vlt_os_basename(o->body));
    if (o->unlock || unlock_given(v->tell.c))
        note_asked(v, "--unlock", NULL);
}

VAULT_CHECKED static enum vault_status
load_all(struct verify *v, struct verify_opts *o, struct vault_error *err)
{
    size_t n = o->cards.n + o->since.n + o->witnesses.n + o->witnessed.n + 5;
    enum vault_status st;

    v->texts = calloc(n, sizeof *v->texts);
    v->asked = calloc(n, sizeof *v->asked);
    if (v->texts == NULL || v->asked == NULL)
        return vlt_fail_memory(err);
    st = load_list(v, "--card", o->cards.v, o->cards.n, load_card, err);
    if (st == VAULT_OK)
        st = load_list(v, "--since", o->since.v, o->since.n, load_since, err);
    if (st == VAULT_OK)
        st = load_list(v, "--witness", o->witnesses.v, o->witnesses.n,
            load_witness, err);
    if (st == VAULT_OK)
        st = load_list(v, "--witnessed", o->witnessed.v, o->witnessed.n,
            load_long, err);
    if (st == VAULT_OK && o->policy != NULL)
        st = load_list(v, "--policy", &o->policy, 1, load_long, err);
    if (st == VAULT_OK && o->leaf != NULL)
        st = load_list(v, "--leaf", &o->leaf, 1, load_text, err);
    if (st == VAULT_OK && o->log != NULL)
        st = load_list(v, "--log", &o->log, 1, load_long, err);
    if (st == VAULT_OK)
        note_others(v, o);
    return st;
}

/* ---- running ---- */

VAULT_CHECKED static enum vault_status
judge(struct verify *v, const char *path, struct vault_verify_options *opt,
    struct vault_error *err)
{
    struct verify_tell *t = &v->tell;
    struct vault_verdict d = {0};
    enum vault_status st;

    progress_begin(0, true);
    progress_name(vlt_os_basename(path));
    st = vault_verify(path, opt, verify_tell_finding, t, &d, err);
    progress_end();
    if (st != VAULT_OK &&
        !(st == VAULT_E_TAMPERED && t->count[VAULT_FAILED] > 0) &&
        !(st == VAULT_E_POLICY && t->count[VAULT_NOT_AS_ASKED] > 0))
        return st; /* nothing could be judged */
    t->c->exit = vault_status_exit(st);
    st =
        verify_report_end(&v->report, t, path, v->asked, v->asked_len, &d, err);
    if (st == VAULT_OK)
        verify_tell_end(t, path, &d);
    return st == VAULT_OK ? verify_keep_tell(t->c, &v->state, err) : st;
}

/* Checkpoints stay in the list; a saved state, of which there can be one,
 * leaves it. */
VAULT_CHECKED static enum vault_status
take_state(struct verify_opts *o, struct vault_verify_options *opt,
    struct vault_error *err)
{
    size_t kept = 0;

    for (size_t i = 0; i < o->since.n; i++) {
        const char *text = o->since.v[i];

        if (!verify_keep_is(text, strlen(text))) {
            o->since.v[kept++] = text;
            continue;
        }
        if (opt->state != NULL)
            return vlt_fail(err, VAULT_E_USAGE,
                "--since takes one saved state, and any number of checkpoints");
        opt->state = text;
        opt->state_len = strlen(text);
    }
    o->since.n = kept;
    return VAULT_OK;
}

/* The options as the library takes them. Their texts are loaded. */
static void
as_asked(const struct verify_opts *o, struct vault_verify_options *opt)
{
    opt->cards = o->cards.v;
    opt->cards_len = o->cards.n;
    opt->since = o->since.v;
    opt->since_len = o->since.n;
    opt->witnesses = o->witnesses.v;
    opt->witnesses_len = o->witnesses.n;
    opt->witnessed = o->witnessed.v;
    opt->witnessed_len = o->witnessed.n;
    opt->policy = o->policy;
    opt->body = o->body;
    opt->leaf = o->leaf;
    opt->log = o->log;
    opt->said = verify_tell_said;
    if (o->evidence || o->report != NULL)
        opt->evidence = verify_tell_fact;
    opt->progress = progress_callback;
}

/* Before anybody types a passphrase for nothing. */
VAULT_CHECKED static enum vault_status
check_opens(const char *path, struct vault_error *err)
{
    enum vault_file_kind kind = VAULT_FILE_OTHER;

    if (vault_file_kind(path, &kind, NULL) != VAULT_OK ||
        kind != VAULT_FILE_AUDIT)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_USAGE,
        N_("verify it without one; the vault itself can be opened"),
        "an audit pack holds nothing that a secret opens");
}

VAULT_CHECKED static enum vault_status
read_threads(const char *given, unsigned *out, struct vault_error *err)
{
    char *end = NULL;
    unsigned long n;

    if (given == NULL)
        return VAULT_OK;
    n = strtoul(given, &end, 10);
    if (given[0] < '0' || given[0] > '9' || *end != '\0' || n < 1 || n > 64)
        return vlt_fail(err, VAULT_E_USAGE,
            "--threads is a number from 1 to 64");
    *out = (unsigned)n;
    return VAULT_OK;
}

static enum vault_status
verify_run(struct cli *c, struct vault_error *err)
{
    struct verify_opts *o = c->opts;
    struct verify v = {.tell = {.c = c,
                           .asked = o->cards.n > 0,
                           .evidence = o->evidence,
                           .report_path = o->report}};
    struct vault_verify_options opt = {0};
    struct vault_key *key = NULL;
    uint8_t slot[VAULT_ID];
    char path[4096];
    const char *file = c->args.n > 0 ? c->args.v[0] : path;
    enum vault_status st = VAULT_OK;

    if (o->evidence && !c->g.json)
        st = vlt_fail(err, VAULT_E_USAGE, "--evidence goes with --json");
    if (st == VAULT_OK)
        st = read_threads(o->threads, &opt.threads, err);
    if (st == VAULT_OK && c->args.n == 0)
        st = unlock_path(c, path, sizeof path, err);
    if (st == VAULT_OK)
        st = load_all(&v, o, err);
    if (st == VAULT_OK)
        st = take_state(o, &opt, err);
    if (st == VAULT_OK)
        st = verify_keep_begin(o->save_state, &v.state, err);
    if (st == VAULT_OK)
        st = unlock_slot(c, slot, &opt.slot, err);
    if (st == VAULT_OK && (o->unlock || unlock_given(c)))
        st = check_opens(c->args.n > 0 ? c->args.v[0] : path, err);
    if (st == VAULT_OK && (o->unlock || unlock_given(c))) {
        st = unlock_key(c, false, &key, err);
        if (c->args.n > 0 &&
            unlock_path(c, path, sizeof path, NULL) == VAULT_OK)
            opt.vault = path; /* what a bundle is opened with */
    }
    if (st == VAULT_OK) {
        opt.key = key;
        as_asked(o, &opt);
        v.tell.keep = &v.state;
        opt.save = o->save_state != NULL ? verify_tell_save : NULL;
        vlt_os_catch_interrupt();
        if (o->report != NULL)
            st = verify_report_begin(&v.report, o->report, file, err);
        v.tell.report = v.report.report;
    }
    if (st == VAULT_OK)
        st = judge(&v, file, &opt, err);
    vault_key_free(key);
    verify_report_clear(&v.report);
    free(v.asked);
    for (size_t i = 0; i < v.texts_len; i++)
        free(v.texts[i]);
    free(v.texts);
    return st;
}

static const struct cmd verify_cmds[] = {
    {"verify", "[FILE]", N_("check a file, without any secret"),
        N_("Opens the file for reading only and writes nothing but what "
           "--report and --save-state name. "
           "Says for each kind of thing whether it holds, and what could not "
           "be known here. With a passphrase or key file every record is "
           "opened as well; of a bundle that takes the vault of its recipient, "
           "which -V names and which is read only.\n\nFILE may also be a text "
           "that was given on: a disclosure, a card, a withdrawal, an answer, "
           "a receipt. A disclosure brings all that is needed to check it, and "
           "what it discloses is printed. Of the others --card must give the "
           "card of whoever signed it; without it they are shown, and not "
           "checked.\n\nExit status 3: the evidence does not match. "
           "Exit status 6: it holds, but not as --card, --since, --policy or "
           "--witnessed asked, or a signature could not be checked."),
        verify_examples, VLT_COUNT(verify_examples), verify_table,
        VLT_COUNT(verify_table), sizeof(struct verify_opts), 0, 1, 0,
        verify_run},
};
const struct cmd_group verify_group = {verify_cmds, VLT_COUNT(verify_cmds)};
