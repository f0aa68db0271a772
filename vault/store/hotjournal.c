/* SPDX-License-Identifier: Apache-2.0 */
/* hotjournal.c: whose interrupted write a journal beside a container holds */
#include "hotjournal.h"
#include <sqlite3.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "rows.h"

/* A container with its journal played back, or without. */
struct side {
    enum vault_status st; /* VAULT_OK: header, schema and tables hold */
    bool undone;          /* a journal was played back */
    bool named;           /* vault and kind could be read */
    uint8_t vault[16];
    uint8_t kind[16];
    uint32_t changes; /* the counter in the header; one more per commit */
};

static void
read_name(struct vlt_store *s, struct side *out)
{
    static const char *const kinds[] = {"vault", "capture", "bundle", "audit",
        "kit"};
    size_t i;

    memset(out->kind, 0, sizeof out->kind);
    for (i = 0; i < VLT_COUNT(kinds); i++) {
        size_t n = strlen(kinds[i]);

        if (vlt_meta_get(s, "kind", out->kind, n, NULL) == VAULT_OK &&
            memcmp(out->kind, kinds[i], n) == 0)
            break;
        memset(out->kind, 0, sizeof out->kind);
    }
    out->named = i < VLT_COUNT(kinds) &&
        vlt_meta_get(s, "vault", out->vault, 16, NULL) == VAULT_OK;
}

static void
read_changes(struct vlt_store *s, struct side *out)
{
    sqlite3_file *f = NULL;
    uint8_t b[4] = {0};

    if (sqlite3_file_control(s->db, "main", SQLITE_FCNTL_FILE_POINTER, &f) ==
            SQLITE_OK &&
        f != NULL && f->pMethods != NULL)
        (void)f->pMethods->xRead(f, b, sizeof b, 24);
    out->changes = vlt_load_u32(b);
}

static void
look(const char *path, const struct vlt_store_options *opt,
    enum vlt_store_mode mode, struct side *out)
{
    struct vlt_store_options so = {mode, 1, opt->interrupt, opt->ctx};
    struct vlt_store *s = NULL;
    struct vault_error why;

    memset(out, 0, sizeof *out);
    out->undone = true; /* as far as is known when it does not open */
    out->st = vlt_store_open(path, &so, &s, &why);
    if (out->st == VAULT_OK) {
        out->st = vlt_store_begin(s, false, &why);
        out->undone = s->undone || mode == VLT_STORE_PRESENT;
    }
    if (out->st == VAULT_OK && out->undone) {
        read_name(s, out);
        read_changes(s, out);
        out->st = vlt_store_quick_check(s, &why);
    }
    vlt_store_close(s);
}

static bool
unsound(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER;
}

static bool
same_name(const struct side *a, const struct side *b)
{
    return memcmp(a->vault, b->vault, sizeof a->vault) == 0 &&
        memcmp(a->kind, b->kind, sizeof a->kind) == 0;
}

enum vault_status
vlt_hot_journal_check(const char *path, const struct vlt_store_options *opt,
    struct vault_error *err)
{
    struct side after, now;
    bool bad;

    look(path, opt, VLT_STORE_READ, &after);
    if (!after.undone || (after.st != VAULT_OK && !unsound(after.st)))
        return VAULT_OK;
    look(path, opt, VLT_STORE_PRESENT, &now);
    bad = now.named && after.named && !same_name(&now, &after);
    if (now.st == VAULT_OK && unsound(after.st))
        bad = true;
    /* a write that was interrupted has counted itself, or not yet */
    if (now.st == VAULT_OK && after.st == VAULT_OK &&
        now.changes - after.changes > 1)
        bad = true;
    if (!bad)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        "keep copies of both; then move the journal into another folder and "
        "look at the vault with sanduq verify",
        "%s-journal is not of a write to this file that was interrupted: "
        "undoing it would destroy the file",
        path);
}
