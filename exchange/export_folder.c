/* SPDX-License-Identifier: Apache-2.0 */
/* export_folder.c: originals and records.jsonl into a folder, or a bag */
#include "export_plan.h"

#include "bagit.h"
#include "fail.h"
#include "nmark.h"
#include "os.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAX = 64 * 1024 * 1024 };

/* A file for the original; its name as the line tells it, in b->file. */
VAULT_CHECKED static enum vault_status
open_file(struct export *e, struct tree *t, const struct vault_record *r,
    bool whole, struct export_body *b, struct tree_file **out,
    struct vault_error *err)
{
    char name[EXPORT_NAME + 8];

    if (e->opt.format == EXPORT_FILES)
        export_flat_name(b->file, r, whole);
    else
        export_deep_name(b->file, r, whole);
    (void)snprintf(name, sizeof name, "%s%s",
        e->opt.format == EXPORT_BAGIT ? "data/" : "", b->file);
    return tree_open(t, name, out, err);
}

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    return tree_put(ctx, p, n, err);
}

VAULT_CHECKED static enum vault_status
write_original(struct export *e, struct tree *t, struct vault_record *r,
    struct export_body *b, struct vault_error *err)
{
    struct tree_file *f = NULL;
    enum vault_status st = open_file(e, t, r, false, b, &f, err);

    if (st == VAULT_E_EXISTS) /* two versions in conflict, or very like ids */
        st = open_file(e, t, r, true, b, &f, err);
    if (st == VAULT_OK)
        st = export_original(e, r, put, f, true, err);
    if (st != VAULT_OK) {
        tree_drop(t, f);
        return st;
    }
    return tree_close(t, f, TREE_PAYLOAD, b->sha256, &b->bytes, err);
}

/* What does not match, or cannot be stripped after all, may be left out. */
bool
export_leave_out(struct export *e, const struct vault_record *r,
    enum vault_status st)
{
    bool strip = e->opt.strip &&
        (st == VAULT_E_FORMAT || st == VAULT_E_USAGE || st == VAULT_E_LIMIT);

    if (!e->opt.skip_refused || (st != VAULT_E_TAMPERED && !strip))
        return false;
    export_tell_refused(e, r, strip ? "strip" : "damaged",
        strip ? N_("its metadata cannot be taken out")
              : N_("its original does not match"));
    e->counts.left_out++;
    return true;
}

VAULT_CHECKED static enum vault_status
write_record(struct export *e, struct tree *t, const struct export_item *i,
    struct tree_file *lines, struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct export_body b = {.file = ""};
    struct vlt_buf line;
    enum vault_status st =
        vault_record_open_statement(e->v, i->id, i->statement, &r, err);

    vlt_buf_init(&line, LINE_MAX);
    if (st == VAULT_OK && i->original) {
        st = write_original(e, t, r, &b, err);
        if (st != VAULT_OK && export_leave_out(e, r, st)) {
            vlt_error_clear(err);
            vault_record_close(r);
            return VAULT_OK;
        }
    }
    if (st == VAULT_OK)
        st = export_line(e, r, &b, &line, err);
    if (st == VAULT_OK)
        st = tree_put(lines, line.p, line.len, err);
    vlt_buf_clear(&line);
    vault_record_close(r);
    return st;
}

VAULT_CHECKED static enum vault_status
finish(struct export *e, struct tree *t, struct vault_error *err)
{
    struct bagit_info info = {.date = e->opt.now,
        .agent = e->opt.agent,
        .purpose = e->opt.purpose};
    enum vault_status st;

    memcpy(info.vault, e->vault, VAULT_ID);
    if (e->opt.format != EXPORT_BAGIT)
        return tree_end_payload(t, err);
    st = export_bag_tags(e, t, err);
    return st == VAULT_OK ? bagit_finish(t, &info, err) : st;
}

enum vault_status
export_to_folder(struct export *e, struct tree *t, struct vault_error *err)
{
    struct tree_file *lines = NULL;
    enum vault_status st = tree_open(t,
        e->opt.format == EXPORT_BAGIT ? "data/records.jsonl" : "records.jsonl",
        &lines, err);

    for (size_t i = 0; st == VAULT_OK && i < e->items; i++) {
        st = write_record(e, t, &e->item[i], lines, err);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
        if (st == VAULT_OK && e->opt.progress != NULL &&
            e->opt.progress(e->opt.ctx, 0, "") != 0)
            st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    }
    if (st != VAULT_OK) {
        tree_drop(t, lines);
        return st;
    }
    st = tree_close(t, lines, TREE_PAYLOAD, NULL, NULL, err);
    return st == VAULT_OK ? finish(e, t, err) : st;
}
