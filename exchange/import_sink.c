/* SPDX-License-Identifier: Apache-2.0 */
/* import_sink.c: one record after the other into the vault, or why not */
#include "import_batch.h"

#include "fail.h"
#include "nmark.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { SMALL = 4 * 1024 * 1024 };

/* ---- sealing one ---- */

VAULT_CHECKED static enum vault_status
seal_marks(struct import *im, const struct import_item *item,
    struct vault_sealer *s, size_t missing, struct vault_error *err)
{
    uint8_t pending[VAULT_HASH];
    char reason[96];
    enum vault_status st = vault_seal_field(s, VAULT_BYTES, VAULT_VALUE,
        "import.key", item->key, VAULT_HASH, err);

    if (st == VAULT_OK && item->has_id)
        st = vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "import.id",
            item->id, VAULT_HASH, err);
    if (st == VAULT_OK && missing > 0) {
        import_key_pending(im, item->key, pending);
        st = vault_seal_field(s, VAULT_BYTES, VAULT_VALUE, "import.pending",
            pending, VAULT_HASH, err);
    }
    if (item->row > 0)
        (void)snprintf(reason, sizeof reason, "import: %s, row %" PRIu64,
            import_source_word(im->from), item->row);
    else
        (void)snprintf(reason, sizeof reason, "import: %s",
            import_source_word(im->from));
    if (st == VAULT_OK)
        st = vault_seal_reason(s, reason, err);
    return st;
}

VAULT_CHECKED static enum vault_status
fill(struct import *im, const struct import_item *item, struct vault_sealer *s,
    size_t missing, struct vault_error *err)
{
    enum vault_status st = form_seal(item->form, s, err);

    if (st == VAULT_OK)
        st = seal_marks(im, item, s, missing, err);
    if (st == VAULT_OK)
        st = import_seal_links(item, s, missing, err);
    if (st == VAULT_OK && item->path != NULL)
        st = import_body_seal(im, item, s, err);
    return st;
}

/* `amend`: the record that gets a new version; NULL: a new record. */
VAULT_CHECKED static enum vault_status
seal(struct import *im, const struct import_item *item, const uint8_t *amend,
    size_t missing, struct vault_sealed *out, struct vault_error *err)
{
    struct vault_sealer *s = NULL;
    enum vault_status st = amend != NULL
        ? vault_amend_begin(im->r->vault, amend, NULL, &s, err)
        : vault_seal_begin(im->r->vault, item->type, &s, err);

    if (st == VAULT_OK && amend != NULL)
        st = import_drop_pending(s, err);
    if (st == VAULT_OK)
        st = fill(im, item, s, missing, err);
    if (st != VAULT_OK) {
        vault_seal_abort(s);
        return st;
    }
    return vault_seal_commit(s, out, err);
}

/* The row's own fault, or that of a file it names: the others go on. */
static bool
is_its_own(enum vault_status st)
{
    return st == VAULT_E_USAGE || st == VAULT_E_LIMIT || st == VAULT_E_EXISTS ||
        st == VAULT_E_NOT_FOUND || st == VAULT_E_FORMAT ||
        st == VAULT_E_TAMPERED || st == VAULT_E_AMBIGUOUS ||
        /* sealed to a compartment, or its type goes to one now */
        st == VAULT_E_NO_KEY || st == VAULT_E_POLICY;
}

VAULT_CHECKED static enum vault_status
tell_failed(struct import *im, const struct import_item *item,
    const struct vault_error *why, struct vault_error *err)
{
    struct import_told t = import_told_of(item, IMPORT_FAILED);

    t.why = why;
    return import_say(im, &t, err);
}

/* It is here from now on. */
VAULT_CHECKED static enum vault_status
remember(struct import *im, const struct import_item *item,
    const uint8_t id[VAULT_ID], size_t missing, struct vault_error *err)
{
    uint8_t pending[VAULT_HASH];
    enum vault_status st = recall_put(&im->recall, item->key, id, err);

    if (st == VAULT_OK && item->has_id)
        st = recall_put(&im->recall, item->id, id, err);
    if (st == VAULT_OK && item->by_body)
        st = recall_put(&im->recall, item->sha256, id, err);
    if (st == VAULT_OK && item->links > 0) {
        import_key_pending(im, item->key, pending);
        st = recall_put(&im->recall, pending, missing > 0 ? id : NULL, err);
    }
    return st;
}

VAULT_CHECKED static enum vault_status
seal_and_wait(struct import *im, const struct import_item *item,
    const uint8_t *amend, uint64_t bytes, size_t missing,
    struct vault_error *err)
{
    struct vault_sealed sealed;
    struct vault_error why = {0};
    enum vault_status st;

    st = bytes <= SMALL && amend == NULL ? import_begin_batch(im, err)
                                         : import_end_batch(im, err);
    if (st != VAULT_OK)
        return st;
    im->file_fault = false;
    st = seal(im, item, amend, missing, &sealed, &why);
    if (st == VAULT_OK)
        st = remember(im, item, sealed.id, missing, err);
    if (st == VAULT_OK)
        return import_wait(im, item,
            amend != NULL ? IMPORT_AMENDED : IMPORT_ADDED, &sealed, err);
    if (is_its_own(st) ||
        (im->file_fault && st != VAULT_E_CANCELLED && st != VAULT_E_MEMORY))
        return tell_failed(im, item, &why, err);
    if (err != NULL)
        *err = why;
    return st;
}

/* ---- what a dry run does instead ---- */

VAULT_CHECKED static enum vault_status
pretend(struct import *im, const struct import_item *item, const uint8_t *id,
    uint64_t bytes, struct vault_error *err)
{
    struct import_told t =
        import_told_of(item, id != NULL ? IMPORT_AMENDED : IMPORT_ADDED);
    static const uint8_t none[VAULT_ID];
    enum vault_status st = remember(im, item, id != NULL ? id : none, 0, err);

    if (st != VAULT_OK)
        return st;
    t.has_body = item->path != NULL;
    memcpy(t.sha256, item->sha256, VAULT_HASH);
    t.bytes = bytes;
    t.has_id = id != NULL;
    if (id != NULL)
        memcpy(t.id, id, VAULT_ID);
    return import_say(im, &t, err);
}

/* ---- deciding ---- */

/* What is known of an item before it is sealed. */
struct decision {
    uint64_t bytes; /* of its original */
    bool same, changed;
    uint8_t id[VAULT_ID]; /* of the record that is here */
};

/* The hash of its original; a mismatch with what was said is told. */
VAULT_CHECKED static enum vault_status
hash_body(struct import *im, struct import_item *item, uint64_t *bytes,
    struct vault_error *err)
{
    uint8_t hash[VAULT_HASH];
    enum vault_status st;

    if (item->path == NULL)
        return VAULT_OK;
    st = import_body_hash(im, item->folder, item->path, hash, bytes, err);
    if (st == VAULT_OK && item->has_sha256 &&
        memcmp(hash, item->sha256, VAULT_HASH) != 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "%s is not the original that is meant: its SHA-256 differs",
            item->path);
    memcpy(item->sha256, hash, VAULT_HASH);
    return st;
}

VAULT_CHECKED static enum vault_status
decide(struct import *im, const struct import_item *item, struct decision *d,
    struct vault_error *err)
{
    enum vault_status st = import_lookup(im, item->key, &d->same, d->id, err);

    if (st == VAULT_OK && !d->same && item->by_body && !im->r->again)
        st = import_lookup(im, item->sha256, &d->same, d->id, err);
    if (st == VAULT_OK && !d->same && item->has_id)
        st = import_lookup(im, item->id, &d->changed, d->id, err);
    return st;
}

static bool
is_id(const uint8_t id[VAULT_ID])
{
    static const uint8_t none[VAULT_ID];

    return memcmp(id, none, VAULT_ID) != 0;
}

VAULT_CHECKED static enum vault_status
tell_here(struct import *im, const struct import_item *item,
    enum import_what what, const struct decision *d, struct vault_error *err)
{
    struct import_told t = import_told_of(item, what);

    t.has_id = is_id(d->id);
    memcpy(t.id, d->id, VAULT_ID);
    return import_say(im, &t, err);
}

/* In already; but perhaps what it names has come since. */
VAULT_CHECKED static enum vault_status
same(struct import *im, const struct import_item *item,
    const struct decision *d, uint64_t ordinal, struct vault_error *err)
{
    uint8_t pending[VAULT_HASH], id[VAULT_ID];
    bool found = false;
    enum vault_status st = tell_here(im, item, IMPORT_SAME, d, err);

    if (st != VAULT_OK || item->links == 0)
        return st;
    import_key_pending(im, item->key, pending);
    st = import_lookup(im, pending, &found, id, err);
    if (st == VAULT_OK && found)
        st = import_note_ordinal(&im->pending, ordinal, err);
    return st;
}

VAULT_CHECKED static enum vault_status
add(struct import *im, const struct import_item *item, const struct decision *d,
    uint64_t ordinal, struct vault_error *err)
{
    const uint8_t *amend =
        d->changed && im->r->changed == IMPORT_CHANGED_AMEND ? d->id : NULL;
    size_t missing = 0;
    enum vault_status st = import_resolve(im, item, &missing, err);

    if (st == VAULT_OK && missing > 0 && im->pass == 1)
        return import_note_ordinal(&im->deferred, ordinal, err);
    if (st == VAULT_OK && missing > 0)
        st = import_note_ordinal(&im->pending, ordinal, err);
    if (st != VAULT_OK)
        return st;
    if (im->r->dry_run)
        return pretend(im, item, amend, d->bytes, err);
    return seal_and_wait(im, item, amend, d->bytes, missing, err);
}

/* The third pass: nothing is added, links are. */
VAULT_CHECKED static enum vault_status
link_up(struct import *im, const struct import_item *item,
    const struct decision *d, struct vault_error *err)
{
    struct import_told t = import_told_of(item, IMPORT_UNLINKED);
    struct vault_sealed sealed = {0};
    size_t missing = 0, made = 0;
    enum vault_status st = import_resolve(im, item, &missing, err);

    t.has_id = is_id(d->id);
    memcpy(t.id, d->id, VAULT_ID);
    if (st == VAULT_OK && !im->r->dry_run)
        st = import_end_batch(im, err);
    if (st == VAULT_OK && !im->r->dry_run)
        st = import_relink(im, item, d->id, missing, &made, &sealed, err);
    if (st == VAULT_OK && made > 0) {
        t.what = IMPORT_LINKED;
        t.version = sealed.version;
        st = import_say(im, &t, err);
        t.what = IMPORT_UNLINKED;
    }
    if (st == VAULT_OK && missing > 0)
        st = import_say(im, &t, err);
    return st;
}

VAULT_CHECKED static enum vault_status
put(struct import *im, const struct import_queued *q, struct vault_error *err)
{
    const struct import_item *item = &q->item;
    struct decision d = {.bytes = q->bytes};
    enum vault_status st = decide(im, item, &d, err);

    if (st != VAULT_OK)
        return st;
    if (im->pass == 3)
        return d.same ? link_up(im, item, &d, err) : VAULT_OK;
    if (d.same)
        return same(im, item, &d, q->ordinal, err);
    if (d.changed && im->r->changed == IMPORT_CHANGED_TELL)
        return tell_here(im, item, IMPORT_CHANGED, &d, err);
    return add(im, item, &d, q->ordinal, err);
}

enum vault_status
import_flush(struct import *im, struct vault_error *err)
{
    enum vault_status st = import_ask_ahead(im, err);

    for (size_t i = 0; i < im->queued && st == VAULT_OK; i++)
        st = put(im, &im->queue[i], err);
    if (st == VAULT_OK)
        st = import_end_batch(im, err);
    if (st == VAULT_OK)
        import_queue_clear(im);
    return st;
}

/* What is known by its content alone: the hash of all of it. */
VAULT_CHECKED static enum vault_status
queue(struct import *im, struct import_item *item, uint64_t ordinal,
    uint64_t bytes, struct vault_error *err)
{
    enum vault_status st = import_key_content(im, item,
        item->path != NULL ? item->sha256 : NULL, item->key, err);

    if (st == VAULT_OK)
        st = import_queue_add(im, item, ordinal, bytes, err);
    if (st == VAULT_OK &&
        (im->queued == IMPORT_BATCH || im->queued_bytes >= IMPORT_BATCH_BYTES))
        st = import_flush(im, err);
    return st;
}

enum vault_status
import_put(struct import *im, const struct import_item *item,
    struct vault_error *err)
{
    struct import_item copy = *item;
    uint64_t ordinal = im->ordinal, bytes = 0;
    struct vault_error why = {0};
    bool wanted = import_concerns(im, 1);
    enum vault_status st;

    im->ordinal++;
    if (!wanted)
        return VAULT_OK;
    copy.vault = im->vault;
    st = hash_body(im, &copy, &bytes, &why);
    if (st == VAULT_E_CANCELLED || st == VAULT_E_MEMORY) {
        if (err != NULL)
            *err = why;
        return st;
    }
    if (st != VAULT_OK)
        return im->pass == 1 ? tell_failed(im, item, &why, err) : VAULT_OK;
    return queue(im, &copy, ordinal, bytes, err);
}
