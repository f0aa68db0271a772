/* SPDX-License-Identifier: Apache-2.0 */
/* left_tell.c: travel finish: what is still on this machine, and what to do */
#include "travel_cmds.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "shares_in.h"
#include "text_in.h"
#include "tr.h"
#include "unlocking.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_FINISHED = 6, DAY = 86400 };

struct finishing {
    struct cli *c;
    size_t backs;
};

/* ---- ways back ---- */

static void
back_json(const struct vault_travel_back *b)
{
    struct jline j;

    jline_begin(&j, "back");
    jline_hex(&j, "slot", b->slot, VAULT_ID);
    jline_text(&j, "kind",
        b->kind == VAULT_SLOT_RECOVERY ? "recovery" : "identity");
    jline_time(&j, "asked", b->asked);
    jline_time(&j, "proved", b->proved);
    jline_bool(&j, "late", b->late);
    jline_bool(&j, "now", b->now);
    jline_end(&j);
}

static void
back_state(const struct vault_travel_back *b)
{
    int64_t days = (vlt_os_time() - b->proved) / DAY;
    char when[WHEN_SIZE];

    if (b->proved < 0 && b->asked >= 0) {
        when_local(when, b->asked);
        out_printf(tr("NOT PROVED: asked %s, no answer yet"), when);
    } else if (b->proved < 0) {
        out_text(tr("NOT PROVED"));
    } else if (b->late) {
        when_local(when, b->proved);
        out_printf(tr("NOT PROVED any more: that of %s is too old, or this "
                      "machine's clock is wrong"),
            when);
    } else if (b->kind == VAULT_SLOT_IDENTITY) {
        when_local(when, b->proved);
        out_printf(trn("proved: headquarters answered a challenge of %s (%lld "
                       "day ago)",
                       "proved: headquarters answered a challenge of %s (%lld "
                       "days ago)",
                       (unsigned long long)(days < 0 ? 0 : days)),
            when, (long long)days);
    } else {
        when_local(when, b->proved);
        out_printf(tr("proved: shares were typed in and opened it, %s"), when);
    }
}

static int
tell_back(void *ctx, const struct vault_travel_back *b)
{
    struct finishing *f = ctx;
    char hex[HEX_ID];

    if (f->c->g.json) {
        back_json(b);
        return 0;
    }
    if (f->backs++ == 0)
        out_printf("%s\n", tr("Ways back into the travel file:"));
    hex_id(hex, b->slot);
    out_printf("  %s  %s\n      ", hex,
        b->kind == VAULT_SLOT_RECOVERY ? tr("shares in other hands")
                                       : tr("headquarters' card"));
    back_state(b);
    out_text("\n");
    return 0;
}

/* ---- what is left ---- */

static const char *
what(const struct vault_travel_left *l)
{
    if (l->bearer)
        return tr("the travel file itself: its bearer can open it");
    if (strcmp(l->word, "unread") == 0)
        return tr("cannot be looked at: it may be the vault, or what opens "
                  "it; make it readable, or take it away");
    if (strcmp(l->word, "vault") == 0 && l->key && l->ways == 0)
        return tr("what lies where the vault lay, or a copy of it that does "
                  "not hold: it may open once it is put right");
    if (strcmp(l->word, "vault") == 0)
        return l->key ? tr("the vault, or a copy of it: opens here")
                      : tr("the vault, or a copy of it: nothing its bearer "
                           "has opens it");
    if (strcmp(l->word, "kit") == 0)
        return tr("a kit: the vault's keys");
    if (strcmp(l->word, "capture") == 0)
        return l->key ? tr("a capture file, with the key of its session")
                      : tr("a capture file");
    if (strcmp(l->word, "state") == 0)
        return l->key ? tr("the state file: the key of this machine's log")
                      : tr("a state file or lock, of this vault or another");
    if (strcmp(l->word, "keyfile") == 0)
        return l->key ? tr("the key file that unlocks the vault, or the secret "
                           "of a request to headquarters")
                      : tr("a key file, of this vault or another");
    if (strcmp(l->word, "share") == 0)
        return l->key ? tr("shares, as many as are needed to open it")
                      : tr("a share, of this vault or another");
    if (strcmp(l->word, "draft") == 0)
        return tr("a draft");
    if (strcmp(l->word, "bundle") == 0)
        return tr("a bundle that this vault made");
    if (strcmp(l->word, "text") == 0)
        return tr("a text that went to or came from headquarters");
    return tr("another file of this vault");
}

/* In quotes for a shell; what a shell or a terminal would stumble over is
 * shown and not offered as a command. */
static bool
quotable(const char *s)
{
    for (; *s != 0; s++)
        if ((unsigned char)*s < 0x20 || *s == 0x7f || *s == '\'' || *s == '"')
            return false;
    return true;
}

static void
command(const struct vault_travel_left *l)
{
#ifdef _WIN32
    const char q = '"';
    const char *rm = "del";
#else
    const char q = '\'';
    const char *rm = "rm --";
#endif

    if (l->bearer || strcmp(l->word, "unread") == 0 || !quotable(l->path))
        return;
    out_text("      ");
    if (strcmp(l->word, "vault") == 0 && l->ways > 0)
        out_text("sanduq panic --file -V ");
    else
        out_printf("%s ", rm);
    out_printf("%c", q);
    out_safe(l->path, strlen(l->path), 0);
    out_printf("%c\n", q);
}

static void
left_json(const struct vault_travel_left *l)
{
    struct jline j;

    jline_begin(&j, "left");
    jline_text(&j, "path", l->path);
    jline_text(&j, "what", l->word);
    jline_bool(&j, "key", l->key);
    jline_bool(&j, "travel_file", l->bearer);
    jline_u64(&j, "ways", l->ways);
    jline_u64(&j, "seeds", l->seeds);
    jline_u64(&j, "epochs", l->epochs);
    jline_end(&j);
}

static int
tell_left(void *ctx, const struct vault_travel_left *l)
{
    struct finishing *f = ctx;

    if (f->c->g.json) {
        left_json(l);
        return 0;
    }
    out_printf("%s  ", l->key ? tr("KEY  ") : tr("trace"));
    out_safe(l->path, strlen(l->path), 0);
    out_printf("\n      %s\n", what(l));
    if (l->ways > 0)
        out_printf(
            tr("      in it: passphrases and key files that open it %zu, "
               "identity secrets %" PRIu64 ", epoch secrets %" PRIu64 "\n"),
            l->ways, l->seeds, l->epochs);
    command(l);
    return 0;
}

/* ---- the command ---- */

static void
tell_unknown(void)
{
    say_info("%s",
        tr("what this program cannot know: copies elsewhere, backups, "
           "snapshots and cloud folders, folders that were not named, the "
           "history of the shell, lists of recent files, exported files, and "
           "what flash memory keeps of files that were removed; sanduq doctor "
           "traces says more"));
}

static void
tell_end(struct cli *c, const struct vault_travel_state *s)
{
    if (s->answered)
        say_info("%s", tr("the answer is the right one"));
    if (s->unread > 0)
        say_warn(trn("%zu file could not be looked at",
                     "%zu files could not be looked at", s->unread),
            s->unread);
    if (!s->planned)
        say_warn("%s",
            tr("there is no plan beside the travel file: where the vault lay "
               "is not known, name folders with --look"));
    if (s->others)
        say_warn("%s",
            tr("another vault lies here: if its card is the way back "
               "(headquarters), whoever opens it opens the travel file"));
    tell_unknown();
    if (s->finished) {
        say_info("%s",
            tr("a way back is proved, and nothing that was found here opens "
               "the vault"));
        if (s->traces > 0)
            say_warn(trn("%zu trace is left, which tells that there is a vault",
                         "%zu traces are left, which tell that there is a "
                         "vault",
                         s->traces),
                s->traces);
        return;
    }
    if (s->proved == 0)
        say_warn("%s",
            tr("no way back is proved: do not remove anything before one is"));
    if (s->keys > 0)
        say_warn(trn("%zu key is still here", "%zu keys are still here",
                     s->keys),
            s->keys);
    say_warn("%s", tr("NOT FINISHED"));
    c->exit = NOT_FINISHED;
}

static void
end(const struct cli *c, const struct vault_travel_state *s)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", c->cmd->name);
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_bool(&j, "finished", s->finished);
    jline_bool(&j, "planned", s->planned);
    jline_time(&j, "made", s->made);
    jline_u64(&j, "proved", s->proved);
    jline_u64(&j, "keys", s->keys);
    jline_u64(&j, "traces", s->traces);
    jline_u64(&j, "unread", s->unread);
    jline_bool(&j, "answered", s->answered);
    jline_bool(&j, "others", s->others);
    jline_end(&j);
}

VAULT_CHECKED static enum vault_status
read_shares(const struct cli *c, struct vault_key **out,
    struct vault_error *err)
{
    const struct travel_finish_opts *o = c->opts;
    struct vault_shares *s;
    struct vault_key *key = NULL;
    enum vault_status st = VAULT_OK;

    if (c->args.n < 2 && !o->type_shares)
        return VAULT_OK;
    s = vault_shares_new();
    key = vault_key_new();
    if (s == NULL || key == NULL)
        st = vlt_fail_memory(err);
    for (size_t i = 1; st == VAULT_OK && i < c->args.n; i++)
        st = shares_file(c->args.v[i], s, err);
    if (st == VAULT_OK && o->type_shares)
        st = shares_ask(s, true, N_("name files with the shares"), err);
    if (st == VAULT_OK)
        st = vault_key_shares(key, s, err);
    vault_shares_free(s);
    if (st == VAULT_OK) {
        *out = key;
        key = NULL;
    }
    vault_key_free(key);
    return st;
}

/* Names of folders, each its own. */
struct folder_list {
    char **v;
    size_t n;
};

static void
folder_list_clear(struct folder_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->v[i]);
    free(l->v);
}

/* Room for one more name of that size; what is in it is the caller's to write. */
VAULT_CHECKED static enum vault_status
folder_list_room(struct folder_list *l, size_t size, struct vault_error *err)
{
    char **more = realloc(l->v, (l->n + 1) * sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    l->v = more;
    more[l->n] = malloc(size);
    if (more[l->n] == NULL)
        return vlt_fail_memory(err);
    l->n++;
    return VAULT_OK;
}

/* Shares that are read from files lie here: as many as open it are a key. */
VAULT_CHECKED static enum vault_status
share_folders(const struct cli *c, struct folder_list *out,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 1; st == VAULT_OK && i < c->args.n; i++) {
        const char *path = c->args.v[i];
        size_t n = (size_t)(vlt_os_basename(path) - path);

        if (strcmp(path, "-") == 0)
            continue;
        st = folder_list_room(out, n + 2, err);
        if (st != VAULT_OK)
            return st;
        memcpy(out->v[out->n - 1], n > 0 ? path : ".", n > 0 ? n : 1);
        out->v[out->n - 1][n > 0 ? n : 1] = '\0';
        if (!vlt_os_is_dir(out->v[out->n - 1]))
            free(out->v[--out->n]);
    }
    return st;
}

/* The vault that -V or the variable names is looked for too, if it is there. */
VAULT_CHECKED static enum vault_status
folders(const struct cli *c, struct opt_list *out, char *vault, size_t size,
    struct vault_error *err)
{
    const struct travel_finish_opts *o = c->opts;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < o->look.n; i++)
        st = opt_list_add(out, o->look.v[i], err);
    if (st == VAULT_OK && unlock_path(c, vault, size, NULL) == VAULT_OK) {
        char *name = vault + (vlt_os_basename(vault) - vault);

        if (name == vault)
            memcpy(vault, ".", 2);
        else
            *name = 0;
        if (vlt_os_is_dir(vault))
            st = opt_list_add(out, vault, err);
    }
    return st;
}

enum vault_status
travel_finish_run(struct cli *c, struct vault_error *err)
{
    const struct travel_finish_opts *o = c->opts;
    struct finishing f = {.c = c};
    struct vault_travel_state state = {0};
    struct vault_travel_look look = {.way = tell_back,
        .left = tell_left,
        .ctx = &f};
    struct vault_key *key = NULL;
    struct opt_list list = {0};
    struct folder_list also = {0};
    struct vlt_buf answer;
    char vault[4096];
    enum vault_status st = VAULT_OK;

    vlt_buf_init(&answer, TEXT_IN_MAX);
    if (o->answer != NULL)
        st = text_in(o->answer, &answer, err);
    if (st == VAULT_OK)
        st = read_shares(c, &key, err);
    if (st == VAULT_OK)
        st = folders(c, &list, vault, sizeof vault, err);
    if (st == VAULT_OK)
        st = share_folders(c, &also, err);
    if (st == VAULT_OK) {
        look.answer = o->answer != NULL ? answer.p : NULL;
        look.answer_len = answer.len;
        look.shares = key;
        look.folders = (const char *const *)list.v;
        look.folders_len = list.n;
        look.also = (const char *const *)also.v;
        look.also_len = also.n;
        st = vault_travel_finish(c->args.v[0], &look, &state, err);
    }
    c->changed = st == VAULT_OK && (state.answered || key != NULL);
    folder_list_clear(&also);
    opt_list_clear(&list);
    vault_key_free(key);
    vlt_buf_clear(&answer);
    if (st != VAULT_OK)
        return st;
    tell_end(c, &state);
    end(c, &state);
    return VAULT_OK;
}
