/* SPDX-License-Identifier: Apache-2.0 */
/* circle.c: several vaults whose people have compared each other's cards */
#include "circle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "action.h"
#include "pin_add.h"
#include "rows.h"
#include "settings.h"
#include "text.h"

static void
must(enum vault_status st, const struct vault_error *err, const char *what)
{
    if (st != VAULT_OK)
        temp_die(err->message, what);
}

/* ---- cards ---- */

static enum vault_status
take_card(void *ctx, const struct vlt_identity_row *r, struct vault_error *err)
{
    struct vlt_buf *note = ctx;

    vlt_buf_reset(note);
    vlt_buf_put(note, r->card, r->card_len);
    return vlt_buf_end(note, "card", err);
}

void
circle_pin(struct vault *v, struct vault *of, const char *name, bool compared)
{
    struct vault_error err;
    struct vlt_buf note;
    struct vlt_pin pin;
    bool changed = false;

    vlt_buf_init(&note, VLT_NOTE_MAX);
    must(vlt_store_begin(of->store, false, &err), &err, "begin");
    must(vlt_identities(of->store, take_card, &note, &err), &err, "card");
    vlt_store_rollback(of->store);
    must(vlt_action_begin(v, &err), &err, "action");
    must(vlt_pin_add(v, (const char *)note.p, note.len, name, compared,
             &changed, &pin, &err),
        &err, "pin");
    vlt_pin_clear(&pin);
    must(vlt_settings_changed(v, &err), &err, "settings");
    must(vlt_action_commit(v, &err), &err, "commit");
    vlt_buf_clear(&note);
}

void
circle_make(struct circle *c, size_t n)
{
    char name[24];

    memset(c, 0, sizeof *c);
    c->n = n;
    if (getenv("TMPDIR") == NULL && access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 1);
    temp_dir_make(&c->files);
    for (size_t i = 0; i < n; i++)
        quick_make(&c->q[i]);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++) {
            (void)snprintf(name, sizeof name, "v%zu", k);
            if (i != k)
                circle_pin(c->q[i].v, c->q[k].v, name, true);
        }
    }
}

void
circle_end(struct circle *c)
{
    for (size_t i = 0; i < c->n; i++)
        quick_end(&c->q[i]);
    temp_dir_remove(&c->files);
}

void
circle_id(struct vault *v, uint8_t id[VAULT_ID])
{
    memcpy(id, v->id, VAULT_ID);
}

/* ---- giving ---- */

void
circle_share(struct circle *c, const struct circle_share *s, const char *name,
    char out[TEMP_PATH])
{
    const char *only[2] = {"title", s->only};
    struct vault_share_options opt = {.plain_container = !s->courier};
    struct vault_share *share = NULL;
    struct vault_shared done;
    struct vault_error err;
    char dest[TEMP_PATH], to[24];

    if (s->only != NULL) {
        opt.only = only;
        opt.only_n = 2;
    }
    temp_dir_path(&c->files, name, dest);
    must(vault_share_begin(c->q[s->from].v, &opt, &share, &err), &err, "share");
    for (size_t i = 0; i < c->n; i++) {
        (void)snprintf(to, sizeof to, "v%zu", i);
        if ((s->to >> i & 1) != 0)
            must(vault_share_to(share, to, &err), &err, "share to");
    }
    for (size_t i = 0; i < s->n; i++)
        must(vault_share_add(share, s->id[i], 0, &err), &err, "share add");
    must(vault_share_commit(share, dest, &done, &err), &err, "share commit");
    (void)snprintf(out, TEMP_PATH, "%s", done.path);
    free(done.path);
    free(done.minisig);
}

/* ---- taking ---- */

/* Whatever is not ready then was refused. */
static int
all_done(void *ctx, const struct vault_received *row)
{
    struct vault_error *err = ctx;

    if (row->state == VAULT_RECEIVE_DONE)
        return 0;
    *err = row->why;
    return 1;
}

enum vault_status
circle_receive(struct vault *v, const char *const *path, size_t n,
    struct vault_receive_result *out, struct vault_error *err)
{
    return circle_receive_with(v, path, n, NULL, out, err);
}

enum vault_status
circle_receive_with(struct vault *v, const char *const *path, size_t n,
    const struct vault_shares *shares, struct vault_receive_result *out,
    struct vault_error *err)
{
    struct vault_receive *r = NULL;
    enum vault_status st = vault_receive_begin(v, NULL, &r, err);

    if (st == VAULT_OK && shares != NULL)
        st = vault_receive_shares(r, shares, err);
    for (size_t i = 0; st == VAULT_OK && i < n; i++)
        st = vault_receive_add(r, path[i], err);
    if (st == VAULT_OK)
        st = vault_receive_commit(r, out, err);
    if (st == VAULT_OK &&
        vault_receive_each(r, all_done, err, NULL) != VAULT_OK)
        st = VAULT_E_POLICY;
    vault_receive_close(r);
    return st;
}

void
circle_take(struct vault *v, const char *path, struct vault_receive_result *out)
{
    struct vault_receive_result own;
    struct vault_error err;

    must(circle_receive(v, &path, 1, out != NULL ? out : &own, &err), &err,
        path);
}

/* ---- what there is ---- */

struct picture {
    const uint8_t *origin, *but;
    size_t n;
    char **line;
};

static void
put_field(struct vlt_buf *b, const struct vault_field *f)
{
    vlt_buf_printf(b, " %s:%d:%d=", f->name, (int)f->type, (int)f->state);
    for (size_t i = 0; i < f->value_len; i++)
        vlt_buf_printf(b, "%02x", f->value[i]);
}

static int
take_record(void *ctx, const struct vault_record *r)
{
    const struct vault_entry *e = vault_record_entry(r);
    struct picture *p = ctx;
    uint8_t sha[VAULT_HASH] = {0};
    char id[33], hash[65];
    struct vlt_buf b;

    if (p->origin != NULL && memcmp(e->origin, p->origin, VAULT_ID) != 0)
        return 0;
    if (p->but != NULL && memcmp(e->origin, p->but, VAULT_ID) == 0)
        return 0;
    vlt_buf_init(&b, 1024 * 1024);
    vlt_hex(id, e->id, VAULT_ID);
    if (!vault_record_sha256(r, sha))
        memset(sha, 0, sizeof sha);
    vlt_hex(hash, sha, sizeof sha);
    vlt_buf_printf(&b, "%s %" PRIu32 "%s%s %s", id, e->version,
        e->conflict ? " conflict" : "", e->partial ? " part" : "", hash);
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (f.type != VAULT_BODY)
            put_field(&b, &f);
    }
    vlt_buf_put(&b, "\n", 1);
    p->line = realloc(p->line, (p->n + 1) * sizeof *p->line);
    if (p->line == NULL)
        temp_die("no memory", "picture");
    p->line[p->n++] = vlt_strdup(vlt_buf_cstr(&b));
    vlt_buf_clear(&b);
    return 0;
}

static int
bad_record(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    temp_die(why->message, "a record that cannot be read");
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *
circle_picture(struct vault *v, const uint8_t *origin, const uint8_t *but)
{
    struct picture p = {origin, but, 0, NULL};
    struct vault_error err;
    struct vlt_buf b;
    char *out;

    must(vault_list_records(v, NULL, take_record, bad_record, &p, &err), &err,
        "vault_list_records");
    if (p.n > 0)
        qsort(p.line, p.n, sizeof *p.line, by_text);
    vlt_buf_init(&b, 64 * 1024 * 1024);
    for (size_t i = 0; i < p.n; i++) {
        vlt_buf_put_str(&b, p.line[i]);
        free(p.line[i]);
    }
    free(p.line);
    out = vlt_strdup(vlt_buf_cstr(&b));
    vlt_buf_clear(&b);
    return out;
}
