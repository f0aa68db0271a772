/* SPDX-License-Identifier: Apache-2.0 */
/* witness_ask.c: asking a witness to countersign the states of own logs */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "addcheckpoint.h"
#include "cosigned.h"
#include "fail.h"
#include "log_names.h"
#include "note_rows.h"
#include "witness_write.h"

/* ---- transaction ---- */

enum vault_status
vlt_witness_write_begin(struct vault *v, struct vault_error *err)
{
    int64_t version;
    enum vault_status st = vlt_need_unlocked(v, err);

    if (st == VAULT_OK)
        st = vlt_store_begin(v->store, true, err);
    if (st != VAULT_OK)
        return st;
    st = vlt_store_data_version(v->store, &version, err);
    if (st == VAULT_OK && version != v->data_version)
        st = vlt_heads_check(v, err);
    if (st == VAULT_OK)
        st = vlt_need_plain(v, err);
    if (st != VAULT_OK)
        vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vlt_witness_write_end(struct vault *v, enum vault_status st,
    struct vault_error *err)
{
    if (st == VAULT_OK)
        return vlt_store_commit(v->store, err);
    vlt_store_rollback(v->store);
    return st;
}

struct asking {
    struct vault *v;
    const struct vault_ask_options *o;
    const struct vlt_witness_pin *pin;
    struct vlt_buf out;
    uint64_t logs;
    bool found;               /* the log that was named */
    uint64_t *signed_to;      /* by place in v->logs: size that it signed */
    uint8_t (*introduced)[8]; /* devices whose notes are in it already */
    size_t devices;
};

/* ---- what it has signed, as far as is known here ---- */

static enum vault_status
note_size(void *ctx, const struct vlt_cosigned *c, struct vault_error *err)
{
    struct asking *a = ctx;
    size_t i = (size_t)(c->log - a->v->logs.log);

    (void)err;
    if (c->pin == a->pin && c->size > a->signed_to[i])
        a->signed_to[i] = c->size;
    return VAULT_OK;
}

/* The size to prove from. *skip: there is nothing to ask for. */
static enum vault_status
old_size(struct asking *a, size_t i, uint64_t *old, bool *skip,
    struct vault_error *err)
{
    const struct vlt_own_log *log = &a->v->logs.log[i];

    *old = a->o->has_old ? a->o->old : a->signed_to[i];
    *skip = !a->o->has_old && *old == log->size;
    if (*old <= log->size)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_POLICY,
        "find the newest file; if it is this one, somebody else has the "
        "log's key",
        "the witness has signed %" PRIu64
        " entries of %s, and there are %" PRIu64
        ": this vault is an older copy",
        *old, log->origin, log->size);
}

/* ---- one request ---- */

/* The log's own line is all that a witness needs: who else countersigns is
 * nobody's business. */
static enum vault_status
put_checkpoint(struct asking *a, const struct vlt_own_log *log,
    struct vlt_ask *ask, const struct vlt_checkpoint_row *row,
    struct vault_error *err)
{
    struct vlt_note n;
    struct vlt_buf single;
    enum vault_status st = vlt_note_parse(&n, row->note, row->note_len, err);

    vlt_buf_init(&single, VLT_NOTE_MAX);
    if (st == VAULT_OK)
        st = vlt_note_single(&single, &n, log->origin, log->replica.log_key,
            err);
    if (st == VAULT_OK) {
        ask->checkpoint = (const char *)single.p;
        ask->checkpoint_len = single.len;
        st = vlt_ask_encode(&a->out, ask, err);
    }
    vlt_buf_clear(&single);
    return st;
}

static enum vault_status
put_request(struct asking *a, const struct vlt_own_log *log, uint64_t old,
    struct vault_error *err)
{
    struct vlt_hash32 path[VLT_PROOF_MAX];
    struct vlt_checkpoint_row row;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_ask ask;
    struct vlt_buf note;
    size_t n = 0;
    enum vault_status st = VAULT_OK;

    memset(&ask, 0, sizeof ask);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    vlt_log_tree_io(&tree, a->v->store, log->n, false, &io);
    if (old > 0)
        st = vlt_tree_consistency(&io, old, log->size, path, &n, err);
    if (st == VAULT_OK && n > VLT_ASK_PROOF)
        st = vlt_fail(err, VAULT_E_LIMIT, "the proof is too long");
    if (st == VAULT_OK)
        st = vlt_checkpoint_newest(a->v->store, log->n, &row, &note, err);
    if (st == VAULT_OK) {
        ask.old = old;
        ask.n = n;
        memcpy(ask.path, path, n * sizeof path[0]);
        st = put_checkpoint(a, log, &ask, &row, err);
    }
    /* kept until the answer comes, whatever is added meanwhile */
    if (st == VAULT_OK && !row.keep)
        st = vlt_checkpoint_replace(a->v->store, log->n, row.size, row.note,
            row.note_len, err);
    vlt_buf_clear(&note);
    return st;
}

/* ---- the notes of a log that it has not seen ---- */

struct intro {
    struct asking *a;
    const struct vlt_own_log *log;
};

static enum vault_status
put_replica(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    const struct intro *x = ctx;

    (void)err;
    if (r->n == x->log->n)
        vlt_buf_put(&x->a->out, r->note, r->note_len);
    return VAULT_OK;
}

static enum vault_status
put_session(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    const struct intro *x = ctx;
    const struct vlt_own_log *log = vlt_own_log_find(&x->a->v->logs, r->n);

    (void)err;
    if (log != NULL && log->session &&
        memcmp(log->device, x->log->device, 8) == 0)
        vlt_buf_put(&x->a->out, r->note, r->note_len);
    return VAULT_OK;
}

static enum vault_status
put_device(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    const struct intro *x = ctx;
    struct vlt_device d;
    enum vault_status st = vlt_device_parse(&d, note, len, err);

    if (st == VAULT_OK && memcmp(d.device, x->log->device, 8) == 0)
        vlt_buf_put(&x->a->out, note, len);
    return st;
}

static enum vault_status
put_intro(struct asking *a, const struct vlt_own_log *log,
    struct vault_error *err)
{
    struct intro x = {a, log};
    size_t i;
    enum vault_status st;

    if (!log->session)
        return vlt_logs(a->v->store, put_replica, &x, err);
    for (i = 0; i < a->devices; i++) {
        if (memcmp(a->introduced[i], log->device, 8) == 0)
            return VAULT_OK;
    }
    memcpy(a->introduced[a->devices++], log->device, 8);
    st = vlt_logs(a->v->store, put_session, &x, err);
    return st == VAULT_OK
        ? vlt_notes(a->v->store, "device", put_device, &x, err)
        : st;
}

/* ---- all that are to be asked for ---- */

static enum vault_status
wanted(struct asking *a, const struct vlt_log_names *names,
    const struct vlt_own_log *log, bool *out, struct vault_error *err)
{
    bool named = false;
    enum vault_status st = VAULT_OK;

    if (a->o->origin != NULL) {
        size_t len = strlen(log->origin), n = strlen(a->o->origin);

        *out = n >= 6 && n <= len &&
            strcmp(log->origin + len - n, a->o->origin) == 0;
        return VAULT_OK;
    }
    if (!a->o->all)
        st = vlt_log_named(a->v, names, log, &named, err);
    *out = st == VAULT_OK && !named;
    return st;
}

static enum vault_status
one_log(struct asking *a, size_t i, struct vault_error *err)
{
    const struct vlt_own_log *log = &a->v->logs.log[i];
    uint64_t old = 0;
    bool skip = false;
    enum vault_status st = old_size(a, i, &old, &skip, err);

    if (a->o->has_old && a->found)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "--log with the end of the log's origin says which",
            "a size is the size of one log, and there is more than one to ask "
            "for");
    a->found = true;
    if (st != VAULT_OK || skip)
        return st;
    if (a->logs == VAULT_WITNESSED_LOGS)
        return vlt_fail_hint(err, VAULT_E_LIMIT,
            "without --all only those are asked for that no other covers",
            "a witness signs for no more than %d logs of a vault",
            VAULT_WITNESSED_LOGS);
    st = put_request(a, log, old, err);
    if (st == VAULT_OK && old == 0)
        st = put_intro(a, log, err);
    a->logs++;
    return st;
}

static enum vault_status
all_logs(struct asking *a, struct vault_error *err)
{
    struct vlt_log_names names = {0, 0, NULL};
    enum vault_status st = VAULT_OK;
    size_t i;

    if (!a->o->all && a->o->origin == NULL)
        st = vlt_log_names_load(a->v, &names, err);
    for (i = 0; st == VAULT_OK && i < a->v->logs.n; i++) {
        bool want = false;

        st = wanted(a, &names, &a->v->logs.log[i], &want, err);
        if (st == VAULT_OK && want)
            st = one_log(a, i, err);
    }
    vlt_log_names_clear(&names);
    if (st == VAULT_OK && a->o->origin != NULL && !a->found)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "no log of this vault ends in %s",
            a->o->origin);
    return st == VAULT_OK ? vlt_buf_end(&a->out, "request", err) : st;
}

static enum vault_status
ask_named(struct asking *a, const char *name, struct vault_error *err)
{
    struct vlt_witness_set *set = malloc(sizeof *set);
    enum vault_status st = set == NULL ? vlt_fail_memory(err)
                                       : vlt_witness_set_load(a->v, set, err);

    if (st == VAULT_OK) {
        a->pin = vlt_witness_by_name(set, name);
        if (a->pin == NULL)
            st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
                "sanduq witness init NAME KEY pins one",
                "no witness is pinned as \"%s\"", name);
    }
    a->signed_to = calloc(a->v->logs.n + 1, sizeof *a->signed_to);
    a->introduced = calloc(a->v->logs.n + 1, sizeof *a->introduced);
    if (st == VAULT_OK && (a->signed_to == NULL || a->introduced == NULL))
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_cosigned_each(a->v, &a->v->logs, set, note_size, a, err);
    if (st == VAULT_OK)
        st = all_logs(a, err);
    free(a->introduced);
    free(a->signed_to);
    free(set);
    return st;
}

enum vault_status
vault_witness_ask(struct vault *v, const char *name,
    const struct vault_ask_options *o,
    int (*fn)(void *ctx, const char *text, size_t len), void *ctx,
    uint64_t *logs, struct vault_error *err)
{
    static const struct vault_ask_options none;
    struct asking a = {.v = v, .o = o == NULL ? &none : o};
    enum vault_status st;

    vlt_buf_init(&a.out, VLT_TEXTS_MAX);
    st = vlt_witness_write_begin(v, err);
    if (st != VAULT_OK)
        return st;
    st = ask_named(&a, name, err);
    st = vlt_witness_write_end(v, st, err);
    if (st == VAULT_OK && a.logs > 0 &&
        fn(ctx, (const char *)a.out.p, a.out.len) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    if (st == VAULT_OK)
        *logs = a.logs;
    vlt_buf_clear(&a.out);
    return st;
}
