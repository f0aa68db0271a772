/* SPDX-License-Identifier: Apache-2.0 */
/* leaves.c: showing entries of the custody log */
#include "leaves.h"

#include "fieldjson.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

static void
print_json(const struct vault_leaf *l)
{
    struct jline j;

    jline_begin(&j, "leaf");
    jline_u64(&j, "log", l->log);
    jline_text(&j, "origin", l->origin);
    jline_u64(&j, "index", l->index);
    jline_text(&j, "kind", l->kind);
    jline_bool(&j, "known", l->known);
    if (l->has_record) {
        jline_hex(&j, "id", l->record, VAULT_ID);
        jline_u64(&j, "version", l->version);
    }
    jline_hex(&j, "subject", l->subject, VAULT_HASH);
    jline_hex(&j, "hash", l->hash, VAULT_HASH);
    jline_bool(&j, "opened", l->opened);
    if (l->opened) {
        jline_time(&j, "time", l->time);
        if (l->clock[0] != 0)
            jline_text(&j, "clock", l->clock);
        if (l->clock_known >= 0)
            jline_time(&j, "clock_known", l->clock_known);
        jline_text(&j, "actor", l->actor);
        jline_text(&j, "reason", l->reason);
        jline_text(&j, "tool", l->tool);
        if (l->gen >= 0)
            jline_i64(&j, "gen", l->gen);
        if (l->fields_len > 0) {
            jline_array(&j, "fields");
            for (size_t i = 0; i < l->fields_len; i++)
                field_json(&j, &l->fields[i]);
            jline_array_end(&j);
        }
    }
    jline_end(&j);
}

/* What stands behind the entry: a claim of whoever wrote it. */
static void
print_claim(const char *label, const char *text)
{
    if (text[0] == 0)
        return;
    out_printf("  %s ", label);
    out_safe(text, strlen(text), 0);
}

static void
print_clock(const struct vault_leaf *l)
{
    if (l->clock[0] == 0)
        return;
    out_text("  ");
    out_text(strcmp(l->clock, "checked") == 0
            ? tr("(the clock was compared, a person said)")
            : tr("(the clock is in doubt)"));
}

/* What else the event says: action=export format=bagit ... Bytes, which say
 * nothing to a person, only when all is asked for. */
static void
print_fields(const struct vault_leaf *l, bool all)
{
    for (size_t i = 0; i < l->fields_len; i++) {
        const struct vault_field *f = &l->fields[i];
        struct vlt_buf text;

        if (f->type == VAULT_BYTES && !all)
            continue;
        vlt_buf_init(&text, 4 * f->value_len + 64);
        field_plain(&text, f);
        out_printf("  %s=", f->name);
        out_safe(vlt_buf_cstr(&text), text.len, 0);
        vlt_buf_clear(&text);
    }
}

static int
print_one(void *ctx, const struct vault_leaf *l)
{
    const struct cli *c = ctx;
    char when[WHEN_SIZE], id[HEX_ID];

    if (c->g.json) {
        print_json(l);
        return vlt_os_interrupted() ? 1 : 0;
    }
    out_printf("  %" PRIu32 "/%-6" PRIu64 " ", l->log, l->index);
    when_local(when, l->opened ? l->time : -1);
    out_column(when, 23, false);
    out_text("  ");
    out_column(l->kind, 9, false);
    if (l->has_record) {
        hex_id(id, l->record);
        out_printf("  %s v%" PRIu32, id, l->version);
    }
    if (l->opened) {
        print_clock(l);
        print_fields(l, c->g.verbose);
        print_claim(tr("by"), l->actor);
        print_claim(tr("because"), l->reason);
        if (c->g.verbose)
            print_claim(tr("with"), l->tool);
    }
    out_text("\n");
    return vlt_os_interrupted() ? 1 : 0;
}

enum vault_status
leaves_print(struct cli *c, const uint8_t *record, struct vault_error *err)
{
    return vault_log(c->vault, record, print_one, c, err);
}
