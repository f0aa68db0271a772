/* SPDX-License-Identifier: Apache-2.0 */
/* receive_tell.c: what a person or a script is told about received files */
#include "receive_tell.h"

#include "fail.h"
#include "fieldjson.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "safe.h"
#include "tr.h"
#include "value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LEVEL = 15, NAME = 28, NUMBER = 8, KIND = 12 };

/* ---- words ---- */

static const char *
level_text(enum vault_finding_level level)
{
    switch (level) {
    case VAULT_HELD:
        return tr("holds");
    case VAULT_FAILED:
        return tr("DOES NOT MATCH");
    case VAULT_NOT_SEEN:
        return tr("not known");
    case VAULT_NOT_AS_ASKED:
        return tr("NOT AS ASKED");
    }
    return "?";
}

static const char *
level_word(enum vault_finding_level level)
{
    static const char *const words[] = {"held", "failed", "not-seen",
        "not-as-asked"};

    return (size_t)level < VLT_COUNT(words) ? words[level] : "other";
}

static const char *
kind_word(enum vault_received_kind kind)
{
    static const char *const words[] = {"other", "bundle", "document", "notice",
        "revoke", "card", "capture"};

    return (size_t)kind < VLT_COUNT(words) ? words[kind] : "other";
}

static const char *
kind_text(const struct vault_received *row)
{
    switch (row->kind) {
    case VAULT_RECEIVED_BUNDLE:
        return row->courier ? tr("bundle, age") : tr("bundle");
    case VAULT_RECEIVED_DOCUMENT:
        return tr("age");
    case VAULT_RECEIVED_CAPTURE:
        return tr("capture");
    default:
        return row->word[0] != 0 ? row->word : "-";
    }
}

static const char *
state_word(enum vault_received_state state)
{
    static const char *const words[] = {"ready", "unknown-signer", "refused",
        "left", "done"};

    return (size_t)state < VLT_COUNT(words) ? words[state] : "other";
}

static const char *
state_text(const struct vault_received *row)
{
    switch (row->state) {
    case VAULT_RECEIVE_READY:
        return tr("holds");
    case VAULT_RECEIVE_UNKNOWN:
        return tr("signer not compared: left");
    case VAULT_RECEIVE_REFUSED:
        return tr("REFUSED");
    case VAULT_RECEIVE_LEFT:
        return row->kind == VAULT_RECEIVED_CAPTURE ? tr("see below")
                                                   : tr("left");
    case VAULT_RECEIVE_DONE:
        return row->count.bad > 0 ? tr("taken in, but for some")
                                  : tr("taken in");
    }
    return "?";
}

static const char *
signer_word(enum vault_received_signer signer)
{
    static const char *const words[] = {"none", "own", "compared", "continues",
        "unknown", "revoked", "refused"};

    return (size_t)signer < VLT_COUNT(words) ? words[signer] : "other";
}

/* ---- for people ---- */

static void
print_line(const struct vault_finding *f)
{
    char message[1024], id[HEX_ID];

    say_message(&f->text, message, sizeof message);
    out_text("  ");
    out_column(level_text(f->level), LEVEL, false);
    out_text(" ");
    if (f->has_record) {
        hex_id(id, f->record);
        out_printf(tr("record %s, version %" PRIu32), id, f->version);
        out_text(": ");
    }
    out_safe(message, strlen(message), SAFE_BACKSLASH);
    out_text("\n");
}

void
receive_tell_more(const struct vault_received *row, size_t from)
{
    if (row->lines_len <= from)
        return;
    out_safe(row->path, strlen(row->path), SAFE_BACKSLASH);
    out_text("\n");
    for (size_t i = from; i < row->lines_len; i++)
        print_line(&row->lines[i]);
}

void
receive_tell_lines(const struct vault_received *row)
{
    char message[1024];

    out_safe(row->path, strlen(row->path), SAFE_BACKSLASH);
    out_text("\n");
    for (size_t i = 0; i < row->lines_len; i++)
        print_line(&row->lines[i]);
    for (size_t i = 0; i < row->said_len; i++)
        value_print(&row->said[i]);
    if (row->state == VAULT_RECEIVE_REFUSED ||
        row->state == VAULT_RECEIVE_LEFT) {
        say_message(&row->why, message, sizeof message);
        out_text("  ");
        out_column(state_text(row), LEVEL, false);
        out_text(" ");
        out_safe(message, strlen(message), SAFE_BACKSLASH);
        out_text("\n");
        say_hint(row->why.hint);
    }
}

static void
number(uint64_t n)
{
    char text[24];

    if (n == 0)
        memcpy(text, "-", 2);
    else
        (void)snprintf(text, sizeof text, "%" PRIu64, n);
    out_column(text, NUMBER, false);
    out_text(" ");
}

void
receive_tell_head(void)
{
    const char *const words[] = {tr("new"), tr("more"), tr("here"),
        tr("hidden"), tr("gone"), tr("bad")};

    out_text("\n");
    out_column(tr("file"), NAME, false);
    out_text(" ");
    out_column(tr("what"), KIND, false);
    out_text(" ");
    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        out_column(words[i], NUMBER, false);
        out_text(" ");
    }
    out_printf("%s\n", tr("result"));
}

int
receive_tell_row(void *ctx, const struct vault_received *row)
{
    (void)ctx;
    out_column(vlt_os_basename(row->path), NAME, true);
    out_text(" ");
    out_column(kind_text(row), KIND, true);
    out_text(" ");
    number(row->count.fresh);
    number(row->count.more);
    number(row->count.already);
    number(row->count.hidden);
    number(row->count.gone);
    number(row->count.bad);
    out_printf("%s\n", state_text(row));
    return 0;
}

/* ---- for scripts ---- */

static void
line_json(const struct vault_received *row, const struct vault_finding *f)
{
    char message[1024];
    struct jline j;

    say_message(&f->text, message, sizeof message);
    jline_begin(&j, "finding");
    jline_text(&j, "path", row->path);
    jline_text(&j, "level", level_word(f->level));
    jline_text(&j, "kind", f->kind);
    if (f->has_record) {
        jline_hex(&j, "id", f->record, VAULT_ID);
        jline_u64(&j, "version", f->version);
    }
    jline_u64(&j, "count", f->count);
    if (f->level != VAULT_HELD)
        jline_text(&j, "code", vault_status_name(f->text.code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

static void
put_signer(struct jline *j, const struct vault_received *row)
{
    if (row->signer == VAULT_SIGNER_NONE)
        return;
    jline_text(j, "signer", signer_word(row->signer));
    jline_text(j, "fingerprint", row->fingerprint);
    if (row->name[0] != 0)
        jline_text(j, "name", row->name);
}

static void
put_counts(struct jline *j, const struct vault_receive_counts *n)
{
    jline_u64(j, "records", n->records);
    jline_u64(j, "new", n->fresh);
    jline_u64(j, "more", n->more);
    jline_u64(j, "here", n->already);
    jline_u64(j, "hidden", n->hidden);
    jline_u64(j, "gone", n->gone);
    jline_u64(j, "waits", n->waits);
    jline_u64(j, "bad", n->bad);
}

static void
put_said(struct jline *j, const struct vault_received *row)
{
    if (row->said_len == 0)
        return;
    jline_array(j, "said");
    for (size_t i = 0; i < row->said_len; i++)
        field_json(j, &row->said[i]);
    jline_array_end(j);
}

static void
put_document(struct jline *j, const struct vault_received *row)
{
    if (row->kind != VAULT_RECEIVED_DOCUMENT)
        return;
    if (row->state == VAULT_RECEIVE_DONE)
        jline_hex(j, "id", row->id, VAULT_ID);
    jline_u64(j, "bytes", row->bytes);
}

void
receive_tell_json(const struct vault_received *row, const char *receipt)
{
    char message[1024];
    struct jline j;

    for (size_t i = 0; i < row->lines_len; i++)
        line_json(row, &row->lines[i]);
    jline_begin(&j, "file");
    jline_text(&j, "path", row->path);
    jline_text(&j, "kind",
        row->word[0] != 0 ? row->word : kind_word(row->kind));
    jline_text(&j, "state", state_word(row->state));
    jline_bool(&j, "courier", row->courier);
    if (row->by_shares)
        jline_bool(&j, "by_shares", true);
    if (row->why.code != VAULT_OK) {
        say_message(&row->why, message, sizeof message);
        jline_text(&j, "code", vault_status_name(row->why.code));
        jline_text(&j, "message", message);
    }
    put_signer(&j, row);
    put_counts(&j, &row->count);
    put_said(&j, row);
    put_document(&j, row);
    if (receipt != NULL)
        jline_text(&j, "receipt", receipt);
    jline_end(&j);
}

int
receive_exit(const struct vault_received *row, bool named)
{
    if (row->kind == VAULT_RECEIVED_CAPTURE)
        return 0; /* the vault's own: taken in behind the rest */
    /* a notice by somebody who is not known, or about what is not here */
    if (row->state == VAULT_RECEIVE_REFUSED &&
        row->kind == VAULT_RECEIVED_NOTICE &&
        row->why.code == VAULT_E_NOT_FOUND)
        return vault_status_exit(VAULT_E_POLICY);
    /* a stick carries bundles of several people, one's own for others too */
    if (row->state == VAULT_RECEIVE_REFUSED && !named &&
        row->why.code == VAULT_E_NO_KEY)
        return 0;
    if (row->state == VAULT_RECEIVE_REFUSED)
        return vault_status_exit(row->why.code);
    if (row->count.bad > 0)
        return vault_status_exit(VAULT_E_TAMPERED);
    if (row->state == VAULT_RECEIVE_UNKNOWN)
        return vault_status_exit(VAULT_E_POLICY);
    if (row->state == VAULT_RECEIVE_LEFT && named)
        return vault_status_exit(row->why.code);
    return 0;
}
