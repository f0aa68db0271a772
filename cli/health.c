/* SPDX-License-Identifier: Apache-2.0 */
/* health.c: how a vault and its surroundings stand, line by line */
#include "health.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "os_traces.h"
#include "out.h"
#include "tr.h"
#include "unlocking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vault/doctor.h>
#include <vault/panic.h>

enum level { GOOD, WARN, UNKNOWN };

struct health {
    const struct cli *c;
    size_t warnings;
};

/* One line: a sign, the message. `kind` is a stable word for scripts. */
static void
line(struct health *h, enum level level, const char *kind, const char *message)
{
    static const char *const sign[] = {"+", "!", "?"};
    static const char *const word[] = {"good", "warning", "unknown"};
    struct jline j;

    h->warnings += level == WARN;
    if (!h->c->g.json) {
        out_printf("%s ", sign[level]);
        out_safe(message, strlen(message), 0);
        out_text("\n");
        return;
    }
    jline_begin(&j, "health");
    jline_text(&j, "kind", kind);
    jline_text(&j, "level", word[level]);
    jline_text(&j, "message", message);
    jline_end(&j);
}

static void
say_slots(struct health *h, const struct vault_panic_look *l)
{
    char text[256];

    if (l->destroyed) {
        line(h, WARN, "slots",
            tr("nothing in this file opens it: its keys were destroyed "
               "(panic); sanduq restore --kit puts a kit's keys back"));
        return;
    }
    (void)snprintf(text, sizeof text,
        trn("%u way to unlock", "%u ways to unlock", l->slots), l->slots);
    line(h, l->slots > 1 ? GOOD : WARN, "slots", text);
    if (l->slots == 1)
        line(h, WARN, "slots",
            tr("who forgets or loses it, loses everything: sanduq key add"));
    if (l->recovery + l->identities > 0)
        line(h, GOOD, "recovery",
            tr("recovery shares or another vault's card open it too"));
    else
        line(h, WARN, "recovery",
            tr("no recovery shares and no other vault's card open it: sanduq "
               "key add shares"));
}

static int
say_copy(void *ctx, const char *path)
{
    char text[4200];

    (void)snprintf(text, sizeof text,
        tr("a copy or kit lies in the same folder: %s; keep it elsewhere"),
        path);
    line(ctx, WARN, "copy", text);
    return 0;
}

static void
say_beside(struct health *h, const char *path, const struct vault_panic_look *l)
{
    char text[4200];

    line(h, UNKNOWN, "backup",
        tr("when the last copy or kit was made is kept nowhere, as it would "
           "tell a thief to ask for it: sanduq backup, sanduq backup --kit"));
    if (l->drafts > 0) {
        (void)snprintf(text, sizeof text,
            trn("%u unfinished form waits beside it: sanduq form drafts",
                "%u unfinished forms wait beside it: sanduq form drafts",
                l->drafts),
            l->drafts);
        line(h, WARN, "drafts", text);
    }
    if (!l->capture)
        line(h, WARN, "capture",
            tr("no capture file lies beside it: while it is locked nothing can "
               "be added; sanduq capture make"));
    (void)snprintf(text, sizeof text, "%.4000s-journal", path);
    if (vlt_os_exists(text))
        line(h, WARN, "journal",
            tr("an interrupted write lies beside it and belongs to it: copy "
               "both or neither; the next write puts it right"));
}

static void
say_machine(struct health *h, const char *path)
{
    char name[64], text[4200];
    enum vlt_fs_manner m = vlt_os_file_system(path, name, sizeof name);

    if (vlt_os_swap_exposed())
        line(h, WARN, "swap",
            tr("swap is on and not encrypted: what is unlocked may be written "
               "to the disk"));
    else
        line(h, GOOD, "swap", tr("no open swap is known"));
    if (vlt_os_hibernates())
        line(h, WARN, "hibernation",
            tr("this machine writes its memory to a disk when it hibernates"));
    (void)snprintf(text, sizeof text, tr("file system: %s"),
        name[0] != 0 ? name : tr("not known"));
    line(h,
        name[0] == 0            ? UNKNOWN
            : m == VLT_FS_PLAIN ? GOOD
                                : WARN,
        "file-system", text);
    if (vlt_os_others_read(path))
        line(h, WARN, "mode",
            tr("other users of this machine may read the file: chmod 600"));
}

static void
say_state(struct health *h, const struct vault_panic_look *l)
{
    struct vault_options opt = unlock_options(h->c);
    char folder[4096], text[4300];

    if (opt.no_state)
        line(h, GOOD, "state",
            tr("--no-state: this machine remembers nothing, and each use "
               "that writes begins a log of its own"));
    else if (vault_state_folder(&opt, folder, sizeof folder, NULL) != VAULT_OK)
        line(h, WARN, "state",
            tr("no folder for this machine's state is known: use --no-state"));
    else {
        (void)snprintf(text, sizeof text,
            tr("state files of this machine: %u, in %s"), l->states, folder);
        line(h, GOOD, "state", text);
    }
}

enum vault_status
health_print(struct cli *c, const char *path, size_t *warnings,
    struct vault_error *err)
{
    struct vault_options opt = unlock_options(c);
    struct health h = {c, 0};
    struct vault_panic_look look;
    enum vault_status st =
        vault_panic_look(path, &opt, say_copy, &h, &look, err);

    if (st != VAULT_OK)
        return st;
    if (!look.readable)
        return vlt_fail_hint(err, VAULT_E_TAMPERED,
            N_("sanduq verify says what; work with a copy"),
            "the tables of %s cannot be read", path);
    say_slots(&h, &look);
    say_beside(&h, path, &look);
    say_machine(&h, path);
    say_state(&h, &look);
    *warnings = h.warnings;
    return VAULT_OK;
}
