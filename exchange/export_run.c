/* SPDX-License-Identifier: Apache-2.0 */
/* export_run.c: the line of the log first, then the files */
#include "export_plan.h"

#include "fail.h"
#include "os.h"

#include <stdlib.h>
#include <string.h>
#include <vault/agefile.h>

static const char *
format_word(enum export_format f)
{
    switch (f) {
    case EXPORT_FILES:
        return "files";
    case EXPORT_BAGIT:
        return "bagit";
    case EXPORT_CSV:
        return "csv";
    case EXPORT_JSONL:
        return "jsonl";
    case EXPORT_VCARD:
        return "vcard";
    case EXPORT_AGE:
        return "age";
    }
    return "other";
}

static struct vault_field
text_field(const char *name, const char *text)
{
    return (struct vault_field){VAULT_TEXT, VAULT_VALUE, name,
        (const uint8_t *)text, strlen(text)};
}

static struct vault_field
number_field(const char *name, uint8_t raw[8], uint64_t n)
{
    vlt_store_u64(raw, n);
    return (struct vault_field){VAULT_NUMBER, VAULT_VALUE, name, raw, 8};
}

VAULT_CHECKED static enum vault_status
write_leaf(struct export *e, struct vault_error *err)
{
    uint8_t raw[4][8];
    struct vault_field f[7];
    struct vault_note note = {.reason = e->opt.reason, .fields = f};
    uint8_t(*all)[VAULT_HASH] = calloc(e->items, sizeof *all);
    enum vault_status st;

    if (all == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < e->items; i++)
        memcpy(all[i], e->item[i].statement, VAULT_HASH);
    f[note.fields_len++] = text_field("action", "export");
    f[note.fields_len++] = text_field("format", format_word(e->opt.format));
    f[note.fields_len++] = text_field("purpose", e->opt.purpose);
    f[note.fields_len++] =
        number_field("no-consent", raw[0], e->counts.no_consent);
    f[note.fields_len++] = number_field("strip", raw[1], e->opt.strip);
    if (e->opt.override)
        f[note.fields_len++] =
            number_field("override", raw[2], e->counts.overridden);
    if (e->opt.format == EXPORT_AGE)
        f[note.fields_len++] = number_field("recipients", raw[3],
            vault_age_to_count(e->opt.age_to));
    note.statements = (const uint8_t(*)[VAULT_HASH])all;
    note.statements_len = e->items;
    st = vault_log_note(e->v, &note, err);
    free(all);
    return st;
}

VAULT_CHECKED static enum vault_status
run_file(struct export *e, bool *logged, struct vault_error *err)
{
    struct vlt_outfile *f = NULL;
    enum vault_status st =
        vlt_outfile_begin(e->opt.dest, e->opt.force, &f, err);

    if (st == VAULT_OK)
        st = write_leaf(e, err);
    *logged = st == VAULT_OK;
    if (st == VAULT_OK)
        st = e->opt.format == EXPORT_CSV    ? export_to_table(e, f, err)
            : e->opt.format == EXPORT_JSONL ? export_to_lines(e, f, err)
            : e->opt.format == EXPORT_AGE   ? export_to_age(e, f, err)
                                            : export_to_cards(e, f, err);
    if (st != VAULT_OK) {
        vlt_outfile_discard(f);
        return st;
    }
    return vlt_outfile_commit(f, err);
}

/* What makes the folder what it is comes last into one that was there. */
static const char *
last_name(enum export_format f)
{
    return f == EXPORT_BAGIT ? "bagit.txt" : "SHA256SUMS";
}

VAULT_CHECKED static enum vault_status
run_folder(struct export *e, bool *logged, struct vault_error *err)
{
    struct vlt_outdir *d = NULL;
    struct tree *t = NULL;
    char *path = NULL;
    bool filled = vlt_os_exists(e->opt.dest); /* an empty folder */
    enum vault_status st = vlt_outdir_begin(e->opt.dest, &d, err);

    if (st != VAULT_OK)
        return st;
    st = write_leaf(e, err);
    *logged = st == VAULT_OK;
    if (st != VAULT_OK) {
        (void)vlt_outdir_discard(d);
        return st;
    }
    st = tree_begin(d, e->opt.format == EXPORT_BAGIT, &t, err);
    if (st != VAULT_OK)
        return st;
    path = vlt_strdup(tree_path(t));
    st = export_to_folder(e, t, err);
    if (st == VAULT_OK) {
        st = tree_commit(t, last_name(e->opt.format), err);
        if (st != VAULT_OK && filled && !export_is_empty(e->opt.dest))
            e->left = vlt_strdup(e->opt.dest);
    } else if (!tree_discard(t)) {
        e->left = path;
        path = NULL;
    }
    free(path);
    return st;
}

enum vault_status
export_run(struct export *e, bool *logged, struct vault_error *err)
{
    *logged = false;
    return export_is_file(&e->opt) ? run_file(e, logged, err)
                                   : run_folder(e, logged, err);
}
