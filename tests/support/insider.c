/* SPDX-License-Identifier: Apache-2.0 */
/* insider.c: what somebody can do who has the keys of a vault's log */
#include "insider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handle.h"
#include "log_rows.h"

static void
must(enum vault_status st, const char *what)
{
    if (st != VAULT_OK)
        temp_die(vault_status_name(st), what);
}

void
insider_key(struct vault *v, uint8_t secret[32])
{
    memcpy(secret, v->state.log->b, 32);
}

struct finding {
    uint64_t n;
    char origin[VLT_NAME_MAX + 1];
};

static enum vault_status
take_log(void *ctx, const struct vlt_log_row *r, struct vault_error *err)
{
    struct finding *f = ctx;

    (void)err;
    if (r->n == f->n)
        memcpy(f->origin, r->origin, r->origin_len);
    return VAULT_OK;
}

/* The tree from its lines, node by node, and a checkpoint over all of it. */
static void
sign(struct vlt_store *s, struct finding *f, const uint8_t secret[32])
{
    struct vlt_checkpoint cp;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_buf text, note;
    uint64_t i;

    memset(&cp, 0, sizeof cp);
    must(vlt_logs(s, take_log, f, NULL), "logs");
    must(vlt_leaf_count(s, f->n, &cp.size, NULL), "lines");
    vlt_log_tree_io(&tree, s, f->n, true, &io);
    for (i = 0; i < cp.size; i++)
        must(vlt_tree_appended(&io, i, NULL), "nodes");
    must(vlt_tree_root(&io, cp.size, cp.root, NULL), "root");
    memcpy(cp.origin, f->origin, sizeof cp.origin);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_checkpoint_encode(&text, &cp, NULL), "checkpoint");
    must(vlt_note_sign(&note, (const char *)text.p, text.len, cp.origin, secret,
             NULL),
        "signing");
    must(vlt_checkpoint_put(s, f->n, cp.size, (const char *)note.p, note.len,
             NULL),
        "storing");
    vlt_buf_clear(&text);
    vlt_buf_clear(&note);
}

char *
insider_checkpoint(const char *path, uint64_t size, const uint8_t secret[32])
{
    struct vlt_store_options opt = {VLT_STORE_READ, 0, NULL, NULL};
    struct finding f = {1, ""};
    struct vlt_checkpoint cp;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    struct vlt_store *s = NULL;
    struct vlt_buf text, note;
    char *out;

    memset(&cp, 0, sizeof cp);
    cp.size = size;
    must(vlt_store_open(path, &opt, &s, NULL), path);
    must(vlt_store_begin(s, false, NULL), "begin");
    must(vlt_logs(s, take_log, &f, NULL), "logs");
    vlt_log_tree_io(&tree, s, 1, false, &io);
    must(vlt_tree_root(&io, size, cp.root, NULL), "root");
    memcpy(cp.origin, f.origin, sizeof cp.origin);
    vlt_buf_init(&text, VLT_NOTE_MAX);
    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_checkpoint_encode(&text, &cp, NULL), "checkpoint");
    must(vlt_note_sign(&note, (const char *)text.p, text.len, cp.origin, secret,
             NULL),
        "signing");
    out = strdup(vlt_buf_cstr(&note));
    vlt_buf_clear(&text);
    vlt_buf_clear(&note);
    vlt_store_close(s);
    return out;
}

void
insider_sign(const char *path, uint64_t n, const uint8_t secret[32])
{
    struct vlt_store_options opt = {VLT_STORE_WRITE, 0, NULL, NULL};
    struct finding f = {n, ""};
    struct vlt_store *s = NULL;
    char sql[128];

    (void)snprintf(sql, sizeof sql,
        "DELETE FROM node WHERE log = %u; DELETE FROM checkpoint WHERE log = "
        "%u",
        (unsigned)n, (unsigned)n);
    quick_sql(path, sql);
    must(vlt_store_open(path, &opt, &s, NULL), path);
    must(vlt_store_begin(s, true, NULL), "begin");
    sign(s, &f, secret);
    must(vlt_store_commit(s, NULL), "commit");
    vlt_store_close(s);
}

void
insider_drop(const char *path, unsigned rid)
{
    char sql[1024];

    (void)snprintf(sql, sizeof sql,
        "CREATE TEMP TABLE gone AS SELECT idx FROM leaf WHERE log = 1 AND id = "
        "(SELECT id FROM record WHERE rid = %u);"
        "DELETE FROM leaf WHERE log = 1 AND idx IN (SELECT idx FROM gone);"
        "UPDATE leaf SET idx = -(idx - (SELECT count(*) FROM gone WHERE "
        "gone.idx < leaf.idx)) WHERE log = 1 AND idx > 0;"
        "UPDATE leaf SET idx = -idx WHERE log = 1 AND idx < 0;"
        "DELETE FROM record WHERE rid = %u; DELETE FROM wrap WHERE rid = %u;"
        "DELETE FROM segment WHERE rid = %u",
        rid, rid, rid, rid);
    quick_sql(path, sql);
}
