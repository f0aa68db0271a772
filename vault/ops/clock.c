/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c: the machine's clock, and when it is not believed */
#include "clock.h"
#include <string.h>
#include "event.h"
#include "os.h"

enum { SLACK = 60 }; /* clocks are set right by a little all the time */
#define CEILING INT64_C(4102444800) /* 2100-01-01 */

int64_t
vlt_now(const struct vault *v)
{
    return v->opt.clock != NULL ? v->opt.clock(v->opt.ctx) : vlt_os_time();
}

void
vlt_clock_saw(struct vault *v, int64_t t)
{
    if (t < VLT_CLOCK_FLOOR || t >= CEILING)
        return;
    if (t > v->clock_known || v->opt.clock_said == VAULT_CLOCK_RIGHT)
        v->clock_known = t;
}

/* The last line of a log. What cannot be read is found by those who check. */
static void
learn_from(struct vault *v, const struct vlt_own_log *log)
{
    struct vlt_leaf_row leaf;
    struct vlt_fields f;
    struct vlt_buf evct;
    int64_t t = 0;

    if (log == NULL || log->size == 0)
        return;
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    if (vlt_leaf_get(v->store, log->n, log->size - 1, &leaf, &evct, NULL) ==
            VAULT_OK &&
        vlt_event_read(v, &leaf, &f, NULL) == VAULT_OK) {
        if (vlt_fields_i64(&f, "time", &t) && t > v->clock_known && t < CEILING)
            v->clock_known = t;
        if (vlt_fields_i64(&f, "known", &t) && t > v->clock_known &&
            t < CEILING)
            v->clock_known = t;
        vlt_fields_clear(&f);
    }
    vlt_buf_clear(&evct);
}

void
vlt_clock_learn(struct vault *v)
{
    v->clock_known = 0;
    if (v->vmk == NULL)
        return;
    if (v->log_n != 0) {
        learn_from(v, vlt_own_log_find(&v->logs, v->log_n));
        return;
    }
    for (size_t i = 0; i < v->logs.n; i++) {
        /* a session's key lay in clear: whoever found it could say any time */
        if (!v->logs.log[i].session)
            learn_from(v, &v->logs.log[i]);
    }
}

const char *
vlt_clock_doubt(const struct vault *v, int64_t now, int64_t *known)
{
    *known = -1;
    if (v->opt.clock_said == VAULT_CLOCK_RIGHT)
        return NULL;
    if (now < VLT_CLOCK_FLOOR || now >= CEILING)
        return "implausible";
    if (now < v->clock_known - SLACK) {
        *known = v->clock_known;
        return "behind";
    }
    return v->opt.clock_said == VAULT_CLOCK_DOUBTFUL ? "said" : NULL;
}

enum vault_status
vlt_clock_mark(const struct vault *v, int64_t now, const char *doubt_name,
    const char *known_name, struct vlt_fields *f, struct vault_error *err)
{
    int64_t known = -1;
    const char *doubt = vlt_clock_doubt(v, now, &known);
    enum vault_status st = VAULT_OK;

    if (doubt != NULL)
        st = vlt_fields_add_text(f, doubt_name, doubt, err);
    if (st == VAULT_OK && known >= 0)
        st = vlt_fields_add_i64(f, VLT_FIELD_TIME, known_name, known, err);
    return st;
}
