/* SPDX-License-Identifier: Apache-2.0 */
/* export_tell.c: what a person or a script is told about an export */
#include "export_tell.h"

#include "ask.h"
#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"
#include "out.h"
#include "progress.h"
#include "tr.h"

#include <vault/agefile.h>

#include <vault/compartments.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- while it goes on ---- */

static void
refusal_json(const struct export_refusal *r)
{
    struct jline j;

    jline_begin(&j, "refused");
    jline_hex(&j, "id", r->id, VAULT_ID);
    jline_u64(&j, "version", r->version);
    jline_text(&j, "record_type", r->type);
    jline_text(&j, "name", r->name);
    jline_text(&j, "code", r->code);
    jline_text(&j, "message", tr(r->why));
    if (r->has_consent)
        jline_hex(&j, "consent", r->consent, VAULT_ID);
    jline_bool(&j, "overridden", r->overridden);
    jline_end(&j);
}

void
export_tell_refusal(void *ctx, const struct export_refusal *r)
{
    const struct cli *c = ctx;
    char id[HEX_ID], consent[HEX_ID];

    if (c->g.json)
        refusal_json(r);
    hex_id(id, r->id);
    hex_id(consent, r->consent);
    if (r->has_consent && r->overridden)
        say_warn(tr("%s (%s) goes out against consent %s: %s"), id, r->type,
            consent, tr(r->why));
    else if (r->overridden)
        say_warn(tr("%s (%s) goes out all the same: %s"), id, r->type,
            tr(r->why));
    else if (r->has_consent)
        say_warn(tr("%s (%s) is refused; consent %s: %s"), id, r->type, consent,
            tr(r->why));
    else
        say_warn(tr("%s (%s) is refused: %s"), id, r->type, tr(r->why));
}

void
export_tell_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    const struct cli *c = ctx;
    char hex[HEX_ID], message[512];
    struct jline j;

    hex_id(hex, id);
    say_message(why, message, sizeof message);
    say_warn(tr("record %s, version %" PRIu32 ": %s"), hex, version, message);
    if (!c->g.json)
        return;
    jline_begin(&j, "failed");
    jline_text(&j, "id", hex);
    jline_u64(&j, "version", version);
    jline_text(&j, "code", vault_status_name(why->code));
    jline_text(&j, "message", message);
    jline_end(&j);
}

void
export_tell_removed(void *ctx, const uint8_t id[VAULT_ID], const char *what,
    uint64_t bytes)
{
    const struct cli *c = ctx;
    char hex[HEX_ID];
    struct jline j;

    if (!c->g.json) {
        hex_id(hex, id);
        say_info(tr("%s: removed from the copy: %s (%" PRIu64 " bytes)"), hex,
            tr(what), bytes);
        return;
    }
    jline_begin(&j, "removed");
    jline_hex(&j, "id", id, VAULT_ID);
    jline_text(&j, "what", tr(what));
    jline_u64(&j, "bytes", bytes);
    jline_end(&j);
}

int
export_tell_progress(void *ctx, uint64_t bytes, const char *name)
{
    (void)ctx;
    if (name[0] != 0)
        progress_name(name);
    if (bytes > 0)
        progress_add(bytes);
    return vlt_os_interrupted() ? 1 : 0;
}

/* ---- before ---- */

struct leftover {
    const char *name; /* of the target, without its folder */
    size_t len;
};

static enum vault_status
warn_leftover(void *ctx, const char *name, bool is_dir)
{
    static const char tail[] = ".incomplete-";
    const struct leftover *l = ctx;

    if (is_dir && strncmp(name, l->name, l->len) == 0 &&
        strncmp(name + l->len, tail, sizeof tail - 1) == 0)
        say_warn(tr("an earlier export was cut short, and its unencrypted "
                    "files are still there: %s; delete them"),
            name);
    return VAULT_OK;
}

void
export_tell_leftover(const char *dest)
{
    size_t n = strlen(dest);
    struct leftover l;
    char folder[4096];

    while (n > 1 && dest[n - 1] == '/')
        n--;
    if (n >= sizeof folder)
        return;
    memcpy(folder, dest, n);
    folder[n] = 0;
    l.name = dest + (vlt_os_basename(folder) - folder);
    l.len = n - (size_t)(l.name - dest);
    n = (size_t)(l.name - dest);
    if (n == 0)
        folder[n++] = '.';
    folder[n] = 0;
    (void)!vlt_os_listdir(folder, warn_leftover, &l, NULL);
}

static bool
shows_somebody(const char *purpose)
{
    static const char *const words[] = {"name-public", "face", "voice",
        "place"};

    for (size_t i = 0; i < VLT_COUNT(words); i++) {
        if (strcmp(purpose, words[i]) == 0)
            return true;
    }
    return false;
}

static void
warn_consent(const struct export_options *o, const struct export_counts *n)
{
    if (n->no_consent > 0)
        say_warn(tr("no consent on record: %" PRIu64), n->no_consent);
    if (n->conditions > 0)
        say_warn(tr("with a consent that has conditions of its own: %" PRIu64
                    "; read them first"),
            n->conditions);
    if (n->overridden > 0)
        say_warn(tr("against what is on record: %" PRIu64), n->overridden);
    if (n->refused > 0)
        say_warn(tr("refused and left out: %" PRIu64), n->refused);
    if (strcmp(o->purpose, "share-org") == 0)
        say_warn("%s",
            tr("only the organisations that each consent names may have it"));
    if (shows_somebody(o->purpose))
        say_warn("%s",
            tr("no field is taken out here: everything else that these "
               "records say goes along"));
}

static void
warn_age(const struct export_options *o, const struct export_counts *n,
    const char *size)
{
    size_t recipients = vault_age_to_count(o->age_to);

    if (recipients > 0)
        say_warn(tr("this leaves the vault as an age file (recipients: %zu): "
                    "%" PRIu64 " records, %" PRIu64
                    " originals (%s), purpose %s, to %s"),
            recipients, n->records, n->originals, size, o->purpose, o->dest);
    else
        say_warn(tr("this leaves the vault as an age file with a passphrase: "
                    "%" PRIu64 " records, %" PRIu64
                    " originals (%s), purpose %s, to %s"),
            n->records, n->originals, size, o->purpose, o->dest);
}

enum vault_status
export_tell_before(const struct cli *c, const struct export_options *o,
    const struct export_counts *n, struct vault_error *err)
{
    char size[SIZE_TEXT], question[256];

    size_text(size, n->bytes);
    if (o->format == EXPORT_AGE)
        warn_age(o, n, size);
    else
        say_warn(
            tr("this leaves the protection of the vault, unencrypted: %" PRIu64
               " records, %" PRIu64 " originals (%s), purpose %s, to %s"),
            n->records, n->originals, size, o->purpose, o->dest);
    say_warn("%s",
        n->names ? tr("names of persons, or ways to reach them, are among it")
                 : tr("no field with names of persons is among it; texts and "
                      "originals may name them all the same"));
    if (n->withheld_channels + n->withheld_fields > 0)
        say_warn(tr("withheld from the cards: %" PRIu64
                    " channels not marked as safe, %" PRIu64
                    " other fields (--all-channels hands them over)"),
            n->withheld_channels, n->withheld_fields);
    if (o->strip)
        say_warn("%s",
            tr("embedded metadata is left out of the originals; the fields "
               "are not changed"));
    warn_consent(o, n);
    (void)snprintf(question, sizeof question, "%s",
        o->format == EXPORT_AGE
            ? tr("Export it? Whoever can open the file can read it, and prove "
                 "it to others.")
            : tr("Export it? Whoever gets hold of the copy can read it."));
    return ask_sure(c, question, err);
}

/* ---- after ---- */

static void
after_json(const struct cli *c, const struct export_options *o,
    const char *format, const struct export_counts *n)
{
    struct jline j;

    jline_begin(&j, "export");
    jline_text(&j, "path", o->dest);
    jline_text(&j, "format", format);
    jline_text(&j, "purpose", o->purpose);
    jline_bool(&j, "names", n->names);
    jline_u64(&j, "no_consent", n->no_consent);
    jline_u64(&j, "conditions", n->conditions);
    jline_u64(&j, "overridden", n->overridden);
    if (o->format == EXPORT_AGE)
        jline_u64(&j, "recipients", vault_age_to_count(o->age_to));
    if (o->format == EXPORT_VCARD) {
        jline_u64(&j, "withheld_channels", n->withheld_channels);
        jline_u64(&j, "withheld_fields", n->withheld_fields);
    }
    jline_end(&j);
    jline_begin(&j, "summary");
    jline_text(&j, "command", "export");
    jline_u64(&j, "exit", (uint64_t)c->exit);
    jline_u64(&j, "records", n->records - n->left_out);
    jline_u64(&j, "originals", n->originals);
    jline_u64(&j, "bytes", n->bytes);
    jline_u64(&j, "refused", n->refused);
    jline_u64(&j, "left_out", n->left_out);
    jline_u64(&j, "failed", n->bad);
    jline_end(&j);
}

void
export_tell_after(const struct cli *c, const struct export_options *o,
    const char *format, const struct export_counts *n)
{
    if (n->left_out > 0)
        say_warn(tr("left out, because they could not be written: %" PRIu64),
            n->left_out);
    if (n->bad > 0)
        say_warn(tr("records that could not be read are not in it: %" PRIu64),
            n->bad);
    if (c->g.json)
        after_json(c, o, format, n);
    else if (!export_is_file(o))
        say_info(tr("wrote the folder %s (%" PRIu64
                    " records in %s); it lies there unencrypted"),
            o->dest, n->records - n->left_out,
            o->format == EXPORT_BAGIT ? "data/records.jsonl" : "records.jsonl");
    else if (o->format == EXPORT_AGE)
        say_info(tr("wrote %s (%" PRIu64 " records), sealed"), o->dest,
            n->records - n->left_out);
    else
        say_info(tr("wrote %s (%" PRIu64
                    " records); it lies there unencrypted"),
            o->dest, n->records - n->left_out);
}

void
export_tell_away(const struct cli *c)
{
    uint64_t n = 0;

    if (vault_away_count(c->vault, &n, NULL) == VAULT_OK && n > 0)
        say_warn(tr("record versions that are sealed to compartments, and "
                    "cannot be opened here, are not in it: %" PRIu64),
            n);
}
