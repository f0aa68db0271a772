/* SPDX-License-Identifier: Apache-2.0 */
/* verify_line.c: the lines of verify, told, counted or kept waiting */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "told.h"
#include "verify.h"
#include "verify_new.h"

static void
keep(struct vlt_pending *p, const struct vault_finding *f)
{
    struct vault_finding *more = p->f;

    if ((p->n & (p->n - 1)) == 0)
        more = realloc(more, (p->n == 0 ? 1 : 2 * p->n) * sizeof *more);
    p->lost = p->lost || more == NULL || p->n == VLT_NEW_FINDINGS;
    if (more == NULL)
        return;
    p->f = more;
    if (!p->lost)
        more[p->n++] = *f;
}

void
vlt_pending_tell(struct vlt_verify *v, struct vlt_pending *p)
{
    size_t i;

    for (i = 0; i < p->n; i++)
        vlt_tell(v, &p->f[i]);
    p->n = 0;
}

static void
send(struct vlt_verify *v, struct vault_finding *f)
{
    uint64_t *count[] = {&v->verdict.held, &v->verdict.failed,
        &v->verdict.not_seen, &v->verdict.not_as_asked};

    ++*count[f->level];
    if (v->pending != NULL) {
        keep(v->pending, f);
        return;
    }
    vlt_told_line(v->told, f);
    if (!vlt_structure_keeps(v, f))
        vlt_tell(v, f);
}

void
vlt_tell(struct vlt_verify *v, const struct vault_finding *f)
{
    if (!v->stopped && v->fn != NULL && v->fn(v->ctx, f) != 0)
        v->stopped = true;
}

VAULT_PRINTF(5, 0)
static void
line(struct vlt_verify *v, enum vault_finding_level level, const char *kind,
    uint64_t count, const char *format, va_list ap)
{
    struct vault_finding f;

    memset(&f, 0, sizeof f);
    f.level = level;
    f.kind = kind;
    f.count = count;
    vlt_message(&f.text,
        level == VAULT_FAILED             ? VAULT_E_TAMPERED
            : level == VAULT_NOT_AS_ASKED ? VAULT_E_POLICY
                                          : VAULT_OK,
        format, ap);
    send(v, &f);
}

void
vlt_held(struct vlt_verify *v, const char *kind, uint64_t count,
    const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    line(v, VAULT_HELD, kind, count, format, ap);
    va_end(ap);
}

void
vlt_held_as(struct vlt_verify *v, struct vault_finding *f, const char *format,
    ...)
{
    va_list ap;

    va_start(ap, format);
    vlt_message(&f->text, VAULT_OK, format, ap);
    va_end(ap);
    send(v, f);
}

void
vlt_not_seen(struct vlt_verify *v, const char *kind, uint64_t count,
    const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    line(v, VAULT_NOT_SEEN, kind, count, format, ap);
    va_end(ap);
}

void
vlt_mismatch(struct vlt_verify *v, const char *kind, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    line(v, VAULT_FAILED, kind, 1, format, ap);
    va_end(ap);
}

void
vlt_not_as_asked(struct vlt_verify *v, const char *kind, const char *format,
    ...)
{
    va_list ap;

    va_start(ap, format);
    line(v, VAULT_NOT_AS_ASKED, kind, 1, format, ap);
    va_end(ap);
}

static void
record_line(struct vlt_verify *v, enum vault_finding_level level,
    const char *kind, const uint8_t id[16], uint32_t version,
    const struct vault_error *why)
{
    struct vault_finding f;

    memset(&f, 0, sizeof f);
    f.level = level;
    f.kind = kind;
    f.count = 1;
    f.has_record = true;
    memcpy(f.record, id, 16);
    f.version = version;
    f.text = *why;
    send(v, &f);
}

void
vlt_record_mismatch(struct vlt_verify *v, const char *kind,
    const uint8_t id[16], uint32_t version, const struct vault_error *why)
{
    record_line(v, VAULT_FAILED, kind, id, version, why);
}

void
vlt_record_waits(struct vlt_verify *v, const char *kind, const uint8_t id[16],
    uint32_t version, const struct vault_error *why)
{
    record_line(v, VAULT_NOT_AS_ASKED, kind, id, version, why);
}

enum vault_status
vlt_judge(struct vlt_verify *v, const char *kind, enum vault_status st,
    const struct vault_error *why, struct vault_error *err)
{
    struct vault_finding f;

    if (v->stopped)
        return vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    switch (st) {
    case VAULT_OK:
        return VAULT_OK;
    case VAULT_E_TAMPERED:
    case VAULT_E_FORMAT:
    case VAULT_E_NEWER:
    case VAULT_E_LIMIT:
    case VAULT_E_SLOT:
    case VAULT_E_NOT_FOUND:
    case VAULT_E_NO_KEY:
        memset(&f, 0, sizeof f);
        f.level = VAULT_FAILED;
        f.kind = kind;
        f.count = 1;
        f.text = *why;
        send(v, &f);
        return VAULT_OK;
    default:
        if (err != NULL)
            *err = *why;
        return st;
    }
}
