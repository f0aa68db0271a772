/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_witness.c: countersigning other people's logs, and having one's own
 * countersigned */
#include "cmd.h"

#include "ask.h"
#include "card_show.h"
#include "code_out.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "text.h"
#include "tr.h"
#include "unlocking.h"
#include "witness_cmds.h"

#include <inttypes.h>
#include <string.h>
#include <vault/witness.h>

/* ---- this vault as a witness ---- */

static void
key_json(const struct vault_witness_key *k, const char *name, bool own,
    bool here)
{
    struct jline j;

    jline_begin(&j, "witness_key");
    if (name != NULL)
        jline_text(&j, "name", name);
    jline_bool(&j, "own", own);
    if (own)
        jline_bool(&j, "here", here);
    jline_text(&j, "vkey", k->vkey);
    jline_text(&j, "letters", k->letters);
    jline_text(&j, "digits", k->digits);
    jline_end(&j);
}

static enum vault_status
put_key(struct cli *c, const struct vault_witness_key *k,
    struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;
    struct vlt_buf text;
    enum vault_status st;

    vlt_buf_init(&text, VAULT_VKEY + 1);
    vlt_buf_printf(&text, "%s\n", k->vkey);
    st = vlt_buf_end(&text, "key", err);
    if (st == VAULT_OK)
        st = code_write(c, o->output, o->qr, text.p, text.len, err);
    vlt_buf_clear(&text);
    return st;
}

static void
tell_key(const struct vault_witness_key *k)
{
    say_info("%s",
        tr("this is the key by which others check what this vault "
           "countersigns: give it to those who ask you to be their witness, "
           "and these numbers over another way"));
    say_info("    %s", k->digits);
    say_info(tr("or, the same in letters:  %s"), k->letters);
}

static enum vault_status
own_run(struct cli *c, struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;
    bool to_out = o->output == NULL || strcmp(o->output, "-") == 0;
    struct vault_witness_key k;
    bool begun = false, here = false, changed = false;
    enum vault_status st = vault_witness_own(c->vault, &k, &begun, &here, err);

    if (st == VAULT_OK && !here)
        st = vault_witness_begin(c->vault, o->here, &changed, err);
    if (st != VAULT_OK)
        return st;
    c->changed = changed;
    if (changed && !begun)
        say_info("%s",
            tr("from now on this machine countersigns for others. Only one "
               "machine of a vault may: not a copy of this file on another "
               "one, and not an older copy"));
    else if (changed)
        say_warn("%s",
            tr("this machine signs from now on, and must know all that was "
               "signed before: if the file is not the newest one somebody "
               "could be shown two histories with your signature under both. "
               "When in doubt make a new key: sanduq card renew"));
    if (c->g.json)
        key_json(&k, NULL, true, true);
    if (!(c->g.json && to_out))
        st = put_key(c, &k, err);
    if (st == VAULT_OK)
        tell_key(&k);
    return st;
}

/* ---- this vault's witnesses ---- */

static enum vault_status
read_key(const char *word, struct vault_witness_key *k, struct vault_error *err)
{
    struct vlt_buf file;
    enum vault_status st = vault_witness_key_read(word, strlen(word), k, err);

    if (st != VAULT_E_FORMAT || strchr(word, '+') != NULL)
        return st;
    vlt_error_clear(err);
    vlt_buf_init(&file, CARD_FILE_MAX);
    st = card_read_file(word, &file, err);
    if (st == VAULT_OK)
        st = vault_witness_key_read((const char *)file.p, file.len, k, err);
    vlt_buf_clear(&file);
    return st;
}

static enum vault_status
ask_compared(const struct vault_witness_key *k, bool *compared,
    struct vault_error *err)
{
    struct vlt_buf answer;
    enum vault_status st;

    say_info("%s",
        tr("compare the numbers with the person: over the telephone, or face "
           "to face, not the way the key came by"));
    vlt_buf_init(&answer, ASK_MAX);
    st = ask_line(tr("Its last group, when they read out the same (nothing: "
                     "not compared): "),
        true,
        N_("use --fingerprint with what the person read out, or --yes to pin "
           "it as not compared"),
        &answer, err);
    if (st == VAULT_OK && answer.len > 0) {
        *compared = vault_fingerprint_ends(k->hash, vlt_buf_cstr(&answer)) ||
            vault_fingerprint_is(k->hash, vlt_buf_cstr(&answer));
        if (!*compared)
            st = vlt_fail(err, VAULT_E_POLICY,
                "that is not the last group of this key: it was not pinned");
    }
    vlt_buf_clear(&answer);
    return st;
}

static enum vault_status
compare(const struct cli *c, const struct vault_witness_key *k, bool *compared,
    struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;

    *compared = false;
    if (o->fingerprint == NULL)
        return c->g.yes ? VAULT_OK : ask_compared(k, compared, err);
    *compared = vault_fingerprint_is(k->hash, o->fingerprint);
    if (*compared)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        N_("somebody may have put another key in its place: ask the person "
           "for the key over another way"),
        "the key does not have that fingerprint: it was not pinned");
}

static enum vault_status
pin_run(struct cli *c, struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;
    const char *name = c->args.v[0];
    struct vault_witness_key k;
    bool compared = false, changed = false;
    enum vault_status st = read_key(c->args.v[1], &k, err);

    if (st != VAULT_OK)
        return st;
    say_info(tr("the key of %s"), k.name);
    say_info("    %s", k.digits);
    say_info("    %s", k.letters);
    st = compare(c, &k, &compared, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_witness_pin(c->vault, name, &k, compared, o->replace,
            &changed, err);
    if (st != VAULT_OK)
        return st;
    c->changed = c->changed || changed;
    say_info(compared ? tr("\"%s\" is a witness of this vault: compared by you")
                      : tr("\"%s\" is a witness of this vault: not compared"),
        name);
    if (c->g.json)
        key_json(&k, name, false, false);
    return VAULT_OK;
}

static enum vault_status
quorum_run(struct cli *c, struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;
    uint64_t k = 0;
    enum vault_status st = VAULT_OK;

    if (!vlt_parse_u64(&k, o->quorum, strlen(o->quorum)) || k > VAULT_WITNESSES)
        return vlt_fail(err, VAULT_E_USAGE,
            "--quorum takes a number from 0 to %d", VAULT_WITNESSES);
    if (c->vault == NULL)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_witness_quorum(c->vault, (uint32_t)k, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("witnesses that are enough: %" PRIu64
                "; sanduq witness list --make-policy writes it down for "
                "whoever verifies"),
        k);
    return VAULT_OK;
}

static enum vault_status
remove_run(struct cli *c, struct vault_error *err)
{
    enum vault_status st = unlock(c, err);

    if (st == VAULT_OK)
        st = vault_witness_unpin(c->vault, c->args.v[0], err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("removed \"%s\""), c->args.v[0]);
    return VAULT_OK;
}

static enum vault_status
check_words(const struct cli *c, struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;
    size_t want = o->remove ? 1 : c->args.n == 0 ? 0 : 2;

    if (c->args.n != want)
        return vlt_fail_hint(err, VAULT_E_USAGE, N_("sanduq help witness init"),
            o->remove ? "which witness is to be removed?"
                      : "a name and a key are needed, or neither");
    if (c->args.n > 0 && (o->here || o->output != NULL || o->qr))
        return vlt_fail(err, VAULT_E_USAGE,
            "--here, --output and --qr are for this vault's own key");
    return VAULT_OK;
}

static enum vault_status
init_run(struct cli *c, struct vault_error *err)
{
    const struct witness_init_opts *o = c->opts;
    enum vault_status st = check_words(c, err);

    if (st == VAULT_OK && o->remove)
        st = remove_run(c, err);
    else if (st == VAULT_OK && c->args.n == 2)
        st = pin_run(c, err);
    if (st == VAULT_OK && o->quorum != NULL)
        st = quorum_run(c, err);
    if (st == VAULT_OK && c->args.n == 0 && o->quorum == NULL) {
        st = unlock(c, err);
        if (st == VAULT_OK)
            st = own_run(c, err);
    }
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- the commands ---- */

#define OUTPUT(type)                                                     \
    {                                                                    \
        'o', "output", OPT_TEXT, "FILE|-",                               \
            N_("where to; else standard output"), offsetof(type, output) \
    }
#define QR(type)                                                       \
    {                                                                  \
        0, "qr", OPT_FLAG, NULL,                                       \
            N_("as a QR code: on the terminal, or a picture with -o"), \
            offsetof(type, qr)                                         \
    }

static const struct opt init_table[] = {
    OUTPUT(struct witness_init_opts),
    QR(struct witness_init_opts),
    {0, "fingerprint", OPT_TEXT, "TEXT",
        N_("what the person read out: the whole of it, as letters or digits"),
        offsetof(struct witness_init_opts, fingerprint)},
    {0, "quorum", OPT_TEXT, "K",
        N_("how many witnesses are enough; 0: none are asked for"),
        offsetof(struct witness_init_opts, quorum)},
    {0, "here", OPT_FLAG, NULL,
        N_("this machine signs from now on, in place of another one"),
        offsetof(struct witness_init_opts, here)},
    {0, "renewed", OPT_FLAG, NULL,
        N_("the new key of a witness whose card was renewed"),
        offsetof(struct witness_init_opts, replace)},
    {0, "remove", OPT_FLAG, NULL, N_("forget the witness of that name"),
        offsetof(struct witness_init_opts, remove)},
};
static const struct opt ask_table[] = {
    OUTPUT(struct witness_ask_opts),
    QR(struct witness_ask_opts),
    {0, "all", OPT_FLAG, NULL,
        N_("every log, also those that another one covers"),
        offsetof(struct witness_ask_opts, all)},
    {0, "old", OPT_TEXT, "N",
        N_("how many entries the witness says it has signed"),
        offsetof(struct witness_ask_opts, old)},
    {0, "log", OPT_TEXT, "ID", N_("this log alone: the end of its origin"),
        offsetof(struct witness_ask_opts, log)},
};
static const struct opt sign_table[] = {
    OUTPUT(struct witness_out_opts),
    QR(struct witness_out_opts),
};
static const struct opt list_table[] = {
    OUTPUT(struct witness_out_opts),
    QR(struct witness_out_opts),
    {0, "make-policy", OPT_FLAG, NULL,
        N_("the witnesses and how many are enough, for verify --policy"),
        offsetof(struct witness_out_opts, policy)},
};

static const struct cmd_example init_examples[] = {
    {"sanduq witness init",
        N_("this machine countersigns for others; its key")},
    {"sanduq witness init Aina aina.vkey --fingerprint \"12345 ...\"",
        N_("Aina is a witness of this vault; the numbers were compared")},
    {"sanduq witness init --quorum 2", N_("two of the witnesses are enough")},
};
static const struct cmd_example ask_examples[] = {
    {"sanduq witness ask Aina -o for-aina.txt", N_("then send it to Aina")},
    {"sanduq witness ask Aina --qr", N_("for her to photograph")},
};
static const struct cmd_example sign_examples[] = {
    {"sanduq witness sign for-aina.txt -o answer.txt", N_("then send it back")},
};
static const struct cmd_example take_examples[] = {
    {"sanduq witness take answer.txt", N_("what Aina sent back")},
};
static const struct cmd_example list_examples[] = {
    {"sanduq witness list", N_("who countersigns here, and for whom")},
    {"sanduq witness list Bolat -o seen.note",
        N_("signed: which logs of Bolat's vault were seen")},
    {"sanduq witness list --make-policy -o policy.txt",
        N_("for those who verify this vault")},
};

static const struct cmd witness_cmds[] = {
    {"witness init", "[NAME KEY]",
        N_("become a witness, or say who one's own witnesses are"),
        N_("Without words this machine becomes the one that countersigns with "
           "this vault, and its key is printed for others. Only one machine "
           "of a vault may sign: two that do not know of each other could be "
           "shown two histories of one log. --here moves it to this machine. "
           "With NAME and KEY (the text, or a file with it) that person is a "
           "witness of this vault; compare the numbers as those of a card. "
           "NAME is one word."),
        init_examples, VLT_COUNT(init_examples), init_table,
        VLT_COUNT(init_table), sizeof(struct witness_init_opts), 0, 2,
        CMD_WRITES, init_run},
    {"witness ask", "NAME", N_("a request to a witness, as a text"),
        N_("The newest state of the log, and the proof that it only adds to "
           "what the witness signed before. A text of one page: it goes over "
           "any channel, and holds no secret. Logs that another log of this "
           "vault names are covered by it and not asked for, but with --all. "
           "If the witness answers that it has signed another number of "
           "entries, --old N begins there."),
        ask_examples, VLT_COUNT(ask_examples), ask_table, VLT_COUNT(ask_table),
        sizeof(struct witness_ask_opts), 1, 1, CMD_WRITES, witness_ask_run},
    {"witness sign", "FILE...", N_("countersign what others ask for"),
        N_("FILE is what witness ask made, - is standard input. A log is "
           "signed for when the card of its vault is pinned here and was "
           "compared, when its own key signed the state, and when that state "
           "only adds to the one signed before; what is signed is stored "
           "here first. Two histories of one log are status 3: keep the "
           "request. You sign for your clock and for what you have seen, not "
           "for what stands in the log, which you cannot read."),
        sign_examples, VLT_COUNT(sign_examples), sign_table,
        VLT_COUNT(sign_table), sizeof(struct witness_out_opts), 1, SIZE_MAX,
        CMD_WRITES, witness_sign_run},
    {"witness take", "FILE...", N_("put a witness's answer into the vault"),
        N_("The signatures are checked by the pinned keys and put under the "
           "states they sign; from there they go along with the vault, "
           "bundles and proofs. What a key signed that is not pinned is not "
           "taken."),
        take_examples, VLT_COUNT(take_examples), NULL, 0, 0, 1, SIZE_MAX,
        CMD_WRITES, witness_take_run},
    {"witness list", "[VAULT]",
        N_("witnesses of this vault, and the logs it countersigns"),
        N_("With VAULT, the name of a pinned card or the vault's id, it "
           "prints a signed text: which logs of that vault were seen here, "
           "up to which state. Whoever verifies that vault learns from it "
           "whether there are logs that were not shown to them."),
        list_examples, VLT_COUNT(list_examples), list_table,
        VLT_COUNT(list_table), sizeof(struct witness_out_opts), 0, 1, 0,
        witness_list_run},
};
const struct cmd_group witness_group = {witness_cmds, VLT_COUNT(witness_cmds)};
