/* SPDX-License-Identifier: Apache-2.0 */
/* jsonrec.c: one line of JSON as a record on its way in */
#include "jsonrec.h"

#include "fail.h"
#include "form_json.h"
#include "jsonfield.h"
#include "nmark.h"
#include "text.h"
#include "when.h"

#include <stdlib.h>
#include <string.h>

void
jsonrec_clear(struct jsonrec *r)
{
    form_clear(&r->form);
    if (r->file != NULL)
        vlt_wipe(r->file, strlen(r->file));
    free(r->file);
    memset(r, 0, sizeof *r);
}

static void
mistake(struct jsonrec *r, const char *member, const char *expected)
{
    form_note_mistake(&r->form, member, expected);
}

/* A word of a-z and dash that fits. */
static bool
take_type(struct jsonrec *r, const char *word)
{
    size_t n = word != NULL ? strlen(word) : 0;

    if (n == 0 || n > FORM_TYPE ||
        strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != n)
        return false;
    memcpy(r->type, word, n + 1);
    return true;
}

/* ---- a line that export wrote ---- */

static bool
take_id(const json_t *root, const char *member, uint8_t *out, size_t n)
{
    const char *s = json_string_value(json_object_get(root, member));

    return s != NULL && vlt_unhex(out, n, s, strlen(s));
}

static void
take_origin(struct jsonrec *r, const json_t *root)
{
    json_t *version = json_object_get(root, "version");
    const char *sealed = json_string_value(json_object_get(root, "sealed"));

    if (!take_type(r, json_string_value(json_object_get(root, "record_type"))))
        mistake(r, "record_type", N_("a type of a-z, 0-9 and dash"));
    if (!take_id(root, "vault", r->vault, VAULT_ID))
        mistake(r, "vault", N_("32 hex digits"));
    if (!take_id(root, "id", r->id, VAULT_ID))
        mistake(r, "id", N_("32 hex digits"));
    if (!json_is_integer(version) || json_integer_value(version) < 1 ||
        json_integer_value(version) > UINT32_MAX)
        mistake(r, "version", N_("a whole number from 1 on"));
    else
        r->version = (uint32_t)json_integer_value(version);
    r->has_sealed = sealed != NULL && when_parse(sealed, &r->sealed);
    if (sealed != NULL && !r->has_sealed)
        mistake(r, "sealed", N_("a time such as \"2031-11-04T09:00:00Z\""));
}

/* Where its original lies, and what it must be. */
VAULT_CHECKED static enum vault_status
take_body(struct jsonrec *r, const json_t *root, struct vault_error *err)
{
    const json_t *file = json_object_get(root, "file");
    const json_t *hash = json_object_get(root, "sha256");

    if (hash != NULL && !json_is_null(hash)) {
        r->has_sha256 = take_id(root, "sha256", r->sha256, VAULT_HASH);
        if (!r->has_sha256)
            mistake(r, "sha256", N_("64 hex digits"));
    }
    if (file == NULL || json_is_null(file)) {
        if (r->exchanged && r->has_sha256)
            mistake(r, "file",
                N_("the path of its original, as there is a \"sha256\""));
        return VAULT_OK;
    }
    if (!json_is_string(file) || json_string_length(file) == 0) {
        mistake(r, "file", N_("a path below the folder of the file"));
        return VAULT_OK;
    }
    r->file = vlt_strdup(json_string_value(file));
    return r->file != NULL ? VAULT_OK : vlt_fail_memory(err);
}

VAULT_CHECKED static enum vault_status
take_fields(struct jsonrec *r, json_t *root, struct vault_error *err)
{
    json_t *fields = json_object_get(root, "fields");
    enum vault_status st = VAULT_OK;
    const char *name;
    json_t *value;
    size_t i;

    if (json_is_array(fields)) {
        json_array_foreach(fields, i, value)
        {
            if (st == VAULT_OK)
                st = jsonfield_put(&r->form, value, err);
        }
    } else if (json_is_object(fields)) {
        json_object_foreach(fields, name, value)
        {
            if (st == VAULT_OK)
                st = form_add_value(&r->form, name, value, err);
        }
    } else {
        mistake(r, "fields", N_("an array or an object of fields"));
    }
    return st;
}

VAULT_CHECKED static enum vault_status
take_exchanged(struct jsonrec *r, json_t *root, struct vault_error *err)
{
    json_t *v = json_object_get(root, "v");
    enum vault_status st;

    r->exchanged = true;
    if (!json_is_integer(v) || json_integer_value(v) != 1)
        mistake(r, "v", N_("1; made by a newer program?"));
    take_origin(r, root);
    st = take_body(r, root, err);
    if (st == VAULT_OK)
        st = take_fields(r, root, err);
    return st;
}

/* ---- a form ---- */

VAULT_CHECKED static enum vault_status
take_plain(struct jsonrec *r, json_t *root, const char *as,
    struct vault_error *err)
{
    const char *type = json_string_value(json_object_get(root, "record_type"));
    enum vault_status st = VAULT_OK;
    const char *name;
    json_t *value;

    if (type == NULL)
        type = json_string_value(json_object_get(root, "type"));
    if (!take_type(r, type != NULL ? type : as))
        mistake(r, "record_type",
            N_("a type, such as testimony, here or with --as"));
    st = take_body(r, root, err);
    json_object_foreach(root, name, value)
    {
        if (st != VAULT_OK || strcmp(name, "type") == 0 ||
            strcmp(name, "record_type") == 0 || strcmp(name, "file") == 0 ||
            strcmp(name, "sha256") == 0)
            continue;
        st = form_add_value(&r->form, name, value, err);
    }
    return st;
}

/* Other lines that sanduq prints: nothing to import. */
static bool
is_other_line(const char *type, const json_t *root)
{
    static const char *const words[] = {"summary", "progress", "error",
        "failed", "skipped"};

    if (type == NULL || !json_is_integer(json_object_get(root, "v")))
        return false;
    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (strcmp(words[i], type) == 0)
            return true;
    }
    return false;
}

VAULT_CHECKED static enum vault_status
take_line(struct jsonrec *r, json_t *root, const char *as,
    struct vault_error *err)
{
    const char *type = json_string_value(json_object_get(root, "type"));

    if (!json_is_object(root))
        return vlt_fail(err, VAULT_E_FORMAT, "the line is no JSON object");
    r->passed = is_other_line(type, root);
    if (r->passed)
        return VAULT_OK;
    if (type != NULL && strcmp(type, "record") == 0)
        return take_exchanged(r, root, err);
    return take_plain(r, root, as, err);
}

enum vault_status
jsonrec_read(const char *line, size_t n, const char *as, struct jsonrec *out,
    struct vault_error *err)
{
    struct jsonrec r = {0};
    json_error_t why;
    json_t *root;
    enum vault_status st;

    if (n > JSONREC_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "the line is longer than %d bytes",
            JSONREC_MAX);
    root = json_read(line, n, JSON_ALLOW_NUL, &why);
    if (root == NULL && json_error_code(&why) == json_error_duplicate_key)
        return vlt_fail(err, VAULT_E_FORMAT,
            "a name stands twice in one object, at column %d", why.column);
    if (root == NULL && json_error_code(&why) == json_error_stack_overflow)
        return vlt_fail(err, VAULT_E_FORMAT, "the line is nested too deeply");
    if (root == NULL)
        return vlt_fail(err, VAULT_E_FORMAT, "the line is not JSON: column %d",
            why.column);
    st = take_line(&r, root, as, err);
    json_decref(root);
    if (st != VAULT_OK) {
        jsonrec_clear(&r);
        return st;
    }
    *out = r;
    return VAULT_OK;
}
