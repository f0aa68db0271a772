/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_show.c: one record, its fields and what happened to it */
#include "clocks.h"
#include "cmd.h"
#include "device_show.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "leaves.h"
#include "os.h"
#include "out.h"
#include "provenance.h"
#include "related.h"
#include "safe.h"
#include "tr.h"
#include "unlocking.h"
#include "fieldjson.h"
#include "value.h"
#include "versions.h"
#include "when.h"

#include <vault/device.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <vault/compartments.h>

struct show_opts {
    const char *field;
    const char *revision;
    const char *statement;
};

static const struct opt show_table[] = {
    {0, "field", OPT_TEXT, "NAME", N_("only the value of this field"),
        offsetof(struct show_opts, field)},
    {0, "revision", OPT_TEXT, "N", N_("an older version"),
        offsetof(struct show_opts, revision)},
    {0, "statement", OPT_TEXT, "STATEMENT",
        N_("the version with this statement, as when two are in conflict"),
        offsetof(struct show_opts, statement)},
};

static const struct cmd_example show_examples[] = {
    {"sanduq show 5f2c0a", N_("all fields, and the custody of the record")},
    {"sanduq show 5f2c0a --field text", N_("one field, as it was given")},
    {"sanduq show 5f2c0a --revision 1", N_("what it said at first")},
};

static void
warn_untrusted(const struct cli *c, const struct vault_record *r)
{
    char device[VAULT_DEVICE_HEX];

    if (device_untrusted(c, vault_record_entry(r), device) && device[0] == '?')
        out_printf("%s\n", device_unknown());
    else if (device[0] != 0)
        out_printf(tr("UNTRUSTED: sealed by device %s, which is revoked, after "
                      "its last good state: whoever had the device then can "
                      "have made it\n"),
            device);
}

static void
print_text(struct cli *c, const struct vault_record *r)
{
    const struct vault_entry *e = vault_record_entry(r);
    char hex[HEX_HASH], size[SIZE_TEXT];
    uint8_t sha[VAULT_HASH];

    hex_id(hex, e->id);
    out_printf(tr("Record %s, version %" PRIu32 " of %" PRIu32), hex,
        e->version, vault_record_versions(r));
    out_text("\n");
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (f.type != VAULT_BODY && !clock_is_field(f.name))
            value_print(&f);
    }
    clock_print(r);
    if (e->has_body && vault_record_sha256(r, sha)) {
        hex_hash(hex, sha);
        size_text(size, e->bytes);
        out_printf(tr("Original: %s (%" PRIu64 " bytes), SHA-256 %s"), size,
            e->bytes, hex);
        out_text("\n");
    }
    provenance_print(c, r);
    warn_untrusted(c, r);
}

static void
print_json(struct cli *c, const struct vault_record *r)
{
    const struct vault_entry *e = vault_record_entry(r);
    uint8_t sha[VAULT_HASH];
    char doubt[32], device[VAULT_DEVICE_HEX];
    int64_t known;
    struct jline j;

    jline_begin(&j, "record");
    jline_hex(&j, "id", e->id, VAULT_ID);
    jline_u64(&j, "version", e->version);
    jline_u64(&j, "versions", vault_record_versions(r));
    jline_text(&j, "record_type", e->type);
    jline_text(&j, "name", e->name);
    jline_text(&j, "media", e->media);
    jline_time(&j, "sealed", e->sealed);
    if (clock_of_record(r, doubt, &known))
        clock_json(&j, doubt, known);
    if (e->has_body)
        jline_u64(&j, "bytes", e->bytes);
    if (e->has_body && vault_record_sha256(r, sha))
        jline_hex(&j, "sha256", sha, sizeof sha);
    jline_array(&j, "fields");
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        field_json(&j, &f);
    }
    jline_array_end(&j);
    provenance_json(c, r, &j);
    if (device_untrusted(c, e, device)) {
        jline_bool(&j, "untrusted", true);
        jline_text(&j, "device", device);
    }
    jline_end(&j);
}

/* The value as it was given; harmless on a terminal. */
static void
print_raw(const struct vault_field *f)
{
    struct vlt_buf b;

    vlt_buf_init(&b, 2 * f->value_len + 128);
    if (f->type == VAULT_BYTES && !vlt_tty_is(1))
        vlt_buf_put(&b, f->value, f->value_len);
    else
        value_text(&b, f);
    if (vlt_tty_is(1)) {
        out_safe((const char *)b.p, b.len, SAFE_BLOCK);
        out_text("\n");
    } else {
        out_bytes(b.p, b.len);
    }
    vlt_buf_clear(&b);
}

VAULT_CHECKED static enum vault_status
print_field(const struct cli *c, const struct vault_record *r, const char *name,
    struct vault_error *err)
{
    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;
        struct jline j;

        vault_record_field(r, i, &f);
        if (strcmp(f.name, name) != 0)
            continue;
        if (!c->g.json) {
            print_raw(&f);
            return VAULT_OK;
        }
        jline_begin(&j, "field");
        jline_hex(&j, "id", vault_record_entry(r)->id, VAULT_ID);
        jline_array(&j, "fields");
        field_json(&j, &f);
        jline_array_end(&j);
        jline_end(&j);
        return VAULT_OK;
    }
    return vlt_fail(err, VAULT_E_NOT_FOUND, "the record has no field \"%s\"",
        name);
}

static void
tell_end(const struct cli *c)
{
    struct jline j;

    if (!c->g.json)
        return;
    jline_begin(&j, "summary");
    jline_text(&j, "command", "show");
    jline_u64(&j, "exit", 0);
    jline_end(&j);
}

/* ---- what only others can open ---- */

struct away {
    const struct cli *c;
    const uint8_t *statement;
    bool found;
};

static void
away_text(const struct vault_away *a)
{
    char hex[HEX_ID], when[WHEN_SIZE];

    hex_id(hex, a->id);
    when_local(when, a->sealed);
    out_printf(tr("Record %s, version %" PRIu32), hex, a->version);
    out_text("\n");
    out_printf(tr("Sealed %s to the compartment %s: nobody can open it here. "
                  "These can:"),
        when, a->compartment);
    out_text("\n");
    for (size_t i = 0; i < a->members_len; i++) {
        out_printf("  %s  ", a->members[i].fingerprint);
        out_safe(a->members[i].name, strlen(a->members[i].name), 0);
        out_text("\n");
    }
}

static void
away_json(const struct vault_away *a)
{
    struct jline j;

    jline_begin(&j, "away");
    jline_hex(&j, "id", a->id, VAULT_ID);
    jline_u64(&j, "version", a->version);
    jline_hex(&j, "statement", a->statement, VAULT_HASH);
    jline_text(&j, "compartment", a->compartment);
    jline_time(&j, "sealed", a->sealed);
    jline_array(&j, "members");
    for (size_t i = 0; i < a->members_len; i++)
        jline_text(&j, NULL, a->members[i].fingerprint);
    jline_array_end(&j);
    jline_array(&j, "names");
    for (size_t i = 0; i < a->members_len; i++)
        jline_text(&j, NULL, a->members[i].name);
    jline_array_end(&j);
    jline_end(&j);
}

static int
take_away(void *ctx, const struct vault_away *a)
{
    struct away *w = ctx;

    if (memcmp(a->statement, w->statement, VAULT_HASH) != 0)
        return 0;
    w->found = true;
    if (w->c->g.json)
        away_json(a);
    else
        away_text(a);
    return 0;
}

/* What is known of it, when that is why it does not open; else `st`. */
VAULT_CHECKED static enum vault_status
print_away(const struct cli *c, const uint8_t id[VAULT_ID],
    const uint8_t statement[VAULT_HASH], enum vault_status st)
{
    struct away w = {c, statement, false};
    struct vault_error why;

    if (st != VAULT_E_NO_KEY ||
        vault_away(c->vault, id, take_away, &w, &why) != VAULT_OK)
        return st;
    return w.found ? VAULT_OK : st;
}

VAULT_CHECKED static enum vault_status
print_record(struct cli *c, const uint8_t id[VAULT_ID],
    const uint8_t statement[VAULT_HASH], struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st;

    st = vault_record_open_statement(c->vault, id, statement, &r, err);
    if (st != VAULT_OK)
        return print_away(c, id, statement, st);
    if (c->g.json)
        print_json(c, r);
    else
        print_text(c, r);
    vault_record_close(r);
    return VAULT_OK;
}

/* What is left of a withdrawn record. */
static void
print_tombstone(const struct cli *c, const uint8_t id[VAULT_ID],
    const struct versions *v)
{
    char hex[HEX_ID], when[WHEN_SIZE];
    struct jline j;

    hex_id(hex, id);
    if (c->g.json) {
        jline_begin(&j, "tombstone");
        jline_text(&j, "id", hex);
        jline_u64(&j, "versions", v->n);
        jline_time(&j, "withdrawn_at", v->withdrawn_at);
        jline_bool(&j, "leftover", v->leftover);
        jline_end(&j);
        return;
    }
    when_local(when, v->withdrawn_at);
    if (v->foreign)
        out_printf(tr("The copy of record %s was destroyed here, %s"), hex,
            when);
    else
        out_printf(tr("Record %s was declared withdrawn, %s"), hex, when);
    out_text("\n");
}

/* Of somebody else's record no version is shown: opening it says why. */
VAULT_CHECKED static enum vault_status
say_why_not(const struct cli *c, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st = vault_record_open(c->vault, id, 0, &r, err);

    vault_record_close(r);
    return st;
}

/* The current version, or both of a conflict. */
VAULT_CHECKED static enum vault_status
print_shown(struct cli *c, const uint8_t id[VAULT_ID], const struct versions *v,
    struct vault_error *err)
{
    enum vault_status st = VAULT_OK;

    if (v->conflict)
        say_warn("%s",
            tr("two versions of this record are in conflict: both "
               "follow, and neither is the current one; sanduq "
               "amend ID --onto STATEMENT ends it"));
    if (v->shown_len == 0 && v->withdrawn > 0)
        print_tombstone(c, id, v);
    else if (v->shown_len == 0 && v->foreign)
        st = say_why_not(c, id, err);
    else if (v->shown_len == 0)
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "no line of the log names this record as it is stored");
    for (size_t i = 0; st == VAULT_OK && i < v->shown_len; i++)
        st = print_record(c, id, v->shown[i], err);
    return st;
}

VAULT_CHECKED static enum vault_status
print_custody(struct cli *c, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    if (!c->g.json)
        out_printf("%s\n", tr("Custody"));
    return leaves_print(c, id, err);
}

VAULT_CHECKED static enum vault_status
show_all(struct cli *c, const uint8_t id[VAULT_ID], struct vault_error *err)
{
    struct versions v;
    enum vault_status st = versions_read(c, id, &v, err);

    if (st != VAULT_OK)
        return st;
    st = print_shown(c, id, &v, err);
    if (st == VAULT_OK)
        st = versions_print(c, id, false, err);
    if (st == VAULT_OK && !v.conflict && v.shown_len > 0)
        st = related_print(c, id, false, NULL, err);
    versions_clear(&v);
    if (st == VAULT_OK)
        st = print_custody(c, id, err);
    return st;
}

/* One version by its number or statement, or one field. */
VAULT_CHECKED static enum vault_status
show_one(struct cli *c, const struct show_opts *o, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st;

    st = version_open(c, id, o->revision, o->statement, &r, err);
    if (st != VAULT_OK)
        return st;
    if (o->field != NULL)
        st = print_field(c, r, o->field, err);
    else if (c->g.json)
        print_json(c, r);
    else
        print_text(c, r);
    vault_record_close(r);
    if (st == VAULT_OK && o->field == NULL)
        st = print_custody(c, id, err);
    return st;
}

static enum vault_status
show_run(struct cli *c, struct vault_error *err)
{
    const struct show_opts *o = c->opts;
    uint8_t id[VAULT_ID];
    enum vault_status st = unlock_open(c, err);

    if (st == VAULT_OK)
        st = hex_resolve(c, c->args.v[0], id, err);
    if (st == VAULT_OK)
        st = unlock(c, err);
    if (st == VAULT_OK)
        st = o->field == NULL && o->revision == NULL && o->statement == NULL
            ? show_all(c, id, err)
            : show_one(c, o, id, err);
    if (st == VAULT_OK)
        tell_end(c);
    return st;
}

static const struct cmd show_cmds[] = {
    {"show", "ID",
        N_("the fields of a record, its versions, links and custody"),
        N_("ID is the record's id or its beginning, 6 digits or more. Texts "
           "that others wrote are made harmless for the terminal: marks such "
           "as \\u001b stand for control characters. The versions are listed "
           "when there is more than one, with links to and from other "
           "records. Of a withdrawn record its tombstone is shown."),
        show_examples, VLT_COUNT(show_examples), show_table,
        VLT_COUNT(show_table), sizeof(struct show_opts), 1, 1, 0, show_run},
};
const struct cmd_group show_group = {show_cmds, VLT_COUNT(show_cmds)};
