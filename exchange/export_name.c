/* SPDX-License-Identifier: Apache-2.0 */
/* export_name.c: names for originals, unique on every file system */
#include "export_plan.h"

#include "safe.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

enum { ID_PART = 12, ENDING_MAX = 16, STATEMENT_PART = 8 };

/* What stands in a manifest as it is, too: no percent sign. */
static void
plain_name(char out[SAFE_NAME], const struct vault_record *r)
{
    const char *name = vault_record_entry(r)->name;

    safe_name(out, name, strlen(name), "record");
    for (char *s = out; *s != 0; s++) {
        if (*s == '%')
            *s = '_';
    }
}

static void
ids(const struct vault_record *r, char id[2 * VAULT_ID + 1],
    char statement[2 * VAULT_HASH + 1])
{
    uint8_t stmt[VAULT_HASH];

    vault_record_statement(r, stmt);
    vlt_hex(statement, stmt, VAULT_HASH);
    vlt_hex(id, vault_record_entry(r)->id, VAULT_ID);
}

/* The id makes it unique, whatever a file system thinks of letter case and
 * of composed and decomposed letters. */
void
export_flat_name(char out[EXPORT_NAME], const struct vault_record *r,
    bool whole_id)
{
    char name[SAFE_NAME], id[2 * VAULT_ID + 1], stmt[2 * VAULT_HASH + 1];
    const char *dot;
    int stem;

    plain_name(name, r);
    ids(r, id, stmt);
    dot = strrchr(name, '.');
    if (dot == NULL || dot == name || strlen(dot) > ENDING_MAX)
        dot = name + strlen(name);
    stem = (int)(dot - name);
    if (whole_id)
        (void)snprintf(out, EXPORT_NAME, "%.*s.%s-%.*s%s", stem, name, id,
            (int)STATEMENT_PART, stmt, dot);
    else
        (void)snprintf(out, EXPORT_NAME, "%.*s.%.*s%s", stem, name,
            (int)ID_PART, id, dot);
}

void
export_folder_name(char out[EXPORT_FOLDER], const struct vault_record *r,
    bool whole)
{
    char id[2 * VAULT_ID + 1], stmt[2 * VAULT_HASH + 1];

    ids(r, id, stmt);
    if (whole)
        (void)snprintf(out, EXPORT_FOLDER, "%s-%s/", id, stmt);
    else
        (void)snprintf(out, EXPORT_FOLDER, "%s/", id);
}

void
export_inner_name(char out[EXPORT_NAME], const struct vault_record *r)
{
    char name[SAFE_NAME];

    plain_name(name, r);
    (void)snprintf(out, EXPORT_NAME, "files/%s", name);
}

void
export_deep_name(char out[EXPORT_NAME], const struct vault_record *r,
    bool whole)
{
    char name[SAFE_NAME], id[2 * VAULT_ID + 1], stmt[2 * VAULT_HASH + 1];

    plain_name(name, r);
    ids(r, id, stmt);
    if (whole)
        (void)snprintf(out, EXPORT_NAME, "records.files/%s-%.*s/%s", id,
            (int)STATEMENT_PART, stmt, name);
    else
        (void)snprintf(out, EXPORT_NAME, "records.files/%s/%s", id, name);
}
