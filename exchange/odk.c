/* SPDX-License-Identifier: Apache-2.0 */
/* odk.c: submissions of ODK Collect and Central */
#include "odk.h"

#include "fail.h"
#include "nmark.h"
#include "odk_name.h"
#include "odk_tree.h"
#include "utf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer, or what may be one. */
static void
text_free(char *s)
{
    if (s != NULL)
        vlt_wipe(s, strlen(s));
    free(s);
}

void
odk_clear(struct odk_submission *s)
{
    text_free(s->form_id);
    text_free(s->version);
    text_free(s->instance_id);
    for (size_t i = 0; i < s->medias; i++)
        text_free(s->media[i]);
    free(s->media);
    form_clear(&s->form);
    memset(s, 0, sizeof *s);
}

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool
is_blank(const struct vlt_buf *b)
{
    for (size_t i = 0; i < b->len; i++)
        if (!is_space(b->p[i]))
            return false;
    return true;
}

/* The text of this node without white space around it; "" for ODK_NONE. */
static char *
text_of(const struct odk_tree *t, int i)
{
    const struct vlt_buf *b = i != ODK_NONE ? &t->node[i].text : NULL;
    size_t from = 0, to = b != NULL ? b->len : 0;
    char *s;

    while (from < to && is_space(b->p[from]))
        from++;
    while (to > from && is_space(b->p[to - 1]))
        to--;
    s = malloc(to - from + 1);
    if (s == NULL)
        return NULL;
    if (to > from)
        memcpy(s, b->p + from, to - from);
    s[to - from] = 0;
    return s;
}

/* meta/instanceID, or the root's attribute. */
static int
instance_node(const struct odk_tree *t)
{
    int meta = odk_tree_child(t, 0, "meta", false);
    int id = ODK_NONE;

    if (meta != ODK_NONE)
        id = odk_tree_child(t, meta, "instanceID", false);
    if (id == ODK_NONE || is_blank(&t->node[id].text))
        id = odk_tree_child(t, 0, "instanceID", true);
    return id;
}

VAULT_CHECKED static enum vault_status
check_kind(const struct odk_tree *t, struct vault_error *err)
{
    int id = odk_tree_child(t, 0, "id", true);
    int encrypted = odk_tree_child(t, 0, "encrypted", true);

    if (encrypted != ODK_NONE ||
        odk_tree_child(t, 0, "base64EncryptedKey", false) != ODK_NONE ||
        odk_tree_child(t, 0, "encryptedXmlFile", false) != ODK_NONE)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            N_("decrypt it with ODK Central or Briefcase and the form's "
               "private key first"),
            "the submission is encrypted by ODK");
    if (id == ODK_NONE || is_blank(&t->node[id].text))
        return vlt_fail(err, VAULT_E_FORMAT,
            "no submission: its root has no form id");
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
take_head(const struct odk_tree *t, struct odk_submission *s,
    struct vault_error *err)
{
    s->form_id = text_of(t, odk_tree_child(t, 0, "id", true));
    s->version = text_of(t, odk_tree_child(t, 0, "version", true));
    s->instance_id = text_of(t, instance_node(t));
    if (s->form_id == NULL || s->version == NULL || s->instance_id == NULL)
        return vlt_fail_memory(err);
    return VAULT_OK;
}

/* ---- fields ---- */

VAULT_CHECKED static enum vault_status
put(struct odk_submission *s, const char *name, const void *value, size_t n,
    struct vault_error *err)
{
    if (s->form.n == ODK_FIELDS)
        return vlt_fail(err, VAULT_E_LIMIT,
            "the submission has more than %d answers", (int)ODK_FIELDS);
    return form_put(&s->form, name, VAULT_TEXT, VAULT_VALUE, value, n, err);
}

VAULT_CHECKED static enum vault_status
put_trimmed(struct odk_submission *s, const char *name,
    const struct odk_tree *t, int i, struct vault_error *err)
{
    char *text = text_of(t, i);
    enum vault_status st = VAULT_OK;

    if (text == NULL)
        return vlt_fail_memory(err);
    if (text[0] != 0)
        st = put(s, name, text, strlen(text), err);
    text_free(text);
    return st;
}

VAULT_CHECKED static enum vault_status
put_head(struct odk_submission *s, const struct odk_tree *t,
    struct vault_error *err)
{
    enum vault_status st;

    st = put_trimmed(s, "submission.form", t, odk_tree_child(t, 0, "id", true),
        err);
    if (st == VAULT_OK)
        st = put_trimmed(s, "submission.version", t,
            odk_tree_child(t, 0, "version", true), err);
    if (st == VAULT_OK)
        st = put_trimmed(s, "submission.instance", t, instance_node(t), err);
    return st;
}

/* What stands in the head already. */
static bool
is_head(const struct odk_tree *t, int i, int instance)
{
    const struct odk_node *x = &t->node[i];

    return i == instance ||
        (x->attribute && x->parent == 0 &&
            (i == odk_tree_child(t, 0, "id", true) ||
                i == odk_tree_child(t, 0, "version", true)));
}

/* ---- media ---- */

static bool
has_ending(const char *name, size_t n)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".gif",
        ".webp", ".heic", ".tif", ".tiff", ".bmp", ".svg", ".mp3", ".m4a",
        ".amr", ".wav", ".ogg", ".oga", ".opus", ".aac", ".flac", ".mp4",
        ".3gp", ".3gpp", ".mov", ".webm", ".mkv", ".avi", ".pdf", ".doc",
        ".docx", ".odt", ".rtf", ".xls", ".xlsx", ".ods", ".csv", ".txt",
        ".zip"};

    for (size_t i = 0; i < VLT_COUNT(endings); i++) {
        size_t k, len = strlen(endings[i]);

        if (n <= len)
            continue;
        for (k = 0; k < len; k++) {
            char c = name[n - len + k];

            if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) !=
                endings[i][k])
                break;
        }
        if (k == len)
            return true;
    }
    return false;
}

/* Whether an answer is the plain name of a file. */
static bool
is_file_name(const char *s)
{
    size_t n = strlen(s);
    uint32_t cp;

    if (n == 0 || n > 255 || s[0] == '.' || !has_ending(s, n))
        return false;
    for (size_t i = 0; i < n;) {
        size_t len = utf_next(s + i, n - i, &cp);

        if (len == 0 || !utf_plain(cp) || cp == '/' || cp == '\\' || cp == ':')
            return false;
        i += len;
    }
    return true;
}

static bool
has_media(const struct odk_submission *s, const char *name)
{
    for (size_t k = 0; k < s->medias; k++)
        if (strcmp(s->media[k], name) == 0)
            return true;
    return false;
}

VAULT_CHECKED static enum vault_status
note_media(struct odk_submission *s, const struct odk_tree *t, int i,
    struct vault_error *err)
{
    char *name = text_of(t, i), **more;

    if (name == NULL)
        return vlt_fail_memory(err);
    if (!is_file_name(name) || has_media(s, name)) {
        text_free(name);
        return VAULT_OK;
    }
    more = realloc(s->media, (s->medias + 1) * sizeof *more);
    if (more == NULL) {
        text_free(name);
        return vlt_fail_memory(err);
    }
    s->media = more;
    more[s->medias++] = name;
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
put_node(struct odk_submission *s, const struct odk_tree *t,
    const struct odk_names *names, int i, struct vault_error *err)
{
    const struct odk_node *x = &t->node[i];
    char name[ODK_NAME + 1];
    enum vault_status st;

    if (is_blank(&x->text))
        return VAULT_OK;
    odk_name(names, t, i, name);
    st = put(s, name, x->text.p, x->text.len, err);
    if (st == VAULT_OK && !x->attribute)
        st = note_media(s, t, i, err);
    return st;
}

VAULT_CHECKED static enum vault_status
take(const struct odk_tree *t, struct odk_submission *s,
    struct vault_error *err)
{
    struct odk_names names = {NULL, 0};
    int instance = instance_node(t);
    enum vault_status st;

    st = put_head(s, t, err);
    if (st == VAULT_OK)
        st = odk_names_init(&names, t, err);
    for (int i = 0; st == VAULT_OK && i < (int)t->n; i++)
        if (!is_head(t, i, instance))
            st = put_node(s, t, &names, i, err);
    odk_names_clear(&names);
    if (st == VAULT_OK)
        st = take_head(t, s, err);
    return st;
}

enum vault_status
odk_read(const void *xml, size_t n, struct odk_submission *out,
    struct vault_error *err)
{
    struct odk_tree t = {NULL, 0, 0};
    struct odk_submission s;
    enum vault_status st;

    memset(&s, 0, sizeof s);
    st = odk_tree_read(&t, xml, n, err);
    if (st == VAULT_OK)
        st = check_kind(&t, err);
    if (st == VAULT_OK)
        st = take(&t, &s, err);
    odk_tree_clear(&t);
    if (st == VAULT_OK)
        *out = s;
    else
        odk_clear(&s);
    return st;
}

bool
odk_looks(const void *xml, size_t n)
{
    struct odk_tree t = {NULL, 0, 0};
    bool so = false;

    if (odk_tree_read(&t, xml, n, NULL) == VAULT_OK) {
        int id = odk_tree_child(&t, 0, "id", true);

        so = id != ODK_NONE && !is_blank(&t.node[id].text) &&
            instance_node(&t) != ODK_NONE;
    }
    odk_tree_clear(&t);
    return so;
}
