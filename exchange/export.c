/* SPDX-License-Identifier: Apache-2.0 */
/* export.c: which records go out */
#include "export_plan.h"

#include "fail.h"
#include "newest.h"
#include "nmark.h"
#include "os.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <vault/forms.h>

bool
export_has_originals(enum export_format f)
{
    return f == EXPORT_FILES || f == EXPORT_BAGIT || f == EXPORT_JSONL ||
        f == EXPORT_AGE;
}

static bool
ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    if (n < m)
        return false;
    for (size_t i = 0; i < m; i++) {
        char c = s[n - m + i];

        if ((c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c) != end[i])
            return false;
    }
    return true;
}

bool
export_is_file(const struct export_options *o)
{
    if (o->format == EXPORT_JSONL)
        return ends_with(o->dest, ".jsonl") && !vlt_os_is_dir(o->dest);
    return o->format == EXPORT_AGE || !export_has_originals(o->format);
}

/* ---- beginning ---- */

static enum vault_status
refuse_entry(void *ctx, const char *name, bool is_dir)
{
    (void)ctx;
    (void)name;
    (void)is_dir;
    return VAULT_E_EXISTS;
}

bool
export_is_empty(const char *path)
{
    return vlt_os_is_dir(path) &&
        vlt_os_listdir(path, refuse_entry, NULL, NULL) == VAULT_OK;
}

/* A folder that is called like a file is a mistake in the command. */
VAULT_CHECKED static enum vault_status
check_ending(const struct export_options *o, struct vault_error *err)
{
    static const struct {
        const char *ending, *hint;
    } files[] = {
        {".age", N_("--format age makes one file, sealed to --to")},
        {".csv", N_("--format csv makes a table, one file")},
        {".vcf", N_("--format vcard makes cards, one file")},
        {".jsonl",
            N_("--format jsonl makes one file of records without "
               "originals")},
    };

    if (export_is_file(o) || vlt_os_is_dir(o->dest))
        return VAULT_OK;
    for (size_t i = 0; i < VLT_COUNT(files); i++) {
        if (ends_with(o->dest, files[i].ending))
            return vlt_fail_hint(err, VAULT_E_USAGE, files[i].hint,
                "this format makes a folder, and %s is called like a file",
                o->dest);
    }
    return VAULT_OK;
}

/* Told before anybody is asked anything; it is looked at again later. */
VAULT_CHECKED static enum vault_status
check_dest(const struct export_options *o, struct vault_error *err)
{
    bool folder = !export_is_file(o);

    if (!vlt_os_exists(o->dest) || (!folder && o->force))
        return VAULT_OK;
    if (!folder)
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            o->format == EXPORT_JSONL
                ? N_("name another file")
                : N_("name another file, or write over it with --force"),
            "%s exists already", o->dest);
    if (export_is_empty(o->dest))
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_EXISTS,
        N_("name a folder that does not exist yet, or an empty one"),
        "%s exists already, and it is not an empty folder", o->dest);
}

VAULT_CHECKED static enum vault_status
check_options(const struct export_options *o, struct vault_error *err)
{
    if (!consent_purpose(o->purpose))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("sanduq form consent lists them, as purpose.NAME"),
            "\"%s\" is not a purpose that a consent can speak of", o->purpose);
    if (o->override &&
        (o->reason == NULL || o->reason[strspn(o->reason, " \t\r\n")] == 0))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--reason says why; it is kept in the custody log"),
            "an export against what people agreed to needs a reason");
    if (o->strip && !export_has_originals(o->format))
        return vlt_fail(err, VAULT_E_USAGE,
            "this format hands over no originals: there is nothing to strip");
    if (o->format == EXPORT_AGE && o->age_to == NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("--to NAME, --to age1pq…, or --age-passphrase"),
            "an age file needs somebody who can open it");
    if (check_ending(o, err) != VAULT_OK)
        return VAULT_E_USAGE;
    return check_dest(o, err);
}

VAULT_CHECKED static enum vault_status
load_consents(struct export *e, struct vault_error *err)
{
    uint64_t unreadable = 0;
    enum vault_status st = consent_book_load(e->v, e->opt.purpose, e->opt.now,
        &e->book, &unreadable, err);

    if (st != VAULT_OK)
        return st;
    if (unreadable > 0 && !e->opt.override)
        return vlt_fail_hint(err, VAULT_E_TAMPERED,
            N_("sanduq list names them; --override exports what can be read"),
            "%" PRIu64 " records cannot be read, and any of them may be a "
            "consent that says no",
            unreadable);
    e->consents = calloc(consent_book_count(e->book) + 1, sizeof *e->consents);
    return e->consents != NULL ? VAULT_OK : vlt_fail_memory(err);
}

enum vault_status
export_begin(struct vault *v, const struct export_options *opt,
    struct export **out, struct vault_error *err)
{
    struct vault_info info;
    struct export *e = NULL;
    enum vault_status st = check_options(opt, err);

    if (st == VAULT_OK)
        st = vault_info(v, &info, err);
    if (st != VAULT_OK)
        return st;
    e = calloc(1, sizeof *e);
    if (e == NULL)
        return vlt_fail_memory(err);
    e->v = v;
    e->opt = *opt;
    memcpy(e->vault, info.id, VAULT_ID);
    st = vault_untrusted_open(v, &e->untrusted, err);
    if (st == VAULT_OK)
        st = load_consents(e, err);
    if (st != VAULT_OK) {
        export_free(e);
        return st;
    }
    *out = e;
    return VAULT_OK;
}

void
export_free(struct export *e)
{
    if (e == NULL)
        return;
    consent_book_free(e->book);
    vault_untrusted_close(e->untrusted);
    free(e->consents);
    free(e->item);
    free(e->column);
    free(e->left);
    free(e);
}

struct export_counts
export_counts(const struct export *e)
{
    return e->counts;
}

const char *
export_left(const struct export *e)
{
    return e->left;
}

/* ---- choosing ---- */

void
export_tell_refused(struct export *e, const struct vault_record *r,
    const char *code, const char *why)
{
    const struct vault_entry *n = vault_record_entry(r);
    struct export_refusal f = {.version = n->version,
        .type = n->type,
        .name = n->name,
        .code = code,
        .why = why};

    memcpy(f.id, n->id, VAULT_ID);
    if (e->opt.refused != NULL)
        e->opt.refused(e->opt.ctx, &f);
}

bool
export_is_untrusted(struct export *e, const struct vault_record *r,
    char device[VAULT_DEVICE_HEX])
{
    const struct vault_entry *n = vault_record_entry(r);
    bool is = false;

    device[0] = 0;
    if (n->foreign)
        return false;
    return vault_untrusted_is(e->untrusted, n->id, 0, &is, device, NULL) !=
        VAULT_OK ||
        is;
}

/* Whoever gets a copy does not see any more whose it may be. */
static bool
may_be_trusted(struct export *e, const struct vault_record *r)
{
    const struct vault_entry *n = vault_record_entry(r);
    char device[VAULT_DEVICE_HEX];
    struct export_refusal f = {.version = n->version,
        .type = n->type,
        .name = n->name,
        .code = "untrusted",
        .why = N_("a revoked device sealed it after its last good state: "
                  "whoever had the device then can have made it"),
        .overridden = e->opt.override};

    if (!export_is_untrusted(e, r, device))
        return true;
    memcpy(f.id, n->id, VAULT_ID);
    if (e->opt.refused != NULL)
        e->opt.refused(e->opt.ctx, &f);
    e->counts.refused += !e->opt.override;
    e->counts.overridden += e->opt.override;
    return e->opt.override;
}

static void
mark_consent(void *ctx, size_t number)
{
    bool *marks = ctx;

    marks[number] = true;
}

/* What consents say, told when it is not a yes. Whether it may go. */
static bool
may_go(struct export *e, const struct vault_record *r)
{
    const struct vault_entry *n = vault_record_entry(r);
    struct consent_verdict v;
    struct export_refusal f = {.version = n->version,
        .type = n->type,
        .name = n->name,
        .code = "consent",
        .overridden = e->opt.override};

    consent_judge(e->book, r, &v, NULL, NULL);
    f.why = v.why;
    f.has_consent = v.has_consent;
    memcpy(f.consent, v.consent, VAULT_ID);
    memcpy(f.id, n->id, VAULT_ID);
    if (v.consents == 0 && consent_needed(e->opt.purpose, n->type)) {
        f.code = "no-consent";
        f.why = N_("there is no consent on record");
    }
    if (f.why != NULL && e->opt.refused != NULL)
        e->opt.refused(e->opt.ctx, &f);
    if (f.why != NULL && !e->opt.override) {
        e->counts.refused++;
        return false;
    }
    e->counts.overridden += f.why != NULL;
    e->counts.no_consent += v.consents == 0;
    e->counts.conditions += v.conditions;
    return true;
}

/* Whether a name or a way to reach somebody goes along. */
static bool
has_names(const struct vault_record *r)
{
    const char *type = vault_record_entry(r)->type;

    for (size_t i = 0; i < vault_record_fields(r); i++) {
        struct vault_field f;

        vault_record_field(r, i, &f);
        if (f.state == VAULT_VALUE && strcmp(f.name, "type") != 0 &&
            strcmp(f.name, "time.sealed") != 0 &&
            vault_form_domain(type, f.name) == 'C')
            return true;
    }
    return false;
}

VAULT_CHECKED static enum vault_status
add_item(struct export *e, const struct vault_record *r,
    struct vault_error *err)
{
    const struct vault_entry *n = vault_record_entry(r);
    struct consent_verdict v;
    struct export_item *i;

    if (e->items == e->room) {
        size_t room = e->room == 0 ? 64 : 2 * e->room;

        i = realloc(e->item, room * sizeof *i);
        if (i == NULL)
            return vlt_fail_memory(err);
        e->item = i;
        e->room = room;
    }
    i = &e->item[e->items++];
    memcpy(i->id, n->id, VAULT_ID);
    vault_record_statement(r, i->statement);
    i->original = n->has_body && export_has_originals(e->opt.format);
    consent_judge(e->book, r, &v, mark_consent, e->consents);
    e->counts.records++;
    e->counts.originals += i->original;
    e->counts.bytes += i->original ? n->bytes : 0;
    e->counts.names = e->counts.names || has_names(r);
    if (e->opt.format == EXPORT_VCARD)
        return export_count_withheld(e, r, err);
    return e->opt.format == EXPORT_CSV ? export_add_columns(e, r, err)
                                       : VAULT_OK;
}

/* Its metadata can be taken out, or it is told why it does not go. */
VAULT_CHECKED static enum vault_status
check_strip(struct export *e, struct vault_record *r, bool *good,
    struct vault_error *err)
{
    enum vault_status st;

    *good = true;
    if (!e->opt.strip || !vault_record_entry(r)->has_body)
        return VAULT_OK;
    st = export_can_strip(r, good, err);
    if (st != VAULT_OK || *good)
        return st;
    export_tell_refused(e, r, "strip",
        N_("metadata can only be taken out of JPEG, PNG and PDF"));
    e->counts.refused++;
    return VAULT_OK;
}

VAULT_CHECKED static enum vault_status
consider(struct export *e, const struct vault_record *r,
    struct vault_error *err)
{
    bool good = true;
    struct vault_record *own = NULL;
    uint8_t statement[VAULT_HASH];
    enum vault_status st = VAULT_OK;

    if (e->opt.strip && vault_record_entry(r)->has_body) {
        vault_record_statement(r, statement);
        st = vault_record_open_statement(e->v, vault_record_entry(r)->id,
            statement, &own, err);
        if (st == VAULT_OK)
            st = check_strip(e, own, &good, err);
        vault_record_close(own);
    }
    if (st != VAULT_OK || !good || !may_be_trusted(e, r) || !may_go(e, r))
        return st;
    return add_item(e, r, err);
}

static int
take(void *ctx, const struct vault_record *r)
{
    struct export *e = ctx;

    if (e->opt.format == EXPORT_VCARD &&
        strcmp(vault_record_entry(r)->type, "contact") != 0)
        return 0;
    e->st = consider(e, r, e->err);
    if (e->st == VAULT_OK && vlt_os_interrupted())
        e->st = vlt_fail(e->err, VAULT_E_CANCELLED, "interrupted");
    return e->st != VAULT_OK;
}

static int
take_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    struct export *e = ctx;

    e->counts.bad++;
    if (e->opt.bad != NULL)
        e->opt.bad(e->opt.ctx, id, version, why);
    return 0;
}

enum vault_status
export_add_list(struct export *e, const struct vault_list_options *list,
    struct vault_error *err)
{
    enum vault_status st;

    e->err = err;
    e->st = VAULT_OK;
    st = vault_list_records(e->v, list, take, take_bad, e, err);
    e->err = NULL;
    return e->st != VAULT_OK ? e->st : st;
}

/* ---- by id ---- */

static bool
is_in(const struct export *e, const uint8_t statement[VAULT_HASH])
{
    for (size_t i = 0; i < e->items; i++) {
        if (memcmp(e->item[i].statement, statement, VAULT_HASH) == 0)
            return true;
    }
    return false;
}

VAULT_CHECKED static enum vault_status
add_version(struct export *e, const uint8_t id[VAULT_ID],
    const uint8_t statement[VAULT_HASH], struct vault_error *err)
{
    struct vault_record *r = NULL;
    enum vault_status st;

    if (is_in(e, statement))
        return VAULT_OK;
    st = vault_record_open_statement(e->v, id, statement, &r, err);
    if (st == VAULT_OK && e->opt.format == EXPORT_VCARD &&
        strcmp(vault_record_entry(r)->type, "contact") != 0)
        st = vlt_fail(err, VAULT_E_USAGE,
            "only contacts can become cards, and one of these is a %s",
            vault_record_entry(r)->type);
    if (st == VAULT_OK)
        st = consider(e, r, err);
    vault_record_close(r);
    return st;
}

enum vault_status
export_add(struct export *e, const uint8_t id[VAULT_ID],
    struct vault_error *err)
{
    struct newest l = {NULL, 0};
    enum vault_status st = newest_find(e->v, id, &l, err);

    if (st == VAULT_OK && l.n == 0)
        st = vlt_fail(err, VAULT_E_NOT_FOUND, "this record was withdrawn");
    for (size_t i = 0; st == VAULT_OK && i < l.n; i++)
        st = add_version(e, id, l.at[i], err);
    newest_clear(&l);
    return st;
}

enum vault_status
export_ready(const struct export *e, struct vault_error *err)
{
    bool strip_only = e->opt.override;

    if (e->counts.refused > 0 && !e->opt.skip_refused)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            strip_only ? N_("--skip-refused leaves them out")
                       : N_("--skip-refused leaves them out; --override "
                            "takes responsibility, with a reason that is "
                            "kept in the custody log"),
            "%" PRIu64 " records are refused", e->counts.refused);
    if (e->items == 0)
        return vlt_fail(err,
            e->counts.refused > 0 ? VAULT_E_POLICY : VAULT_E_NOT_FOUND,
            "there is nothing to export");
    if (e->counts.originals > 0 && e->opt.format == EXPORT_JSONL &&
        export_is_file(&e->opt))
        return vlt_fail_hint(err, VAULT_E_USAGE,
            N_("name a folder: it gets records.jsonl and the originals"),
            "%" PRIu64 " of these records have an original, and one file of "
            "JSON Lines holds none",
            e->counts.originals);
    return VAULT_OK;
}
