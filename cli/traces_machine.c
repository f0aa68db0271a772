/* SPDX-License-Identifier: Apache-2.0 */
/* traces_machine.c: what shell, desktop and kernel keep of a program's use */
#include "traces.h"

#include "os.h"
#include "os_traces.h"
#include "bytes.h"
#include "tr.h"

#include <stdlib.h>
#include <string.h>

enum { HISTORY_MOST = 64 * 1024 * 1024, PATH_SIZE = 4096 };

static void
give(struct traces *t, struct trace trace)
{
    t->found++;
    t->fn(t->ctx, &trace);
}

static bool
mentions(const struct traces *t, const char *p, size_t n)
{
    static const char name[] = "sanduq";
    const char *base = t->vault != NULL ? vlt_os_basename(t->vault) : "";
    size_t len = strlen(base);
    size_t i;

    for (i = 0; i < n; i++) {
        if ((n - i >= sizeof name - 1 &&
                memcmp(p + i, name, sizeof name - 1) == 0) ||
            (len > 3 && n - i >= len && memcmp(p + i, base, len) == 0))
            return true;
    }
    return false;
}

static size_t
count_lines(const struct traces *t, const char *path)
{
    uint8_t *p = NULL;
    size_t n = 0, at = 0, end, count = 0;

    if (vlt_os_read_small(path, HISTORY_MOST, &p, &n, NULL) != VAULT_OK)
        return 0;
    while (at < n) {
        for (end = at; end < n && p[end] != '\n'; end++)
            ;
        count += mentions(t, (const char *)p + at, end - at);
        at = end + 1;
    }
    vlt_wipe(p, n);
    free(p);
    return count;
}

struct names {
    const struct traces *t;
    size_t count;
};

static enum vault_status
count_name(void *ctx, const char *name, bool is_dir)
{
    struct names *n = ctx;

    (void)is_dir;
    n->count += mentions(n->t, name, strlen(name));
    return VAULT_OK;
}

static size_t
count_in(const struct traces *t, const char *path)
{
    struct names n = {t, 0};

    if (!vlt_os_is_dir(path))
        return count_lines(t, path);
    (void)!vlt_os_listdir(path, count_name, &n, NULL);
    return n.count;
}

static bool
take_memory(void *ctx, enum vlt_os_memory_kind kind, const char *path)
{
    struct traces *t = ctx;
    size_t n = vlt_os_exists(path) ? count_in(t, path) : 0;

    if (n > 0 && kind == VLT_OS_SHELL_HISTORY)
        give(t,
            (struct trace){"shell-history", path, n,
                N_("the shell keeps what was typed: paths, ids, words after -f "
                   "and --name, when"),
                N_("begin a line with a space where the shell leaves such out, "
                   "or set HISTFILE= first; take these lines out")});
    else if (n > 0)
        give(t,
            (struct trace){"recent", path, n,
                N_("a list of files that were used lately names the vault or "
                   "this program"),
                N_("switch the list off, or clear it")});
    return true;
}

static void
of_memory(struct traces *t)
{
    char where[PATH_SIZE];

    if (vlt_os_swap_exposed())
        give(t,
            (struct trace){"swap", "", 0,
                N_("swap is on and not encrypted: memory of any program may "
                   "come to lie on the disk"),
                N_("encrypt the whole disk, or switch swap off before "
                   "unlocking")});
    if (vlt_os_hibernates())
        give(t,
            (struct trace){"hibernation", "", 0,
                N_("the machine writes its memory to a disk when it "
                   "hibernates"),
                N_("switch it off before travelling, not to sleep; lock the "
                   "vault first")});
    if (vlt_os_crash_dumps(where, sizeof where))
        give(t,
            (struct trace){"core-dump", where, 0,
                N_("memory of programs that crash is kept there; this one "
                   "switches that off for itself, an editor or viewer does "
                   "not"),
                N_("ulimit -c 0 in the shell, or switch it off for the "
                   "system")});
}

static void
of_place(struct traces *t)
{
    char name[64];
    enum vlt_fs_manner m;

    if (t->vault == NULL || !vlt_os_exists(t->vault))
        return;
    m = vlt_os_file_system(t->vault, name, sizeof name);
    if (m == VLT_FS_COPIES)
        give(t,
            (struct trace){"file-system", name, 0,
                N_("what is overwritten goes elsewhere on this file system: "
                   "old pages live on, in snapshots for as long as these"),
                N_("keep the vault where no snapshots are made, on an "
                   "encrypted disk")});
    else if (m == VLT_FS_REMOTE)
        give(t,
            (struct trace){"file-system", name, 0,
                N_("the vault lies on another machine or in a synchronised "
                   "folder: copies of every state may be kept there"),
                N_("keep the vault on this machine's own disk")});
    else if (m == VLT_FS_NO_MODES)
        give(t,
            (struct trace){"file-system", name, 0,
                N_("this file system knows no owners: whoever uses the machine "
                   "or holds the medium reads the file"),
                N_("put it on an encrypted disk")});
    if (vlt_os_others_read(t->vault))
        give(t,
            (struct trace){"mode", t->vault, 0,
                N_("other users of this machine may read the file, sealed as "
                   "it is"),
                N_("chmod 600")});
}

void
traces_of_machine(struct traces *t)
{
    char value[PATH_SIZE];

    vlt_os_memories(take_memory, t);
    if (vlt_os_env("SANDUQ_VAULT", value, sizeof value) && value[0] != 0)
        give(t,
            (struct trace){"environment", value, 0,
                N_("the variable SANDUQ_VAULT names the vault: so may the file "
                   "that sets it, and every program started from here"),
                N_("use -V, and take it out of the shell's start file")});
    of_memory(t);
    of_place(t);
}
