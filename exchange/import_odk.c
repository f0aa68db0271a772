/* SPDX-License-Identifier: Apache-2.0 */
/* import_odk.c: ODK submissions: a folder each, with the form's XML and the
 * recordings and pictures that it names */
#include "importing.h"

#include "fail.h"
#include "nmark.h"
#include "odk.h"

#include <stdlib.h>
#include <string.h>

enum { XML_MAX = 16 * 1024 * 1024, XML_PIECE = 64 * 1024 };

struct odk_walk {
    struct import *im;
    const char *folder; /* of this submission */
    const char *name;   /* for what is told */
    struct vault_error *err;
};

/* A file that the submission names, as a record of its own with the key under
 * which the submission links to it. */
VAULT_CHECKED static enum vault_status
put_media(const struct odk_walk *w, const char *name, struct import_link *link)
{
    struct form form = {0};
    uint64_t bytes = 0;
    uint8_t hash[VAULT_HASH];
    struct vault_error why = {0};
    struct import_item item = {.type = "file",
        .form = &form,
        .folder = w->folder,
        .path = name,
        .place = w->name,
        .has_id = true};
    struct import_told told = {.what = IMPORT_FAILED,
        .path = w->name,
        .type = "file",
        .why = &why};
    enum vault_status st =
        import_body_hash(w->im, w->folder, name, hash, &bytes, &why);

    if (st != VAULT_OK)
        return import_failed(w->im, &told, w->err);
    import_key_id(w->im, "odk-media", name, hash, sizeof hash, item.id);
    memcpy(link->want, item.id, VAULT_HASH);
    memcpy(link->relation, "media", sizeof "media");
    return import_put(w->im, &item, w->err);
}

VAULT_CHECKED static enum vault_status
put_submission(const struct odk_walk *w, struct odk_submission *s)
{
    const char *as = w->im->r->as != NULL ? w->im->r->as : "testimony";
    struct import_link *links = calloc(s->medias + 1, sizeof *links);
    struct import_item item = {.type = as,
        .form = &s->form,
        .place = w->name,
        .link = links};
    struct import_told told = {.what = IMPORT_FAILED,
        .path = w->name,
        .type = as,
        .form = &s->form};
    enum vault_status st = VAULT_OK;

    if (links == NULL)
        return vlt_fail_memory(w->err);
    for (size_t i = 0; i < s->medias && st == VAULT_OK; i++) {
        st = put_media(w, s->media[i], &links[item.links]);
        item.links += links[item.links].relation[0] != 0;
    }
    if (st == VAULT_OK)
        st = form_fit(&s->form, as, NULL, w->err);
    if (st == VAULT_OK && s->form.mistakes > 0) {
        st = import_failed(w->im, &told, w->err);
    } else if (st == VAULT_OK) {
        item.has_id = s->instance_id[0] != 0;
        if (item.has_id)
            import_key_id(w->im, "odk", s->form_id, s->instance_id,
                strlen(s->instance_id), item.id);
        st = import_put(w->im, &item, w->err);
    }
    free(links);
    return st;
}

/* All of submission.xml, which lies in this folder and not behind a link. */
VAULT_CHECKED static enum vault_status
read_xml(const char *folder, struct vlt_buf *out, struct vault_error *err)
{
    struct vlt_file *f = NULL;
    size_t got = 1;
    enum vault_status st =
        vlt_file_open_below(folder, "submission.xml", &f, err);

    while (st == VAULT_OK && got > 0) {
        uint8_t *to = vlt_buf_room(out, XML_PIECE);

        got = 0;
        if (to != NULL)
            st = vlt_file_read(f, to, XML_PIECE, &got, err);
        if (to != NULL)
            out->len -= XML_PIECE - got;
    }
    vlt_file_close(f);
    return st == VAULT_OK ? vlt_buf_end(out, "submission", err) : st;
}

/* The submission in this folder. */
VAULT_CHECKED static enum vault_status
put_folder(struct import *im, const char *folder, const char *name,
    struct vault_error *err)
{
    struct odk_walk w = {im, folder, name, err};
    struct odk_submission s = {0};
    struct vault_error why = {0};
    struct import_told told = {.what = IMPORT_FAILED,
        .path = name,
        .why = &why};
    struct vlt_buf xml;
    enum vault_status st;

    vlt_buf_init(&xml, XML_MAX + XML_PIECE);
    st = read_xml(folder, &xml, &why);
    if (st == VAULT_OK)
        st = odk_read(xml.p, xml.len, &s, &why);
    st =
        st != VAULT_OK ? import_failed(im, &told, err) : put_submission(&w, &s);
    odk_clear(&s);
    vlt_buf_clear(&xml);
    return st;
}

/* Each folder below instances/. */
VAULT_CHECKED static enum vault_status
put_instances(struct import *im, const char *instances, struct vault_error *err)
{
    struct names names = {0};
    enum vault_status st = names_list(instances, &names, err);

    for (size_t i = 0; i < names.n && st == VAULT_OK; i++) {
        char *folder;

        if (!names.v[i].is_dir)
            continue;
        folder = names_join(instances, names.v[i].s);
        st = folder != NULL ? put_folder(im, folder, names.v[i].s, err)
                            : vlt_fail_memory(err);
        free(folder);
        if (st == VAULT_OK)
            st = import_step(im, i + 1, names.n, names.v[i].s, err);
    }
    names_clear(&names);
    return st;
}

enum vault_status
import_odk(struct import *im, struct vault_error *err)
{
    char *one = names_join(im->r->source, "submission.xml");
    char *many = names_join(im->r->source, "instances");
    enum vault_status st;

    if (one == NULL || many == NULL)
        st = vlt_fail_memory(err);
    else if (vlt_os_exists(one))
        st = put_folder(im, im->r->source, vlt_os_basename(im->r->source), err);
    else if (vlt_os_is_dir(many))
        st = put_instances(im, many, err);
    else
        st = vlt_fail(err, VAULT_E_FORMAT,
            "%s holds neither submission.xml nor a folder instances",
            im->r->source);
    free(many);
    free(one);
    return st;
}
