/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_capture.c: the capture file: made, its session ended, its device taken */
#include "cmd.h"

#include "ask.h"
#include "capturing.h"
#include "card_beside.h"
#include "card_show.h"
#include "device_show.h"
#include "fail.h"
#include "jline_out.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <string.h>

struct init_opts {
    const char *fingerprint;
};
struct introduce_opts {
    const char *output;
};

static const struct opt init_table[] = {
    {0, "fingerprint", OPT_TEXT, "TEXT",
        N_("what was read out to you at the vault, in letters or digits: the "
           "card must have it"),
        offsetof(struct init_opts, fingerprint)},
};
static const struct opt introduce_table[] = {
    {'o', "output", OPT_TEXT, "FILE|-",
        N_("write its first session note here, to be given along"),
        offsetof(struct introduce_opts, output)},
};

static const struct cmd_example init_examples[] = {
    {"sanduq capture init headquarters.card field.capture",
        N_("a laptop that seals and can open nothing")},
    {"sanduq -V field.capture add photo.jpg", N_("then, without a passphrase")},
};
static const struct cmd_example introduce_examples[] = {
    {"sanduq -V field.capture capture introduce",
        N_("the code to read out to whoever holds the vault")},
};
static const struct cmd_example make_examples[] = {
    {"sanduq capture make",
        N_("so that the locked vault can be added to on this machine")},
};
static const struct cmd_example end_examples[] = {
    {"sanduq capture end",
        N_("before a checkpoint: nobody can add to what was sealed so far")},
};
static const struct cmd_example admit_examples[] = {
    {"sanduq capture admit",
        N_("after the vault was put back from an older copy")},
};

static void
tell_end(const struct cli *c, const char *name, uint64_t n)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_u64(&j, name, n);
    jline_end(&j);
}

/* ---- a device ---- */

/* A card that nobody compared may be that of whoever put the file there, and
 * what is sealed to it is his. */
VAULT_CHECKED static enum vault_status
ask_card(const struct vault_card *card, struct vault_error *err)
{
    struct vlt_buf answer;
    bool same;
    enum vault_status st;

    say_info("%s",
        tr("compare the fingerprint with whoever holds the vault: over the "
           "telephone, or face to face, not the way the card came by"));
    vlt_buf_init(&answer, ASK_MAX);
    st = ask_line(tr("Its last group, when they read out the same: "), true,
        N_("use --fingerprint with what they read out, or --yes when it was "
           "compared before"),
        &answer, err);
    same = st == VAULT_OK && answer.len > 0 &&
        (vault_fingerprint_ends(card->fingerprint, vlt_buf_cstr(&answer)) ||
            vault_fingerprint_is(card->fingerprint, vlt_buf_cstr(&answer)));
    vlt_buf_clear(&answer);
    if (st == VAULT_OK && !same)
        st = vlt_fail(err, VAULT_E_POLICY,
            "that is not the last group of this card's fingerprint: no file "
            "was made");
    return st;
}

VAULT_CHECKED static enum vault_status
compare_card(const struct cli *c, const struct vault_card *card,
    struct vault_error *err)
{
    const struct init_opts *o = c->opts;

    if (o->fingerprint == NULL && c->g.yes) {
        say_warn("%s",
            tr("nobody compared the card here: --yes said that it was "
               "compared"));
        return VAULT_OK;
    }
    if (o->fingerprint == NULL)
        return ask_card(card, err);
    if (vault_fingerprint_is(card->fingerprint, o->fingerprint))
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        N_("somebody may have put another card in its place: ask for the card "
           "over another way"),
        "the card does not have that fingerprint: no file was made");
}

/* What is sealed is lost to everybody when it is the wrong card. */
VAULT_CHECKED static enum vault_status
make_device(struct cli *c, struct vlt_buf *card, struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    const char *path = c->args.v[1];
    struct device_kept k = {0};
    enum vault_status st =
        vault_device_create(path, card->p, card->len, &opt, err);

    if (st != VAULT_OK)
        return st;
    c->changed = true;
    st = vault_capture_open(path, &opt, &c->vault, err);
    if (st == VAULT_OK)
        st = vault_device_intro(c->vault, device_keep, &k, err);
    if (st == VAULT_OK && c->g.json)
        device_intro_json(&k.d, path);
    else if (st == VAULT_OK)
        device_intro_print(&k.d);
    device_kept_clear(&k);
    if (st != VAULT_OK)
        return st;
    say_info(tr("made %s; nobody can read on this machine what is sealed to "
                "it, you neither"),
        path);
    say_hint(N_("tell its code or fingerprint to whoever holds the vault "
                "(there: sanduq device admit), then sanduq -V FILE add"));
    card_end(c);
    return VAULT_OK;
}

static enum vault_status
init_run(struct cli *c, struct vault_error *err)
{
    struct vault_card card;
    struct vlt_buf file;
    enum vault_status st;

    vlt_buf_init(&file, CARD_FILE_MAX);
    st = card_read_file(c->args.v[0], &file, err);
    if (st == VAULT_OK)
        st = vault_card_read(file.p, file.len, &card, err);
    if (st == VAULT_OK && !c->g.json)
        card_print(&card);
    if (st == VAULT_OK)
        card_tell_beside(c, c->args.v[0]);
    if (st == VAULT_OK)
        st = compare_card(c, &card, err);
    if (st == VAULT_OK)
        st = make_device(c, &file, err);
    vlt_buf_clear(&file);
    return st;
}

static enum vault_status
introduce_run(struct cli *c, struct vault_error *err)
{
    const struct introduce_opts *o = c->opts;
    struct device_kept k = {0};
    enum vault_status st = capture_open(c, err);

    if (st == VAULT_OK)
        st = vault_device_intro(c->vault, device_keep, &k, err);
    if (st == VAULT_OK && k.failed)
        st = vlt_fail_memory(err);
    if (st == VAULT_OK && o->output != NULL)
        st = card_write_file(c, o->output, k.d.note, k.d.note_len, err);
    if (st == VAULT_OK && c->g.json)
        device_intro_json(&k.d, o->output);
    else if (st == VAULT_OK && o->output == NULL)
        device_intro_print(&k.d);
    device_kept_clear(&k);
    if (st == VAULT_OK)
        card_end(c);
    return st;
}

/* ---- the file beside a vault ---- */

static enum vault_status
make_run(struct cli *c, struct vault_error *err)
{
    char path[4096];
    enum vault_status st = capture_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = vault_capture_create(c->vault, path, err);
    if (st != VAULT_OK)
        return st;
    c->changed = true;
    say_info(tr("made %s"), path);
    tell_end(c, "made", 1);
    return VAULT_OK;
}

static enum vault_status
end_run(struct cli *c, struct vault_error *err)
{
    bool ended = false;
    enum vault_status st = capture_open(c, err);

    if (st == VAULT_OK)
        st = vault_capture_end(c->vault, &ended, err);
    if (st != VAULT_OK)
        return st;
    c->changed = ended;
    say_info("%s",
        ended ? tr("the session has ended; its key is destroyed")
              : tr("no session was running"));
    if (ended)
        say_hint(
            N_("give a copy of the file, and the checkpoint (sanduq log "
               "checkpoint) over another way, to whoever holds the vault"));
    tell_end(c, "ended", ended);
    return VAULT_OK;
}

static void
tell_admitted(const struct vault_taken *t, const char *path)
{
    say_info(trn("%" PRIu64 " record taken in", "%" PRIu64 " records taken in",
                 t->records),
        t->records);
    if (t->already > 0)
        say_info(trn("%" PRIu64 " record was in the vault already",
                     "%" PRIu64 " records were in the vault already",
                     t->already),
            t->already);
    if (t->aside > 0)
        say_warn(tr("%s did not fit the vault: it is now %s.%u, with what does "
                    "not hold, and its key is destroyed; a new one was made"),
            path, path, t->aside);
}

static enum vault_status
admit_run(struct cli *c, struct vault_error *err)
{
    struct vault_taken taken = {0};
    char path[4096];
    enum vault_status st = capture_path(c, path, sizeof path, err);

    if (st == VAULT_OK)
        st = ask_sure(c,
            tr("Whoever had this file could have sealed what is in it. Take "
               "it in as this vault's own?"),
            err);
    if (st == VAULT_OK)
        st = unlock_only(c, err);
    if (st == VAULT_OK)
        st = capture_take(c, path, &(struct vault_take_options){.admit = true},
            &taken, err);
    c->changed = taken.sessions > 0 || taken.records > 0 || taken.aside > 0;
    tell_admitted(&taken, path);
    if (st != VAULT_OK)
        return st;
    tell_end(c, "records", taken.records);
    return VAULT_OK;
}

static const struct cmd capture_cmds[] = {
    {"capture init", "CARD FILE",
        N_("make a machine seal to a vault whose key it never has"),
        N_("The recommended way to set up a field laptop: no vault, no "
           "passphrase, no key that opens anything. CARD is the card of the "
           "vault that will read it all (sanduq card export there); compare "
           "its fingerprint, since whoever can exchange the card reads what "
           "you seal, and the vault does not. Malformed and weak keys are "
           "refused.\n\nThen sanduq -V FILE add, import, info, verify, log "
           "and capture end work without a question. list, show, get and all "
           "else that reads is possible nowhere but at that vault. Whoever "
           "holds it admits the device by its code (sanduq device admit) and "
           "receives copies of FILE (sanduq receive)."),
        init_examples, VLT_COUNT(init_examples), init_table,
        VLT_COUNT(init_table), sizeof(struct init_opts), 2, 2, CMD_WRITES,
        init_run},
    {"capture introduce", "", N_("what the vault needs to admit this device"),
        N_("The code carries the device's id and the hash of its first "
           "session, with a checksum: short enough to be read out. The "
           "fingerprint is the first half of that hash, to be compared with "
           "what sanduq device admit or receive shows of a file."),
        introduce_examples, VLT_COUNT(introduce_examples), introduce_table,
        VLT_COUNT(introduce_table), sizeof(struct introduce_opts), 0, 0, 0,
        introduce_run},
    {"capture make", "", N_("make the capture file beside the vault"),
        N_("sanduq init makes it, and add when it unlocks and finds none. "
           "While the vault is locked, add seals into it, to the vault's own "
           "key; the next command that unlocks the vault takes it in. Nobody "
           "can read it back without the vault, not on this machine either.\n"
           "\nDo not copy it along with the vault: each machine has its "
           "own."),
        make_examples, VLT_COUNT(make_examples), NULL, 0, 0, 0, 0, CMD_WRITES,
        make_run},
    {"capture end", "", N_("end the running session of the capture file"),
        N_("Works locked. A session ends by itself at the first use after "
           "twelve hours, and when it is taken in. What was sealed in an "
           "ended session cannot be exchanged by whoever finds the file: its "
           "key is destroyed."),
        end_examples, VLT_COUNT(end_examples), NULL, 0, 0, 0, 0, CMD_WRITES,
        end_run},
    {"capture admit", "",
        N_("take in a capture file that the vault does not "
           "know"),
        N_("Unlocking refuses a capture file that this vault did not make, or "
           "whose earlier sessions it does not have. If you know why, this "
           "takes it in and notes the device as the vault's own.\n\nOf a file "
           "that does not fit the vault, such as an older copy that was put "
           "back, each record comes in that holds by itself and is not there "
           "yet. The file is then put aside under the name FILE.1 for whoever "
           "looks into it, and a new one is made."),
        admit_examples, VLT_COUNT(admit_examples), NULL, 0, 0, 0, 0, CMD_WRITES,
        admit_run},
};
const struct cmd_group capture_group = {capture_cmds, VLT_COUNT(capture_cmds)};
