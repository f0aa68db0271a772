/* SPDX-License-Identifier: Apache-2.0 */
/* share_commit.c: the file, then the vault's word, then the file's name */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "notice_ops.h"
#include "onetime.h"
#include "os.h"
#include "sent.h"
#include "sharing.h"
#include "tempname.h"

/* What is under way. */
struct leaving {
    struct vault_share *s;
    char *path; /* as it will be called */
    struct vlt_temp temp;
    struct vlt_outfile *courier; /* the courier wrap, without a name yet */
    struct vlt_bundle_text text;
    struct vlt_buf note;
    uint64_t records, bytes;
    uint8_t sha256[32]; /* of the file; of a bare one only when it is dealt */
};

/* ---- the name ---- */

static bool
ends(const char *s, const char *with)
{
    size_t n = strlen(s), k = strlen(with);

    return n > k && strcmp(s + n - k, with) == 0;
}

static enum vault_status
full_name(const struct vault_share *s, const char *dest, char **out,
    struct vault_error *err)
{
    const char *want = s->o.plain_container ? ".bundle" : ".bundle.age";
    const char *add = want;
    size_t len = strlen(dest) + strlen(want) + 1;

    if (dest[0] == '\0' || vlt_os_basename(dest)[0] == '\0')
        return vlt_fail(err, VAULT_E_USAGE, "the bundle needs a name");
    if (ends(dest, want))
        add = "";
    else if (!s->o.plain_container && ends(dest, ".bundle"))
        add = ".age";
    *out = malloc(len);
    if (*out == NULL)
        return vlt_fail_memory(err);
    (void)snprintf(*out, len, "%s%s", dest, add);
    return VAULT_OK;
}

static enum vault_status
check_free(const char *path, const char *ending, struct vault_error *err)
{
    size_t len = strlen(path) + strlen(ending) + 1;
    char *name = malloc(len);
    enum vault_status st = VAULT_OK;

    if (name == NULL)
        return vlt_fail_memory(err);
    (void)snprintf(name, len, "%s%s", path, ending);
    if (vlt_os_exists(name))
        st = vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", name);
    free(name);
    return st;
}

/* ---- the vault's word ---- */

static enum vault_status
put_leaf(struct leaving *l, struct vault_error *err)
{
    struct vlt_entry e = {.kind = "share",
        .subject = l->text.text_hash,
        .reason = l->s->o.reason,
        .gen = -1};
    struct vlt_fields more;
    enum vault_status st;

    vlt_fields_init(&more);
    st = vlt_fields_add(&more, VLT_FIELD_BYTES, VLT_STATE_VALUE, "bundle",
        l->text.bundle, 16, err);
    if (st == VAULT_OK)
        st = vlt_fields_add_i64(&more, VLT_FIELD_NUMBER, "records",
            (int64_t)l->records, err);
    if (st == VAULT_OK && l->s->o.purpose != NULL)
        st = vlt_fields_add_text(&more, "purpose", l->s->o.purpose, err);
    if (st == VAULT_OK && l->s->deal.needed > 0)
        st = vlt_fields_add_text(&more, "shares", l->s->deal.said, err);
    if (st == VAULT_OK)
        st = vlt_action_leaf_with(l->s->v, &e, &more, err);
    vlt_fields_clear(&more);
    return st;
}

/* Those of this use: their statements, ids and versions. */
static size_t
collect(const struct vault_share *s, uint8_t use, uint8_t (*stmt)[32],
    uint8_t (*id)[20])
{
    size_t i, n = 0;

    for (i = 0; i < s->n; i++) {
        if (s->item[i].use != use)
            continue;
        memcpy(stmt[n], s->item[i].stmt, 32);
        memcpy(id[n], s->item[i].id, 16);
        vlt_store_u32(id[n++] + 16, s->item[i].version);
    }
    return n;
}

static enum vault_status
note_sent(struct leaving *l, struct vault_error *err)
{
    struct vault_share *s = l->s;
    uint8_t(*stmt)[32] = calloc(s->n, sizeof *stmt);
    uint8_t(*id)[20] = calloc(s->n, sizeof *id);
    uint8_t(*to)[32] = NULL;
    struct vlt_sent sent = {.time = vlt_now(s->v), .to_len = s->recipients};
    enum vault_status st = vlt_share_fingerprints(s, &to, err);
    uint8_t use;

    if (st == VAULT_OK && (stmt == NULL || id == NULL))
        st = vlt_fail_memory(err);
    if (st == VAULT_OK)
        st = vlt_notices_told(s->v, l->text.text_hash, (const uint8_t(*)[32])to,
            s->recipients, err);
    memcpy(sent.shares, s->deal.said, sizeof sent.shares);
    memcpy(sent.bundle, l->text.bundle, 16);
    memcpy(sent.text, l->text.text_hash, 32);
    sent.to = (const uint8_t(*)[32])to;
    sent.stmt = (const uint8_t(*)[32])stmt;
    sent.id = (const uint8_t(*)[20])id;
    for (use = VLT_ENTRY_FULL; st == VAULT_OK && use <= VLT_ENTRY_PART; use++) {
        sent.n = collect(s, use, stmt, id);
        sent.part = use == VLT_ENTRY_PART;
        st = vlt_sent_put(s->v, &sent, err);
    }
    free(stmt);
    free(id);
    free(to);
    return st;
}

static enum vault_status
put_words(struct leaving *l, struct vault_error *err)
{
    uint64_t n = 0;
    enum vault_status st = put_leaf(l, err);

    if (st == VAULT_OK)
        st = vlt_fnote_put(l->s->v, &n, "bundle", l->note.p, l->note.len, err);
    return st == VAULT_OK ? note_sent(l, err) : st;
}

/* ---- the steps ---- */

static enum vault_status
write_file(struct leaving *l, struct vault_error *err)
{
    struct vault_share *s = l->s;
    enum vault_status st =
        vlt_share_write(s, l->temp.name, &l->text, &l->note, err);

    if (st == VAULT_OK && s->o.plain_container && s->deal.needed > 0)
        return vlt_onetime_file(l->temp.name, l->sha256, err);
    if (st != VAULT_OK || s->o.plain_container)
        return st;
    st = vlt_outfile_begin(l->path, false, &l->courier, err);
    if (st == VAULT_OK)
        st = vlt_share_courier(s, l->temp.name, l->courier, l->sha256, err);
    (void)!vlt_os_destroy(l->temp.name, NULL);
    return st;
}

/* The last moment at which nothing has happened, and all that will be is
 * known: the shares name the file. */
static enum vault_status
deal(struct leaving *l, struct vault_error *err)
{
    return l->s->deal.needed > 0
        ? vlt_share_deal(l->s, &l->text, l->path, l->sha256, err)
        : VAULT_OK;
}

static enum vault_status
give_name(struct leaving *l, struct vault_error *err)
{
    struct vlt_outfile *f = l->courier;
    enum vault_status st;

    l->courier = NULL;
    st = f != NULL ? vlt_outfile_commit(f, err)
                   : vlt_os_rename_new(l->temp.name, l->path, err);
    if (st == VAULT_OK || err == NULL)
        return st;
    err->hint = "the vault says that it was shared, and no file is there: "
                "share the same records again, by their ids or with --again";
    return st;
}

/* While a person reads what would go, and types names, another program may
 * take in a consent that says no. */
static enum vault_status
check_same(const struct vault_share *s, struct vault_error *err)
{
    int64_t version = 0;
    enum vault_status st = vlt_store_data_version(s->v->store, &version, err);

    if (st == VAULT_OK && version != s->version)
        st = vlt_fail_hint(err, VAULT_E_BUSY, "begin again",
            "another program changed the vault since the records were chosen; "
            "nothing was shared");
    return st;
}

/* All in one transaction: nothing of what is given changes meanwhile. */
static enum vault_status
act(struct leaving *l, struct vault_error *err)
{
    struct vault_share *s = l->s;
    size_t i;
    enum vault_status st = vlt_action_begin(s->v, err);

    if (st != VAULT_OK)
        return st;
    st = check_same(s, err);
    if (st == VAULT_OK)
        st = vlt_share_pins_again(s, err);
    if (st == VAULT_OK)
        st = vlt_share_settle(s, err);
    for (i = 0; st == VAULT_OK && i < s->n; i++)
        l->records += s->item[i].use != VLT_ENTRY_HEAD;
    if (st == VAULT_OK)
        st = write_file(l, err);
    if (st == VAULT_OK)
        st = deal(l, err);
    if (st == VAULT_OK)
        st = put_words(l, err);
    if (st == VAULT_OK)
        return vlt_action_commit(s->v, err);
    vlt_action_abort(s->v);
    return st;
}

static uint64_t
file_bytes(const char *path)
{
    struct vlt_file *f;
    int64_t n;

    if (vlt_file_open(path, &f, NULL) != VAULT_OK)
        return 0;
    n = vlt_file_size(f);
    vlt_file_close(f);
    return n > 0 ? (uint64_t)n : 0;
}

static void
tell(struct leaving *l, struct vault_shared *out)
{
    memcpy(out->bundle, l->text.bundle, sizeof out->bundle);
    memcpy(out->text, l->text.text_hash, sizeof out->text);
    out->records = l->records;
    out->bytes = file_bytes(l->path);
    out->path = l->path;
    l->path = NULL;
}

/*
 * The bare container names its sender. With a courier wrap it never touches
 * the medium that travels, where what was removed can be found again: it lies
 * beside the vault, which names its owner anyway.
 */
static enum vault_status
begin_temp(struct leaving *l, struct vault_error *err)
{
    const char *vault = l->s->v->path;
    size_t n = strlen(vault) + sizeof ".share";
    char *base;
    enum vault_status st;

    if (l->s->o.plain_container)
        return vlt_temp_begin(l->path, &l->temp, err);
    base = malloc(n);
    if (base == NULL)
        return vlt_fail_memory(err);
    (void)snprintf(base, n, "%s.share", vault);
    st = vlt_temp_begin(base, &l->temp, err);
    free(base);
    return st;
}

static enum vault_status
leave(struct leaving *l, struct vault_shared *out, struct vault_error *err)
{
    enum vault_status st = begin_temp(l, err);

    if (st != VAULT_OK)
        return st;
    st = act(l, err);
    if (st == VAULT_OK)
        st = give_name(l, err);
    if (st != VAULT_OK && vlt_os_exists(l->temp.name))
        (void)!vlt_os_destroy(l->temp.name, NULL);
    vlt_outfile_discard(l->courier);
    vlt_temp_end(&l->temp);
    if (st == VAULT_OK && l->s->o.minisig)
        st = vlt_share_minisig(l->s, l->path, l->text.text_hash, out, err);
    if (st == VAULT_OK)
        tell(l, out);
    return st;
}

enum vault_status
vault_share_commit(struct vault_share *s, const char *dest,
    struct vault_shared *out, struct vault_error *err)
{
    struct leaving l = {.s = s};
    enum vault_status st = VAULT_OK;

    memset(out, 0, sizeof *out);
    vlt_buf_init(&l.note, VLT_NOTE_MAX);
    if (s->recipients == 0 || s->n == 0)
        st = vlt_fail(err, VAULT_E_USAGE,
            s->n == 0 ? "there is nothing to share" : "recipients come first");
    if (st == VAULT_OK)
        st = vlt_share_names_met(s, err);
    if (st == VAULT_OK)
        st = full_name(s, dest, &l.path, err);
    if (st == VAULT_OK)
        st = check_free(l.path, "", err);
    if (st == VAULT_OK && s->o.minisig)
        st = check_free(l.path, ".minisig", err);
    if (st == VAULT_OK)
        st = leave(&l, out, err);
    vlt_buf_clear(&l.note);
    free(l.path);
    vault_share_abort(s);
    return st;
}
