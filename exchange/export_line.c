/* SPDX-License-Identifier: Apache-2.0 */
/* export_line.c: a record as a line of JSON */
#include "export_plan.h"

#include "fail.h"
#include "fieldjson.h"
#include "os.h"

#include <string.h>

enum { LINE_MAX = 64 * 1024 * 1024 };

/* Of the original: as it is sealed, and as it was handed over. */
static void
put_removed(struct jline *j, const struct export *e)
{
    jline_array(j, "removed");
    for (size_t i = 0; i < e->removed_len; i++) {
        jline_object(j, NULL);
        jline_text(j, "what", e->removed[i].what);
        jline_u64(j, "bytes", e->removed[i].bytes);
        jline_object_end(j);
    }
    jline_array_end(j);
}

static void
put_original(struct jline *j, const struct export *e,
    const struct vault_record *r, const struct export_body *body)
{
    uint8_t sealed[VAULT_HASH];
    bool out = body != NULL && body->file[0] != 0;

    if (!vault_record_sha256(r, sealed))
        return;
    jline_hex(j, "sha256", out ? body->sha256 : sealed, VAULT_HASH);
    jline_u64(j, "bytes", out ? body->bytes : vault_record_entry(r)->bytes);
    if (!out)
        return;
    if (memcmp(body->sha256, sealed, VAULT_HASH) != 0)
        jline_hex(j, "original_sha256", sealed, VAULT_HASH);
    jline_text(j, "file", body->file);
    if (e->opt.strip)
        put_removed(j, e);
}

enum vault_status
export_line(struct export *e, const struct vault_record *r,
    const struct export_body *body, struct vlt_buf *out,
    struct vault_error *err)
{
    const struct vault_entry *n = vault_record_entry(r);
    char device[VAULT_DEVICE_HEX];
    uint8_t statement[VAULT_HASH];
    struct jline j;
    enum vault_status st;

    vault_record_statement(r, statement);
    jline_begin(&j, "record");
    jline_text(&j, "record_type", n->type);
    jline_hex(&j, "vault", e->vault, VAULT_ID);
    jline_hex(&j, "id", n->id, VAULT_ID);
    jline_u64(&j, "version", n->version);
    jline_hex(&j, "statement", statement, VAULT_HASH);
    jline_time(&j, "sealed", n->sealed);
    if (n->conflict)
        jline_bool(&j, "conflict", true);
    if (export_is_untrusted(e, r, device))
        jline_bool(&j, "untrusted", true);
    put_original(&j, e, r, body);
    jline_array(&j, "fields");
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        field_json(&j, &f);
    }
    jline_array_end(&j);
    jline_close(&j);
    st = vlt_buf_end(&j.buf, "record", err);
    if (st == VAULT_OK) {
        vlt_buf_put(out, j.buf.p, j.buf.len);
        st = vlt_buf_end(out, "record", err);
    }
    vlt_buf_clear(&j.buf);
    return st;
}

/* ---- lines alone ---- */

VAULT_CHECKED static enum vault_status
put_line(struct export *e, const struct export_item *i, struct vlt_outfile *f,
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    struct vlt_buf line;
    enum vault_status st =
        vault_record_open_statement(e->v, i->id, i->statement, &r, err);

    vlt_buf_init(&line, LINE_MAX);
    if (st == VAULT_OK)
        st = export_line(e, r, NULL, &line, err);
    if (st == VAULT_OK)
        st = vlt_outfile_write(f, line.p, line.len, err);
    vlt_buf_clear(&line);
    vault_record_close(r);
    return st;
}

enum vault_status
export_to_lines(struct export *e, struct vlt_outfile *f,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    for (size_t i = 0; st == VAULT_OK && i < e->items; i++) {
        st = put_line(e, &e->item[i], f, err);
        if (st == VAULT_OK && vlt_os_interrupted())
            st = vlt_fail(err, VAULT_E_CANCELLED, "interrupted");
    }
    return st;
}
