/* SPDX-License-Identifier: Apache-2.0 */
/* value.c: showing the value of a field */
#include "value.h"

#include "fail.h"
#include "hex.h"
#include "out.h"
#include "safe.h"
#include "text.h"
#include "tr.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

enum { NAME_COLUMNS = 22 };

static const char *
state_text(enum vault_field_state state)
{
    switch (state) {
    case VAULT_VALUE:
        return "";
    case VAULT_REFUSED:
        return tr("(asked, and refused)");
    case VAULT_NOT_ASKED:
        return tr("(not asked)");
    case VAULT_UNKNOWN:
        return tr("(unknown)");
    }
    return tr("(a state this version does not know)");
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
    const uint8_t *space =
        f->value_len > 0 ? memchr(f->value, ' ', f->value_len) : NULL;

    return space != NULL ? (size_t)(space - f->value) + 1 : 0;
}

static bool
is_pair(const struct vault_field *f)
{
    return (f->type == VAULT_DATE || f->type == VAULT_LANG_TEXT) &&
        second_part(f) > 0;
}

/* origin vault 16, record 16, version u32, relation */
static void
put_link(struct vlt_buf *out, const struct vault_field *f)
{
    char id[HEX_ID];

    if (f->value_len < 2 * VAULT_ID + 4) {
        vlt_buf_put_str(out, "?");
        return;
    }
    vlt_buf_put(out, f->value + 2 * VAULT_ID + 4,
        f->value_len - 2 * VAULT_ID - 4);
    hex_id(id, f->value + VAULT_ID);
    vlt_buf_printf(out, " %s", id);
}

static void
put_hex(struct vlt_buf *out, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        vlt_buf_printf(out, "%02x", p[i]);
}

void
value_text(struct vlt_buf *out, const struct vault_field *f)
{
    char when[WHEN_SIZE];

    if (is_i64(f)) {
        int64_t v = (int64_t)vlt_load_u64(f->value);

        if (f->type == VAULT_TIME)
            when_local(when, v);
        if (f->type == VAULT_TIME)
            vlt_buf_put_str(out, when);
        else
            vlt_buf_printf(out, "%" PRId64, v);
    } else if (is_pair(f)) {
        vlt_buf_put(out, f->value + second_part(f),
            f->value_len - second_part(f));
    } else if (f->type == VAULT_LINK) {
        put_link(out, f);
    } else if (f->type == VAULT_TEXT) {
        vlt_buf_put(out, f->value, f->value_len);
    } else {
        put_hex(out, f->value, f->value_len);
    }
}

/* Each line of a text under the first. */
static void
print_lines(const char *s, size_t n)
{
    unsigned flags = memchr(s, '\n', n) != NULL ? SAFE_BLOCK : 0;
    const char *end;

    while (n > 0 && (end = memchr(s, '\n', n)) != NULL) {
        size_t line = (size_t)(end - s);

        out_safe(s, line, flags);
        s += line + 1;
        n -= line + 1;
        if (n > 0)
            out_text("\n    ");
    }
    out_safe(s, n, flags);
}

void
value_print(const struct vault_field *f)
{
    struct vlt_buf b;
    bool many;

    vlt_buf_init(&b, 2 * f->value_len + 128);
    out_text("  ");
    out_column(f->name, NAME_COLUMNS, false);
    out_text(" ");
    if (f->state == VAULT_VALUE)
        value_text(&b, f);
    else
        vlt_buf_put_str(&b, state_text(f->state));
    many = b.len > 0 && memchr(b.p, '\n', b.len) != NULL;
    if (is_pair(f)) {
        out_text("[");
        out_safe((const char *)f->value, second_part(f) - 1, 0);
        out_text("] ");
    }
    if (many)
        out_text("\n    ");
    if (b.len > 0)
        print_lines((const char *)b.p, b.len);
    out_text("\n");
    vlt_buf_clear(&b);
}
