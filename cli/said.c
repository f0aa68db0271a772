/* SPDX-License-Identifier: Apache-2.0 */
/* said.c: what a text says, shown without believing it */
#include "said.h"

#include "fieldjson.h"
#include "hex.h"
#include "jline_out.h"
#include "out.h"
#include "safe.h"
#include "text.h"
#include "tr.h"
#include "value.h"

#include <inttypes.h>
#include <string.h>

enum { SHORT_TEXT = 16 * 1024 };

static void
print_hash(const uint8_t hash[VAULT_HASH], uint64_t bytes)
{
    char hex[HEX_HASH];

    hex_hash(hex, hash);
    out_printf(tr("the original: %" PRIu64 " bytes, SHA-256 %s"), bytes, hex);
}

/* Lines of others, each behind a bar, so that none looks like one of ours. */
static void
print_quoted(const char *s, size_t n)
{
    const char *end;
    size_t line;

    while (n > 0) {
        end = memchr(s, '\n', n);
        line = end != NULL ? (size_t)(end - s) : n;
        out_text("    | ");
        out_safe(s, line, 0);
        out_text("\n");
        n -= end != NULL ? line + 1 : line;
        s += end != NULL ? line + 1 : line;
    }
}

/* A body that is in the text itself. */
static void
print_body(const struct vault_field *f)
{
    struct vault_hash *h = vault_hash_new(VAULT_SHA256);
    uint8_t hash[VAULT_HASH];

    if (h != NULL) {
        vault_hash_update(h, f->value, f->value_len);
        vault_hash_final(h, hash);
        print_hash(hash, f->value_len);
    }
    vault_hash_free(h);
    out_text("\n");
    if (f->value_len > SHORT_TEXT || !vlt_utf8_valid(f->value, f->value_len) ||
        memchr(f->value, 0, f->value_len) != NULL) {
        out_printf("    %s\n",
            tr("all of its bytes are in the disclosure; not shown here"));
        return;
    }
    print_quoted((const char *)f->value, f->value_len);
}

static void
print_value(const struct vault_field *f)
{
    struct vlt_buf b;

    vlt_buf_init(&b, 2 * f->value_len + 128);
    if (f->state == VAULT_VALUE)
        value_text(&b, f);
    if (b.len == 0 || memchr(b.p, '\n', b.len) == NULL) {
        value_print(f);
    } else {
        out_printf("  %s:\n", f->name);
        print_quoted((const char *)b.p, b.len);
    }
    vlt_buf_clear(&b);
}

void
said_field(const struct vault_field *f, bool beside, uint64_t bytes)
{
    if (f->type != VAULT_BODY || f->state != VAULT_VALUE) {
        print_value(f);
        return;
    }
    out_text("  ");
    out_text(f->name);
    out_text(": ");
    if (!beside) {
        print_body(f);
        return;
    }
    print_hash(f->value, bytes);
    out_printf("\n    %s\n", tr("it lies beside, as a file of its own"));
}

void
said_print(const struct cli *c, const struct vault_said *s)
{
    struct jline j;

    if (c->g.json) {
        jline_begin(&j, "said");
        jline_bool(&j, "proved", s->proved);
        jline_bool(&j, "disclosed", s->disclosed);
        jline_bool(&j, "beside", s->beside);
        jline_u64(&j, "bytes", s->bytes);
        jline_array(&j, "fields");
        field_json(&j, &s->field);
        jline_array_end(&j);
        jline_end(&j);
        return;
    }
    if (!s->proved)
        out_text(tr("NOT CHECKED "));
    else
        out_text(s->disclosed ? tr("disclosed ") : tr("it says   "));
    said_field(&s->field, s->beside, s->bytes);
}

static const char *
key_of(const struct vault_verdict *d)
{
    return d->fingerprint[0] != 0 ? d->fingerprint : tr("nobody");
}

static void
disclosure_sentence(const struct vault_verdict *d, bool asked,
    struct vlt_buf *out)
{
    if (d->compared)
        vlt_buf_printf(out,
            tr("what it discloses was committed to when the record was "
               "logged; the log is signed for by %s (compared)"),
            key_of(d));
    else if (asked)
        vlt_buf_printf(out,
            tr("what it discloses was committed to when the record was "
               "logged; the log is signed for by %s (compared: not the "
               "key that was asked for)"),
            key_of(d));
    else
        vlt_buf_printf(out,
            tr("what it discloses was committed to when the record was "
               "logged; the log is signed for by %s (not compared)"),
            key_of(d));
}

void
said_sentence(const struct vault_verdict *d, bool asked, struct vlt_buf *out)
{
    if (strcmp(d->text, "disclosure") == 0)
        disclosure_sentence(d, asked, out);
    else if (strcmp(d->text, "card") == 0)
        vlt_buf_printf(out,
            d->compared ? tr("the card that was given: %s")
                        : tr("a card in good form: %s (not compared)"),
            key_of(d));
    else if (d->placed && d->compared)
        vlt_buf_printf(out,
            tr("the line given stands in the log given; signed for by %s "
               "(compared)"),
            key_of(d));
    else if (d->placed)
        vlt_buf_put_str(out,
            tr("the line given stands in the log whose key was given"));
    else if (strcmp(d->text, "tlog-proof") == 0)
        vlt_buf_put_str(out,
            tr("in good form, and NOT CHECKED as a whole: a proof needs the "
               "line and the log it is of"));
    else if (d->compared)
        vlt_buf_printf(out, tr("signed by %s (compared)"), key_of(d));
    else
        vlt_buf_put_str(out,
            tr("in good form, and NOT CHECKED: nothing says who wrote it"));
}
