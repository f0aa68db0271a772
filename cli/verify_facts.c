/* SPDX-License-Identifier: Apache-2.0 */
/* verify_facts.c: the facts behind the lines of verify, for scripts */
#include "verify_tell.h"

#include "fail.h"
#include "hex.h"
#include "jline_out.h"
#include "os.h"

#include <string.h>

static const char *
kind_word(enum vault_evidence_kind kind)
{
    static const char *const words[] = {"card", "log", "leaf", "checkpoint",
        "cosignature", "stamp", "record"};

    return (size_t)kind < VLT_COUNT(words) ? words[kind] : "other";
}

static const char *
state_word(enum vault_evidence_state state)
{
    static const char *const words[] = {"held", "failed", "unknown",
        "as-before"};

    return (size_t)state < VLT_COUNT(words) ? words[state] : "other";
}

static const char *
record_word(enum vault_record_state state)
{
    static const char *const words[] = {"present", "withdrawn", "missing",
        "unlogged", "untrusted"};

    return (size_t)state < VLT_COUNT(words) ? words[state] : "other";
}

static bool
is_set(const uint8_t hash[32])
{
    static const uint8_t zero[32];

    return memcmp(hash, zero, sizeof zero) != 0;
}

static void
put_place(struct jline *j, const struct vault_evidence *e)
{
    if (e->origin != NULL)
        jline_text(j, "origin", e->origin);
    if (e->kind == VAULT_EV_LEAF)
        jline_u64(j, "index", e->size);
    else if (e->origin != NULL)
        jline_u64(j, "size", e->size);
    if (is_set(e->hash))
        jline_hex(j, e->kind == VAULT_EV_LEAF ? "hash" : "root", e->hash, 32);
}

static void
put_log(struct jline *j, const struct vault_evidence *e)
{
    jline_bool(j, "session", e->session);
    if (e->session)
        jline_hex(j, "device", e->device, sizeof e->device);
    jline_u64(j, "number", e->number);
}

static void
put_card(struct jline *j, const struct vault_evidence *e)
{
    jline_u64(j, "generation", e->generation);
    jline_bool(j, "compared", e->compared);
    if (e->letters != NULL)
        jline_text(j, "letters", e->letters);
    if (e->digits != NULL)
        jline_text(j, "digits", e->digits);
}

static void
put_outside(struct jline *j, const struct vault_evidence *e)
{
    if (e->vkey != NULL)
        jline_text(j, "vkey", e->vkey);
    if (e->kind == VAULT_EV_COSIGNATURE)
        jline_bool(j, "in_policy", e->in_policy);
}

static void
put_members(struct jline *j, const struct vault_evidence *e)
{
    jline_bool(j, "own", e->own);
    put_place(j, e);
    if (e->kind == VAULT_EV_LOG)
        put_log(j, e);
    if (e->kind == VAULT_EV_CARD)
        put_card(j, e);
    if (is_set(e->fingerprint))
        jline_hex(j, "fingerprint", e->fingerprint, sizeof e->fingerprint);
    if (e->has_record) {
        jline_hex(j, "id", e->record, sizeof e->record);
        jline_u64(j, "version", e->version);
    }
    if (e->kind == VAULT_EV_RECORD)
        jline_text(j, "record", record_word(e->record_state));
    if (e->word != NULL)
        jline_text(j, "word", e->word);
    put_outside(j, e);
    if (e->time >= 0)
        jline_time(j, "time", e->time);
    if (e->note != NULL && e->kind != VAULT_EV_STAMP)
        jline_text_n(j, "note", e->note, e->note_len);
}

static void
fact_json(const struct vault_evidence *e)
{
    struct jline j;

    jline_begin(&j, "evidence");
    jline_text(&j, "kind", kind_word(e->kind));
    jline_text(&j, "state", state_word(e->state));
    put_members(&j, e);
    jline_end(&j);
}

int
verify_tell_fact(void *ctx, const struct vault_evidence *e)
{
    const struct verify_tell *t = ctx;

    if (t->report != NULL)
        report_fact(t->report, e);
    if (t->evidence)
        fact_json(e);
    return vlt_os_interrupted() ? 1 : 0;
}
