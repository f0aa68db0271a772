/* SPDX-License-Identifier: Apache-2.0 */
/* stamp_show.c: time evidence in a file: listing it, and writing it out */
#include "stamp_show.h"

#include "fail.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "text.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <vault/stamp.h>

struct showing {
    const struct cli *c;
    struct vlt_outdir *dir; /* NULL: list only */
    const char *to;         /* its name */
    uint64_t n, tokens, proofs;
    struct vault_error *err;
    enum vault_status st;
};

/* ---- one line ---- */

static void
put_json(const struct showing *s, const struct vault_stamp *t, const char *name)
{
    struct jline j;

    jline_begin(&j, "stamp");
    jline_text(&j, "evidence", t->kind);
    jline_text(&j, "origin", t->origin);
    jline_u64(&j, "size", t->size);
    jline_bool(&j, "fits", t->fits);
    jline_u64(&j, "bytes", t->b_len);
    if (t->policy[0] != 0) {
        jline_time(&j, "claims", t->time);
        jline_text(&j, "policy", t->policy);
        jline_text(&j, "serial", t->serial);
    }
    if (name != NULL) {
        jline_text(&j, "path", s->to);
        jline_text(&j, "name", name);
    }
    jline_end(&j);
}

static void
put_line(const struct showing *s, const struct vault_stamp *t, const char *name)
{
    char when[WHEN_SIZE];

    if (s->c->g.json) {
        put_json(s, t, name);
        return;
    }
    out_text("  ");
    out_column(name != NULL ? name : t->kind, name != NULL ? 32 : 6, false);
    out_text("  ");
    out_safe(t->origin, strlen(t->origin), 0);
    out_printf(tr("  its first %" PRIu64 " lines"), t->size);
    if (t->policy[0] != 0) {
        when_utc(when, t->time);
        out_printf(tr("  claims %s (not judged)"), when);
    }
    if (!t->fits)
        out_printf("  %s",
            strcmp(t->kind, "tsr") == 0 || strcmp(t->kind, "ots") == 0
                ? tr("NOT ABOUT THIS STATE")
                : tr("(of another kind: not read)"));
    out_text("\n");
}

static int
list_one(void *ctx, const struct vault_stamp *t)
{
    struct showing *s = ctx;

    s->n++;
    put_line(s, t, NULL);
    return vlt_os_interrupted() ? 1 : 0;
}

static void
tell_end(const struct showing *s)
{
    struct jline j;

    if (!s->c->g.json) {
        if (s->n == 0)
            say_info("%s", tr("no time evidence lies in it"));
        return;
    }
    jline_begin(&j, "summary");
    jline_text(&j, "command", s->c->cmd->name);
    jline_u64(&j, "exit", 0);
    jline_u64(&j, "stamps", s->n);
    jline_end(&j);
}

enum vault_status
stamps_list(const struct cli *c, const char *path, struct vault_error *err)
{
    struct showing s = {.c = c, .err = err};
    enum vault_status st = vault_stamps(path, list_one, &s, err);

    if (st == VAULT_OK)
        tell_end(&s);
    return st;
}

/* ---- files ---- */

VAULT_CHECKED static enum vault_status
write_file(struct showing *s, const char *base, const char *ending,
    const void *p, size_t n, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    char name[96];
    enum vault_status st;

    (void)snprintf(name, sizeof name, "%s%s", base, ending);
    st = vlt_outdir_create(s->dir, name, &f, err);
    if (st == VAULT_OK)
        st = vlt_file_write(f, p, n, err);
    vlt_file_close(f);
    return st;
}

/* N-LOG-SIZE: the number keeps two apart whatever the file says of itself. */
static void
base_name(const struct showing *s, const struct vault_stamp *t, char *out,
    size_t size)
{
    const char *id = strrchr(t->origin, '/');
    uint8_t bytes[8];

    id = id != NULL ? id + 1 : "";
    if (!vlt_unhex(bytes, sizeof bytes, id, strlen(id)))
        id = "log";
    (void)snprintf(out, size, "%" PRIu64 "-%s-%" PRIu64, s->n, id, t->size);
}

static int
export_one(void *ctx, const struct vault_stamp *t)
{
    struct showing *s = ctx;
    const char *ending = ".evidence";
    char base[80];

    s->n++;
    if (strcmp(t->kind, "tsr") == 0) {
        ending = ".tsr";
        s->tokens++;
    } else if (strcmp(t->kind, "ots") == 0) {
        ending = ".txt.ots";
        s->proofs++;
    }
    base_name(s, t, base, sizeof base);
    s->st = write_file(s, base, ".txt", t->note, t->text_len, s->err);
    if (s->st == VAULT_OK)
        s->st =
            write_file(s, base, ".checkpoint", t->note, t->note_len, s->err);
    if (s->st == VAULT_OK)
        s->st = write_file(s, base, ending, t->b, t->b_len, s->err);
    if (s->st == VAULT_OK)
        put_line(s, t, base);
    return s->st != VAULT_OK || vlt_os_interrupted() ? 1 : 0;
}

/* What judges them, as it is typed in that folder. */
static void
tell_commands(const struct showing *s)
{
    if (s->c->g.json || s->c->g.quiet)
        return;
    if (s->tokens > 0)
        say_hint(N_("for each token: openssl ts -verify -data N.txt -in N.tsr "
                    "-CAfile AUTHORITY.pem"));
    if (s->proofs > 0)
        say_hint(N_("for each proof: ots verify N.txt.ots"));
}

enum vault_status
stamps_export(const struct cli *c, const char *path, const char *dir,
    struct vault_error *err)
{
    struct showing s = {.c = c, .to = dir, .err = err};
    enum vault_status st = vlt_outdir_begin(dir, &s.dir, err);

    if (st != VAULT_OK)
        return st;
    st = vault_stamps(path, export_one, &s, err);
    if (s.st != VAULT_OK)
        st = s.st;
    if (st == VAULT_OK && s.n > 0)
        st = vlt_outdir_commit(s.dir, NULL, err);
    else
        (void)vlt_outdir_discard(s.dir);
    if (st != VAULT_OK)
        return st;
    if (s.n == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no time evidence lies in %s; nothing was written", path);
    tell_end(&s);
    tell_commands(&s);
    return VAULT_OK;
}
