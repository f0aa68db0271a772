/* SPDX-License-Identifier: Apache-2.0 */
/* traces.c: files of this program outside the vault */
#include "traces.h"

#include "out.h"
#include "os.h"
#include "tr.h"
#include "unlocking.h"

#include <stdio.h>
#include <string.h>
#include <vault/doctor.h>
#include <vault/drafts.h>
#include <vault/panic.h>

enum { PATH_SIZE = 4096 };

static void
give(struct traces *t, struct trace trace)
{
    t->found++;
    t->fn(t->ctx, &trace);
}

/* ---- the state folder ---- */

static int
take_state(void *ctx, const struct vault_state_file *f)
{
    struct traces *t = ctx;

    if (f->lock)
        give(t,
            (struct trace){"state-lock", f->path, 0,
                N_("an empty file, the name of a lock: some vault was written "
                   "to on this machine"),
                N_("may be removed when no sanduq runs; --no-state makes "
                   "none")});
    else if (f->own)
        give(t,
            (struct trace){"state", f->path, 0,
                N_("this vault was written to on this machine; what it says is "
                   "sealed, and it holds the secret of this machine's log"),
                N_("work with --no-state, which begins a new log each time; "
                   "removed, this machine forgets how far the vault had come")});
    else
        give(t,
            (struct trace){"state", f->path, 0,
                N_("some vault was written to on this machine; whose it is, "
                   "nobody sees without that vault's key"),
                N_("work with --no-state, which begins a new log each time; "
                   "removed, the next unlocking begins a new log")});
    return 0;
}

/* ---- beside the vault ---- */

static void
look_beside(struct traces *t, const char *suffix, struct trace trace)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s%s", t->vault, suffix);

    if (n < 0 || n >= (int)sizeof path || !vlt_os_exists(path))
        return;
    trace.path = path;
    give(t, trace);
}

static int
take_draft(void *ctx, const struct vault_draft_file *f)
{
    give(ctx,
        (struct trace){"draft", f->path, 0,
            N_("an unfinished form, sealed to the vault's card"),
            N_("sanduq form drafts lists them; finish or discard it")});
    return 0;
}

static int
take_copy(void *ctx, const char *path)
{
    give(ctx,
        (struct trace){"copy", path, 0,
            N_("a copy or kit of this vault: what opened it when it was made "
               "opens it still"),
            N_("keep it on another medium, in another place")});
    return 0;
}

struct leftovers {
    struct traces *t;
    const char *folder;
    const char *base;
};

/* .NAME.RANDOM.new, .tmp-RANDOM, NAME.incomplete-RANDOM */
static enum vault_status
take_name(void *ctx, const char *name, bool is_dir)
{
    struct leftovers *l = ctx;
    char path[PATH_SIZE];
    size_t n = strlen(name);
    bool made = name[0] == '.' && n > 4 &&
        strncmp(name + 1, l->base, strlen(l->base)) == 0 &&
        strcmp(name + n - 4, ".new") == 0;
    bool temp = !is_dir && strncmp(name, ".tmp-", 5) == 0;
    bool folder = is_dir && strstr(name, ".incomplete-") != NULL;

    if (!made && !temp && !folder)
        return VAULT_OK;
    (void)snprintf(path, sizeof path, "%s%s", l->folder, name);
    give(l->t,
        (struct trace){"leftover", path, 0,
            N_("begun by a program that was ended by force, under a name of "
               "its own; of an export or get it may be in clear"),
            N_("remove it when no sanduq runs")});
    return VAULT_OK;
}

static void
look_for_leftovers(struct traces *t)
{
    char folder[PATH_SIZE] = "";
    const char *base = vlt_os_basename(t->vault);
    size_t n = strlen(t->vault) - strlen(base);
    struct leftovers l = {t, folder, base};

    if (n >= sizeof folder)
        return;
    memcpy(folder, t->vault, n);
    folder[n] = 0;
    (void)!vlt_os_listdir(n > 0 ? folder : ".", take_name, &l, NULL);
}

static void
of_vault(struct traces *t)
{
    struct vault_options none = {.no_state = true};
    struct vault_panic_look look;

    look_beside(t, ".capture",
        (struct trace){.kind = "capture",
            .what = N_("the capture file: what is sealed while the vault is "
                       "locked, and the key of its running session"),
            .advice = N_("unlock without --no-state: what is in it is taken "
                         "in; without it nothing is added while locked")});
    look_beside(t, "-journal",
        (struct trace){.kind = "journal",
            .what = N_("an interrupted write: belongs to the vault, and holds "
                       "old pages of it"),
            .advice = N_("open the vault once for writing: it is played back "
                         "and removed")});
    (void)!vault_drafts(t->vault, take_draft, t, NULL);
    look_for_leftovers(t);
    (void)!vault_panic_look(t->vault, &none, take_copy, t, &look, NULL);
}

void
traces_of_files(struct traces *t)
{
    struct vault_options opt = unlock_options(t->c);

    if (t->vault != NULL && vlt_os_exists(t->vault))
        of_vault(t);
    (void)!vault_states(t->c->vault, &opt, take_state, t, NULL);
}
