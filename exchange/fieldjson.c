/* SPDX-License-Identifier: Apache-2.0 */
/* fieldjson.c: a field as JSON, exact, and as plain text */
#include "fieldjson.h"

#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *
field_type_word(enum vault_field_type type)
{
    switch (type) {
    case VAULT_TEXT:
        return "text";
    case VAULT_BYTES:
        return "bytes";
    case VAULT_TIME:
        return "time";
    case VAULT_LINK:
        return "link";
    case VAULT_BODY:
        return "body";
    case VAULT_DATE:
        return "date";
    case VAULT_LANG_TEXT:
        return "lang";
    case VAULT_NUMBER:
        return "number";
    }
    return "other";
}

const char *
field_state_word(enum vault_field_state state)
{
    switch (state) {
    case VAULT_VALUE:
        return "value";
    case VAULT_REFUSED:
        return "refused";
    case VAULT_NOT_ASKED:
        return "not-asked";
    case VAULT_UNKNOWN:
        return "unknown";
    }
    return "other";
}

static bool
is_i64(const struct vault_field *f)
{
    return (f->type == VAULT_TIME || f->type == VAULT_NUMBER) &&
        f->value_len == 8;
}

/* `lang text` and `calendar date`: where the second part begins. */
static size_t
second_part(const struct vault_field *f)
{
    const uint8_t *space = f->value_len > 0 &&
            (f->type == VAULT_DATE || f->type == VAULT_LANG_TEXT)
        ? memchr(f->value, ' ', f->value_len)
        : NULL;

    return space != NULL ? (size_t)(space - f->value) + 1 : 0;
}

static void
link_json(struct jline *j, const struct vault_field *f)
{
    struct vault_link link;

    jline_hex(j, "hex", f->value, f->value_len);
    if (!vault_link_read(f, &link))
        return;
    jline_text(j, "relation", link.relation);
    jline_hex(j, "vault", link.vault, VAULT_ID);
    jline_hex(j, "record", link.record, VAULT_ID);
    jline_u64(j, "version", link.version);
}

static void
value_members(struct jline *j, const struct vault_field *f)
{
    size_t at = second_part(f);

    if (is_i64(f)) {
        int64_t v = (int64_t)vlt_load_u64(f->value);

        jline_i64(j, "value", v);
        if (f->type == VAULT_TIME)
            jline_time(j, "time", v);
    } else if (at > 0) {
        jline_text_n(j, f->type == VAULT_DATE ? "calendar" : "lang", f->value,
            at - 1);
        jline_text_n(j, "value", f->value + at, f->value_len - at);
    } else if (f->type == VAULT_TEXT) {
        jline_text_n(j, "value", f->value, f->value_len);
    } else if (f->type == VAULT_LINK) {
        link_json(j, f);
    } else if (f->type != VAULT_BODY) {
        jline_hex(j, "hex", f->value, f->value_len);
    }
}

void
field_json(struct jline *j, const struct vault_field *f)
{
    const char *type = field_type_word(f->type);

    jline_object(j, NULL);
    jline_text(j, "name", f->name);
    jline_text(j, "type", type);
    if (strcmp(type, "other") == 0)
        jline_u64(j, "type_number", (uint64_t)f->type);
    jline_text(j, "state", field_state_word(f->state));
    if (f->state == VAULT_VALUE)
        value_members(j, f);
    jline_object_end(j);
}

/* ---- plain text ---- */

static void
put_b64(struct vlt_buf *out, const uint8_t *p, size_t n)
{
    char *text = malloc(VLT_B64_SIZE(n) + 1);

    if (text == NULL) {
        out->failed = true;
        out->no_memory = true;
        return;
    }
    vlt_b64(text, p, n);
    vlt_buf_put_str(out, text);
    vlt_wipe(text, VLT_B64_SIZE(n));
    free(text);
}

static void
put_link(struct vlt_buf *out, const struct vault_field *f)
{
    char vault[2 * VAULT_ID + 1], record[2 * VAULT_ID + 1];
    struct vault_link link;

    if (!vault_link_read(f, &link))
        return;
    vlt_hex(vault, link.vault, VAULT_ID);
    vlt_hex(record, link.record, VAULT_ID);
    vlt_buf_printf(out, "%s %s %s", link.relation, vault, record);
    if (link.version > 0)
        vlt_buf_printf(out, " %" PRIu32, link.version);
}

static void
put_i64(struct vlt_buf *out, const struct vault_field *f)
{
    int64_t v = (int64_t)vlt_load_u64(f->value);
    char when[WHEN_SIZE];

    if (f->type == VAULT_TIME && v >= 0) {
        when_utc(when, v);
        vlt_buf_put_str(out, when);
    } else {
        vlt_buf_printf(out, "%" PRId64, v);
    }
}

void
field_plain(struct vlt_buf *out, const struct vault_field *f)
{
    static const char gregorian[] = "gregorian ";
    size_t at = second_part(f);

    if (f->state != VAULT_VALUE) {
        vlt_buf_printf(out, "!%s", field_state_word(f->state));
    } else if (is_i64(f)) {
        put_i64(out, f);
    } else if (f->type == VAULT_DATE &&
        (at != sizeof gregorian - 1 || memcmp(f->value, gregorian, at) != 0)) {
        vlt_buf_put(out, f->value, f->value_len);
    } else if (at > 0) {
        vlt_buf_put(out, f->value + at, f->value_len - at);
    } else if (f->type == VAULT_TEXT) {
        vlt_buf_put(out, f->value, f->value_len);
    } else if (f->type == VAULT_LINK) {
        put_link(out, f);
    } else if (f->type != VAULT_BODY) {
        put_b64(out, f->value, f->value_len);
    }
}

const char *
field_lang(const struct vault_field *f, size_t *n)
{
    size_t at = f->type == VAULT_LANG_TEXT && f->state == VAULT_VALUE
        ? second_part(f)
        : 0;

    *n = at > 0 ? at - 1 : 0;
    return (const char *)f->value;
}
