/* SPDX-License-Identifier: Apache-2.0 */
/* import_submission.c: one ODK submission and its media into the vault */
#include "import_submission.h"

#include "fail.h"
#include "nmark.h"
#include "odk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known of one submission while it goes in. */
struct putting {
    struct submissions *s;
    const struct submission_place *at;
    struct odk_submission odk;
    char *shown; /* its path in the source */
    bool has_id; /* a record is made of it, and known by: */
    uint8_t id[VAULT_HASH];
    struct vault_error *err;
};

/* ---- the mapping ---- */

enum vault_status
submissions_begin(struct submissions *s, struct import *im,
    struct vault_error *err)
{
    struct csv_row headings = {0};
    struct csv_cell *cell = NULL;
    enum vault_status st;

    memset(s, 0, sizeof *s);
    s->im = im;
    if (im->r->map == NULL)
        return VAULT_OK;
    s->mapped = true;
    st = rows_begin(&s->rows, im, im->r->source, err);
    if (st != VAULT_OK)
        return st;
    s->columns = s->rows.map.columns;
    s->seen = calloc(s->columns + 1, sizeof *s->seen);
    cell = calloc(s->columns + 1, sizeof *cell);
    headings.cell = cell;
    headings.n = s->columns;
    if (s->seen == NULL || cell == NULL)
        st = vlt_fail_memory(err);
    for (size_t i = 0; i < s->columns && st == VAULT_OK; i++)
        cell[i] = (struct csv_cell){s->rows.map.column[i],
            strlen(s->rows.map.column[i])};
    if (st == VAULT_OK)
        st = rows_headings(&s->rows, &headings, err);
    free(cell);
    return st;
}

void
submissions_end(struct submissions *s)
{
    if (s->mapped)
        rows_end(&s->rows);
    free(s->seen);
    memset(s, 0, sizeof *s);
}

enum vault_status
submissions_tell_unseen(struct submissions *s, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < s->columns && s->read > 0 && st == VAULT_OK; i++) {
        struct vault_error why = {0};
        struct import_told told = {.what = IMPORT_PASSED, .why = &why};

        if (s->seen[i])
            continue;
        (void)!vlt_fail(&why, VAULT_E_NOT_FOUND,
            "the mapping names %s, and no submission has an answer of this "
            "name",
            s->rows.map.column[i]);
        st = import_tell(s->im, &told, err);
    }
    return st;
}

/* ---- the record ---- */

/* The instance; without one, these very bytes. */
static void
set_id(struct putting *p, const uint8_t *xml, size_t n)
{
    const char *instance = p->odk.instance_id;
    uint8_t hash[VAULT_HASH];

    p->has_id = true;
    if (instance[0] != 0) {
        import_key_id(p->s->im, "odk", p->odk.form_id, instance,
            strlen(instance), p->id);
        return;
    }
    vault_hash_update(p->s->im->hash, xml, n);
    vault_hash_final(p->s->im->hash, hash);
    import_key_id(p->s->im, "odk-xml", p->odk.form_id, hash, sizeof hash,
        p->id);
}

VAULT_CHECKED static enum vault_status
put_plain(struct putting *p)
{
    struct import *im = p->s->im;
    const char *as = im->r->as != NULL ? im->r->as : "testimony";
    struct import_item item = {.type = as,
        .form = &p->odk.form,
        .place = p->shown,
        .has_id = true};
    struct import_told told = {.what = IMPORT_FAILED,
        .path = p->shown,
        .type = as,
        .form = &p->odk.form};
    enum vault_status st = form_fit(&p->odk.form, as, NULL, p->err);

    if (st != VAULT_OK)
        return st;
    if (p->odk.form.mistakes > 0)
        return import_failed(im, &told, p->err);
    memcpy(item.id, p->id, VAULT_HASH);
    return import_put(im, &item, p->err);
}

/* The answers as a row; those that no column names, into `rest`. */
VAULT_CHECKED static enum vault_status
split_answers(struct putting *p, struct csv_cell *cell, struct form *rest)
{
    struct submissions *s = p->s;
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; i < s->columns; i++)
        cell[i] = (struct csv_cell){"", 0};
    for (size_t i = 0; i < p->odk.form.n && st == VAULT_OK; i++) {
        const struct form_field *f = &p->odk.form.field[i];
        size_t k = 0;

        while (k < s->columns && strcmp(s->rows.map.column[k], f->name) != 0)
            k++;
        if (k < s->columns) {
            cell[k] = (struct csv_cell){(const char *)f->value, f->value_len};
            s->seen[k] = true;
        } else if (s->rows.map.keep) {
            st = form_put(rest, f->name, f->type, f->state, f->value,
                f->value_len, p->err);
        }
    }
    return st;
}

VAULT_CHECKED static enum vault_status
put_mapped(struct putting *p)
{
    struct submissions *s = p->s;
    struct csv_cell *cell = calloc(s->columns + 1, sizeof *cell);
    struct csv_row row = {.n = s->columns, .cell = cell};
    struct form rest = {0};
    struct rows_more more = {.place = p->shown,
        .folder = p->at->folder,
        .rest = &rest};
    enum vault_status st;

    if (cell == NULL)
        return vlt_fail_memory(p->err);
    memcpy(more.id, p->id, VAULT_HASH);
    st = split_answers(p, cell, &rest);
    s->rows.more = &more;
    if (st == VAULT_OK)
        st = rows_put(&s->rows, &row, p->err);
    s->rows.more = NULL;
    p->has_id = more.made;
    memcpy(p->id, more.id, VAULT_HASH);
    free(cell);
    form_clear(&rest);
    return st;
}

/* ---- its media ---- */

/* A record of its own, an attachment of the submission: what consent says of
 * the one then holds for the other. */
VAULT_CHECKED static enum vault_status
put_media(struct putting *p, const char *name)
{
    struct form form = {0};
    struct import_link link = {.relation = "attachment-of"};
    char *shown = names_join(p->at->below, name);
    char *text = names_join(link.relation, p->shown);
    struct import_item item = {.type = "file",
        .form = &form,
        .folder = p->at->folder,
        .path = name,
        .place = shown,
        .link = &link,
        .links = p->has_id ? 1 : 0,
        .has_id = true};
    enum vault_status st;

    if (shown == NULL || text == NULL) {
        st = vlt_fail_memory(p->err);
        goto out;
    }
    memcpy(link.want, p->id, VAULT_HASH);
    link.text = text;
    link.text_len = strlen(text);
    import_key_id(p->s->im, "odk-media", name, p->id, sizeof p->id, item.id);
    st = import_wants(p->s->im, 1) ? import_put(p->s->im, &item, p->err)
                                   : VAULT_OK;
out:
    free(shown);
    free(text);
    return st;
}

/* ---- one submission ---- */

/* Never through a link. */
VAULT_CHECKED static enum vault_status
read_xml(const struct submission_place *at, uint8_t **out, size_t *n,
    struct vault_error *err)
{
    struct vlt_file *f = NULL;
    uint8_t *p = NULL;
    size_t got = 1, len = 0;
    int64_t size = 0;
    enum vault_status st = vlt_file_open_below(at->folder, at->file, &f, err);

    if (st == VAULT_OK) {
        size = vlt_file_size(f);
        p = size >= 0 && size <= ODK_MAX ? malloc((size_t)size + 1) : NULL;
        if (size < 0 || size > ODK_MAX)
            st = vlt_fail(err, VAULT_E_LIMIT, "more than %d MiB",
                ODK_MAX / 1024 / 1024);
        else if (p == NULL)
            st = vlt_fail_memory(err);
    }
    while (st == VAULT_OK && got > 0 && len < (size_t)size) {
        st = vlt_file_read(f, p + len, (size_t)size - len, &got, err);
        len += st == VAULT_OK ? got : 0;
    }
    vlt_file_close(f);
    *out = p;
    *n = len;
    return st;
}

VAULT_CHECKED static enum vault_status
put_all(struct putting *p, void (*names)(void *ctx, const char *file),
    void *ctx)
{
    enum vault_status st = p->s->mapped ? put_mapped(p) : put_plain(p);

    for (size_t i = 0; i < p->odk.medias && st == VAULT_OK; i++) {
        names(ctx, p->odk.media[i]);
        st = put_media(p, p->odk.media[i]);
    }
    return st;
}

enum vault_status
submissions_put(struct submissions *s, const struct submission_place *at,
    void (*names)(void *ctx, const char *file), void *ctx,
    struct vault_error *err)
{
    struct putting p = {.s = s,
        .at = at,
        .shown = names_join(at->below, at->file),
        .err = err};
    struct vault_error why = {0};
    struct import_told told = {.what = IMPORT_FAILED,
        .path = p.shown,
        .why = &why};
    uint8_t *xml = NULL;
    size_t n = 0;
    enum vault_status st;

    if (p.shown == NULL)
        return vlt_fail_memory(err);
    s->read++;
    st = read_xml(at, &xml, &n, &why);
    if (st == VAULT_OK)
        st = odk_read(xml, n, &p.odk, &why);
    if (st == VAULT_OK) {
        set_id(&p, xml, n);
        st = put_all(&p, names, ctx);
    } else {
        st = import_failed(s->im, &told, err);
    }
    odk_clear(&p.odk);
    if (xml != NULL)
        vlt_wipe(xml, n);
    free(xml);
    free(p.shown);
    return st;
}
