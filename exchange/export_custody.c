/* SPDX-License-Identifier: Apache-2.0 */
/* export_custody.c: what a bag says about custody and consent */
#include "export_plan.h"

#include "fail.h"
#include "fieldjson.h"
#include "jline.h"
#include "os.h"

#include <stdlib.h>
#include <string.h>

enum { NOTES_MAX = 64 * 1024 * 1024 };

struct writing {
    struct export *e;
    struct tree_file *f;
    uint8_t (*known)[VAULT_HASH]; /* statements that go out, ascending */
    size_t known_len;
    struct vlt_buf notes;
    struct vault_error *err;
    enum vault_status st;
};

static int
compare(const void *a, const void *b)
{
    return memcmp(a, b, VAULT_HASH);
}

/* ---- checkpoints ---- */

static int
take_note(void *ctx, const char *note, size_t len)
{
    struct writing *w = ctx;

    if (w->notes.len > 0)
        vlt_buf_put_u8(&w->notes, '\n');
    vlt_buf_put(&w->notes, note, len);
    return 0;
}

VAULT_CHECKED static enum vault_status
write_checkpoints(struct writing *w, struct tree *t)
{
    enum vault_status st;

    vlt_buf_init(&w->notes, NOTES_MAX);
    st = vault_log_checkpoints(w->e->v, take_note, w, w->err);
    if (st == VAULT_OK)
        st = vlt_buf_end(&w->notes, "checkpoints", w->err);
    if (st == VAULT_OK)
        st = tree_tag(t, "custody/checkpoints.txt", w->notes.p, w->notes.len,
            w->err);
    vlt_buf_clear(&w->notes);
    return st;
}

/* ---- lines of the log ---- */

VAULT_CHECKED static enum vault_status
put_line(struct writing *w, struct jline *j)
{
    enum vault_status st;

    jline_close(j);
    st = vlt_buf_end(&j->buf, "line", w->err);
    if (st == VAULT_OK)
        st = tree_put(w->f, j->buf.p, j->buf.len, w->err);
    vlt_buf_clear(&j->buf);
    return st;
}

/* Of what does not go out only the hash, which the root is made of. */
static int
take_leaf(void *ctx, const struct vault_leaf *l)
{
    struct writing *w = ctx;
    struct jline j;
    bool ours = bsearch(l->subject, w->known, w->known_len, VAULT_HASH,
                    compare) != NULL;

    jline_begin(&j, "leaf");
    jline_text(&j, "origin", l->origin);
    jline_u64(&j, "index", l->index);
    jline_hex(&j, "hash", l->hash, VAULT_HASH);
    if (ours) {
        jline_text(&j, "kind", l->kind);
        if (l->has_record) {
            jline_hex(&j, "id", l->record, VAULT_ID);
            jline_u64(&j, "version", l->version);
        }
        jline_hex(&j, "subject", l->subject, VAULT_HASH);
        jline_hex(&j, "event", l->event, VAULT_HASH);
    }
    w->st = put_line(w, &j);
    if (w->st == VAULT_OK && vlt_os_interrupted())
        w->st = vlt_fail(w->err, VAULT_E_CANCELLED, "interrupted");
    return w->st != VAULT_OK;
}

VAULT_CHECKED static enum vault_status
write_leaves(struct writing *w, struct tree *t)
{
    enum vault_status st = tree_open(t, "custody/log.jsonl", &w->f, w->err);

    if (st != VAULT_OK)
        return st;
    st = vault_log(w->e->v, NULL, take_leaf, w, w->err);
    if (w->st != VAULT_OK)
        st = w->st;
    if (st != VAULT_OK) {
        tree_drop(t, w->f);
        return st;
    }
    return tree_close(t, w->f, TREE_TAG, NULL, NULL, w->err);
}

/* ---- receipts ---- */

/* Purpose, answer, days: nothing that says who. */
static bool
in_receipt(const char *name)
{
    static const char *const names[] = {"asked.date", "embargo", "expiry",
        "review", "schema", "withdrawal.date"};
    static const char head[] = "purpose.";

    for (size_t i = 0; i < VLT_COUNT(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strncmp(name, head, sizeof head - 1) == 0 &&
        consent_purpose(name + sizeof head - 1);
}

VAULT_CHECKED static enum vault_status
put_receipt(struct writing *w, size_t number)
{
    uint8_t id[VAULT_ID], statement[VAULT_HASH];
    struct vault_record *r = NULL;
    struct jline j;
    enum vault_status st;

    consent_book_at(w->e->book, number, id, statement);
    st = vault_record_open_statement(w->e->v, id, statement, &r, w->err);
    if (st != VAULT_OK)
        return st;
    jline_begin(&j, "consent");
    jline_hex(&j, "id", id, VAULT_ID);
    jline_hex(&j, "statement", statement, VAULT_HASH);
    jline_array(&j, "fields");
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (in_receipt(f.name))
            field_json(&j, &f);
    }
    jline_array_end(&j);
    vault_record_close(r);
    return put_line(w, &j);
}

VAULT_CHECKED static enum vault_status
write_receipts(struct writing *w, struct tree *t)
{
    size_t n = consent_book_count(w->e->book);
    enum vault_status st =
        tree_open(t, "consent/receipts.jsonl", &w->f, w->err);

    if (st != VAULT_OK)
        return st;
    for (size_t i = 0; st == VAULT_OK && i < n; i++) {
        if (w->e->consents[i])
            st = put_receipt(w, i);
    }
    if (st != VAULT_OK) {
        tree_drop(t, w->f);
        return st;
    }
    return tree_close(t, w->f, TREE_TAG, NULL, NULL, w->err);
}

enum vault_status
export_bag_tags(struct export *e, struct tree *t, struct vault_error *err)
{
    struct writing w = {.e = e, .err = err};
    enum vault_status st;

    w.known = calloc(e->items, sizeof *w.known);
    if (w.known == NULL)
        return vlt_fail_memory(err);
    for (size_t i = 0; i < e->items; i++)
        memcpy(w.known[w.known_len++], e->item[i].statement, VAULT_HASH);
    qsort(w.known, w.known_len, sizeof *w.known, compare);
    st = write_checkpoints(&w, t);
    if (st == VAULT_OK)
        st = write_leaves(&w, t);
    if (st == VAULT_OK)
        st = write_receipts(&w, t);
    free(w.known);
    return st;
}
