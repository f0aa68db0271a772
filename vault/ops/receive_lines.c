/* SPDX-License-Identifier: Apache-2.0 */
/* receive_lines.c: what is told of one received file */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "receiving.h"

static enum vault_status
push(struct vlt_rfile *f, const struct vault_finding *line,
    struct vault_error *err)
{
    struct vault_finding *more;

    if (f->lines == VLT_RECEIVE_LINES)
        return VAULT_OK; /* the counts say how many there are */
    if (f->lines == f->cap) {
        size_t cap = f->cap == 0 ? 16 : 2 * f->cap;

        more = realloc(f->line, cap * sizeof *more);
        if (more == NULL)
            return vlt_fail_memory(err);
        f->line = more;
        f->cap = cap;
    }
    f->line[f->lines++] = *line;
    f->row.lines = f->line;
    f->row.lines_len = f->lines;
    return VAULT_OK;
}

enum vault_status
vlt_rline(struct vlt_rfile *f, enum vault_finding_level level, const char *kind,
    uint64_t count, struct vault_error *err, const char *format, ...)
{
    struct vault_finding line;
    va_list ap;

    memset(&line, 0, sizeof line);
    line.level = level;
    line.kind = kind;
    line.count = count;
    va_start(ap, format);
    vlt_message(&line.text,
        level == VAULT_FAILED             ? VAULT_E_TAMPERED
            : level == VAULT_NOT_AS_ASKED ? VAULT_E_POLICY
                                          : VAULT_OK,
        format, ap);
    va_end(ap);
    return push(f, &line, err);
}

enum vault_status
vlt_rline_why(struct vlt_rfile *f, const char *kind, const uint8_t *id,
    uint32_t version, const struct vault_error *why, struct vault_error *err)
{
    struct vault_finding line;

    memset(&line, 0, sizeof line);
    line.level = VAULT_FAILED;
    line.kind = kind;
    line.count = 1;
    line.has_record = id != NULL;
    if (id != NULL)
        memcpy(line.record, id, sizeof line.record);
    line.version = version;
    line.text = *why;
    return push(f, &line, err);
}

bool
vlt_rfile_fault(enum vault_status st)
{
    return st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER || st == VAULT_E_NOT_FOUND ||
        st == VAULT_E_NO_KEY || st == VAULT_E_SECRET || st == VAULT_E_POLICY ||
        st == VAULT_E_LIMIT || st == VAULT_E_USAGE;
}

void
vlt_rfile_refuse(struct vlt_rfile *f, const struct vault_error *why)
{
    if (f->row.state == VAULT_RECEIVE_REFUSED)
        return; /* the first reason stays */
    f->row.state = VAULT_RECEIVE_REFUSED;
    f->row.why = *why;
}

void
vlt_rfile_leave(struct vlt_rfile *f, const struct vault_error *why)
{
    f->row.state = VAULT_RECEIVE_LEFT;
    f->row.why = *why;
}

/* ---- what the sender says ---- */

static void
view(struct vault_field *out, const struct vlt_field *f, char *name)
{
    memcpy(name, f->name, f->name_len);
    name[f->name_len] = 0;
    out->type = (enum vault_field_type)f->type;
    out->state = (enum vault_field_state)f->state;
    out->name = name;
    out->value = f->value;
    out->value_len = f->value_len;
}

enum vault_status
vlt_rfile_said(struct vlt_rfile *f, struct vault_error *err)
{
    size_t n = f->said.n;
    size_t i;

    if (n == 0)
        return VAULT_OK;
    f->said_view = calloc(n, sizeof *f->said_view);
    f->said_names = calloc(n, VLT_FIELD_NAME + 1);
    if (f->said_view == NULL || f->said_names == NULL)
        return vlt_fail_memory(err);
    for (i = 0; i < n; i++)
        view(&f->said_view[i], &f->said.f[i],
            f->said_names + i * (VLT_FIELD_NAME + 1));
    f->row.said = f->said_view;
    f->row.said_len = n;
    return VAULT_OK;
}
