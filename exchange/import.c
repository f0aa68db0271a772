/* SPDX-License-Identifier: Apache-2.0 */
/* import.c: what a source is, and going through it */
#include "importing.h"

#include "fail.h"
#include "nmark.h"

#include <stdlib.h>
#include <string.h>
#include <vault/device.h>

enum { PIECE = 256 * 1024, PASSES = 3 };

/* What reads what; the walk of each goes through the source once. */
static const struct importer {
    enum import_source from;
    const char *word;
    enum vault_status (*walk)(struct import *im, struct vault_error *err);
} importers[] = {
    {IMPORT_CSV, "csv", import_table},
    {IMPORT_JSONL, "jsonl", import_lines},
    {IMPORT_VCARD, "vcard", import_vcard},
    {IMPORT_ODK, "odk", import_odk},
    {IMPORT_BAG, "bag", import_bag},
    {IMPORT_FOLDER, "folder", import_folder},
};

bool
import_source_of(const char *word, enum import_source *out)
{
    for (size_t i = 0; i < VLT_COUNT(importers); i++) {
        if (strcmp(importers[i].word, word) == 0) {
            *out = importers[i].from;
            return true;
        }
    }
    return false;
}

const char *
import_source_word(enum import_source s)
{
    for (size_t i = 0; i < VLT_COUNT(importers); i++) {
        if (importers[i].from == s)
            return importers[i].word;
    }
    return "";
}

/* ---- what it is ---- */

static bool
ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    if (n < m)
        return false;
    for (size_t i = 0; i < m; i++) {
        char c = s[n - m + i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != end[i])
            return false;
    }
    return true;
}

static bool
has(const char *folder, const char *name)
{
    char *path = names_join(folder, name);
    bool there = path != NULL && vlt_os_exists(path);

    free(path);
    return there;
}

static enum import_source
folder_kind(const char *path)
{
    if (has(path, "bagit.txt"))
        return IMPORT_BAG;
    return import_is_odk(path) ? IMPORT_ODK : IMPORT_FOLDER;
}

/* By its first bytes, when the name does not tell. */
static enum import_source
file_kind(const uint8_t *p, size_t n, const char *path)
{
    if (n >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) {
        p += 3;
        n -= 3;
    }
    if (n >= 11 && memcmp(p, "BEGIN:VCARD", 11) == 0)
        return IMPORT_VCARD;
    if (ends_with(path, ".vcf") || ends_with(path, ".vcard"))
        return IMPORT_VCARD;
    if (ends_with(path, ".jsonl") || ends_with(path, ".ndjson") ||
        (n > 0 && p[0] == '{'))
        return IMPORT_JSONL;
    if (ends_with(path, ".xml"))
        return IMPORT_ODK;
    if (ends_with(path, ".csv") || ends_with(path, ".tsv") ||
        ends_with(path, ".txt"))
        return IMPORT_CSV;
    return IMPORT_FIND;
}

VAULT_CHECKED static enum vault_status
find_kind(const char *path, enum import_source *out, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    uint8_t head[64];
    size_t n = 0;
    enum vault_status st;

    if (!vlt_os_exists(path))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not there", path);
    if (vlt_os_is_dir(path)) {
        *out = folder_kind(path);
        return VAULT_OK;
    }
    st = vlt_file_open(path, &f, err);
    if (st == VAULT_OK)
        st = vlt_file_read(f, head, sizeof head, &n, err);
    vlt_file_close(f);
    if (st != VAULT_OK)
        return st;
    *out = file_kind(head, n, path);
    vlt_wipe(head, sizeof head);
    if (*out == IMPORT_FIND)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            N_("say what it is with --from csv, jsonl, vcard, odk, bag or "
               "folder; a file that is evidence itself is for sanduq add"),
            "%s is nothing that can be imported", path);
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
check_kind(const struct import_request *r, enum import_source from,
    struct vault_error *err)
{
    bool folder = vlt_os_is_dir(r->source);
    bool wants_folder = from == IMPORT_FOLDER || from == IMPORT_BAG;
    bool wants_file =
        from == IMPORT_CSV || from == IMPORT_JSONL || from == IMPORT_VCARD;

    if (!vlt_os_exists(r->source))
        return vlt_fail(err, VAULT_E_NOT_FOUND, "%s is not there", r->source);
    if (folder ? wants_file : wants_folder)
        return vlt_fail(err, VAULT_E_USAGE,
            folder ? "%s is a folder, and a file is asked for"
                   : "%s is no folder",
            r->source);
    if (r->map != NULL && from != IMPORT_CSV && from != IMPORT_JSONL &&
        from != IMPORT_ODK)
        return vlt_fail(err, VAULT_E_USAGE,
            "a mapping is for tables, JSON Lines and ODK submissions");
    if (r->again && from != IMPORT_FOLDER)
        return vlt_fail(err, VAULT_E_USAGE,
            "--again is for the files of a folder");
    if (r->changed == IMPORT_CHANGED_AMEND && r->vault != NULL &&
        vault_is_capture(r->vault))
        return vlt_fail(err, VAULT_E_USAGE,
            "nothing can be amended in a capture file: nobody can read it "
            "here");
    if (r->as != NULL && vault_form_fields(r->as) == 0)
        return vlt_fail(err, VAULT_E_USAGE, "there is no form \"%s\"", r->as);
    return VAULT_OK;
}

/* ---- going through it ---- */

static bool
needs_pass(const struct import *im, int pass)
{
    return pass == 1 || (pass == 2 && im->deferred.n > 0) ||
        (pass == 3 && im->pending.n > 0 && !import_blind(im));
}

static int
ascending(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

VAULT_CHECKED static enum vault_status
walk(struct import *im, const struct importer *by, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (int pass = 1; pass <= PASSES && st == VAULT_OK; pass++) {
        if (!needs_pass(im, pass))
            continue;
        im->pass = pass;
        im->ordinal = 0;
        /* the second pass adds to what the first noted */
        if (pass == 3)
            qsort(im->pending.v, im->pending.n, sizeof *im->pending.v,
                ascending);
        st = by->walk(im, err);
        if (st == VAULT_OK)
            st = import_flush(im, err);
    }
    return st;
}

/* It ends early: what is complete stays, and is told. */
static enum vault_status
stop(struct import *im, enum vault_status st)
{
    struct vault_error ignored = {0};

    if (st == VAULT_E_CANCELLED && im->in_batch)
        (void)!import_end_batch(im, &ignored);
    return st;
}

VAULT_CHECKED static enum vault_status
begin(struct import *im, struct vault_error *err)
{
    struct vault_capture_info capture;
    struct vault_info info;
    enum vault_status st = VAULT_OK;

    im->hash = vault_hash_new(VAULT_SHA256);
    im->keys = vault_hash_new(VAULT_SHA512);
    im->piece = malloc(PIECE);
    if (im->hash == NULL || im->keys == NULL || im->piece == NULL)
        return vlt_fail_memory(err);
    if (import_blind(im)) {
        st = vault_capture_info(im->r->vault, &capture, err);
        if (st == VAULT_OK)
            memcpy(im->vault, capture.vault, VAULT_ID);
    } else if (im->r->vault != NULL) {
        st = vault_info(im->r->vault, &info, err);
        if (st == VAULT_OK)
            memcpy(im->vault, info.id, VAULT_ID);
    }
    return st;
}

static void
end(struct import *im)
{
    import_sink_clear(im);
    vault_hash_free(im->hash);
    vault_hash_free(im->keys);
    if (im->piece != NULL)
        vlt_wipe(im->piece, PIECE);
    free(im->piece);
    free(im);
}

VAULT_CHECKED static enum vault_status
run(struct import *im, struct vault_error *err)
{
    enum vault_status st = begin(im, err);

    for (size_t i = 0; st == VAULT_OK && i < VLT_COUNT(importers); i++) {
        if (importers[i].from == im->from) {
            st = walk(im, &importers[i], err);
            break;
        }
    }
    return st == VAULT_OK ? st : stop(im, st);
}

/* ---- the line of the log ---- */

static struct vault_field
number_field(const char *name, uint8_t raw[8], uint64_t n)
{
    vlt_store_u64(raw, n);
    return (struct vault_field){VAULT_NUMBER, VAULT_VALUE, name, raw, 8};
}

/* What came in by this command, as one leaf after those of the records. */
VAULT_CHECKED static enum vault_status
write_note(const struct import *im, struct vault_error *err)
{
    static const char action[] = "import";
    const struct import_counts *c = im->counts;
    const char *word = import_source_word(im->from);
    uint8_t raw[4][8];
    const struct vault_field f[] = {
        {VAULT_TEXT, VAULT_VALUE, "action", (const uint8_t *)action,
            sizeof action - 1},
        {VAULT_TEXT, VAULT_VALUE, "source", (const uint8_t *)word,
            strlen(word)},
        number_field("added", raw[0], c->added),
        number_field("amended", raw[1], c->amended + c->linked),
        number_field("same", raw[2], c->same),
        number_field("failed", raw[3], c->failed + c->changed),
    };
    const struct vault_note note = {.fields = f, .fields_len = VLT_COUNT(f)};

    return vault_log_note(im->r->vault, &note, err);
}

/* Also when it was stopped: what came in is in. */
VAULT_CHECKED static enum vault_status
conclude(struct import *im, enum vault_status st, struct vault_error *err)
{
    const struct import_counts *c = im->counts;

    if (im->r->dry_run || import_blind(im) ||
        c->added + c->amended + c->linked == 0)
        return st;
    if (st == VAULT_OK)
        return write_note(im, err);
    import_sink_clear(im); /* what was not told does not come in by this */
    (void)!write_note(im, NULL);
    return st;
}

enum vault_status
import_run(const struct import_request *r, struct import_counts *out,
    struct vault_error *err)
{
    enum import_source from = r->from;
    struct import *im;
    enum vault_status st = VAULT_OK;

    memset(out, 0, sizeof *out);
    if (from == IMPORT_FIND)
        st = find_kind(r->source, &from, err);
    if (st == VAULT_OK)
        st = check_kind(r, from, err);
    if (st != VAULT_OK)
        return st;
    im = calloc(1, sizeof *im);
    if (im == NULL)
        return vlt_fail_memory(err);
    im->r = r;
    im->counts = out;
    im->from = from;
    out->from = from;
    st = conclude(im, run(im, err), err);
    end(im);
    return st;
}
