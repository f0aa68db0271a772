/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c: judging a file others may have touched, line by line */
#include "verify.h"
#include <vault/filekind.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"
#include "fail.h"
#include "told.h"
#include "verify_evidence.h"
#include "os.h"
#include "pool.h"
#include "verify_ids.h"
#include "verify_quick.h"
#include "verify_new.h"
#include "verify_since.h"
#include "verify_stamp.h"
#include "verify_text.h"
#include "verify_witness.h"

enum { FEW = 4 }; /* pieces for which no thread is started */

int
vlt_verify_interrupt(void *ctx)
{
    struct vlt_verify *v = ctx;
    struct vault_progress p = {v->done, v->total, false};

    return v->stopped ||
        (v->opt->progress != NULL && v->opt->progress(v->ctx, &p) != 0);
}

unsigned
vlt_verify_threads(struct vlt_verify *v, uint64_t pieces)
{
    if (v->opt->threads == 0 && pieces < FEW)
        return 1;
    if (v->pool == NULL &&
        vlt_pool_new(v->opt->threads, &v->pool, NULL) != VAULT_OK)
        return 1;
    return vlt_pool_threads(v->pool);
}

struct part {
    const char *kind;
    enum vault_status (*fn)(struct vlt_verify *v, struct vault_error *err);
};

static enum vault_status
each_part(struct vlt_verify *v, const struct part *part, size_t n,
    struct vault_error *err)
{
    struct vault_error why;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < n; i++) {
        vlt_error_clear(&why);
        st = part[i].fn(v, &why);
        st = vlt_judge(v, part[i].kind, st, &why, err);
        if (st == VAULT_OK && vlt_structure_presses(v))
            st = vlt_structure_settle(v, err);
    }
    return st;
}

static enum vault_status
parts(struct vlt_verify *v, struct vault_error *err)
{
    static const struct part vault[] = {
        {"structure", vlt_verify_meta},
        {"card", vlt_verify_cards},
        {"log", vlt_verify_logs},
        {"revoke", vlt_verify_revocations},
        {"session", vlt_verify_sessions},
        {"log", vlt_verify_joins},
        {"stamp", vlt_verify_stamps},
        {"record", vlt_verify_records},
        {"untrusted", vlt_verify_untrusted},
        {"planted", vlt_verify_planted},
        {"slots", vlt_verify_sets},
        {"epoch", vlt_verify_epochs},
        {"rekey", vlt_verify_rekey},
        {"signer", vlt_verify_asked},
        {"witness", vlt_verify_witness},
    };
    static const struct part capture[] = {
        {"structure", vlt_verify_capture_meta},
        {"card", vlt_verify_capture_card},
        {"card", vlt_verify_capture_compartments},
        {"log", vlt_verify_logs},
        {"session", vlt_verify_sessions},
        {"record", vlt_verify_records},
        {"planted", vlt_verify_planted},
        {"planted", vlt_verify_capture_planted},
        {"epoch", vlt_verify_epochs},
        {"signer", vlt_verify_asked},
        {"witness", vlt_verify_witness},
    };
    static const struct part audit[] = {
        {"structure", vlt_verify_audit_meta},
        {"planted", vlt_verify_audit_planted},
        {"card", vlt_verify_cards},
        {"log", vlt_verify_logs},
        {"revoke", vlt_verify_revocations},
        {"session", vlt_verify_sessions},
        {"log", vlt_verify_joins},
        {"stamp", vlt_verify_stamps},
        {"record", vlt_verify_audit_records},
        {"untrusted", vlt_verify_untrusted},
        {"foreign", vlt_verify_audit_others},
        {"signer", vlt_verify_asked},
        {"witness", vlt_verify_witness},
    };

    if (v->audit)
        return each_part(v, audit, VLT_COUNT(audit), err);
    return v->capture ? each_part(v, capture, VLT_COUNT(capture), err)
                      : each_part(v, vault, VLT_COUNT(vault), err);
}

/* What nobody can know from this file alone. */
static void
say_limits(struct vlt_verify *v)
{
    if (v->audit)
        vlt_verify_audit_limits(v);
    else if (!v->verdict.unlocked)
        vlt_not_seen(v, "wrap", v->verdict.records,
            "whether the records can be opened, and what they hold: that "
            "needs a secret");
}

enum vault_status
vlt_verify_unchanged(struct vlt_verify *v, struct vault_error *err)
{
    int64_t now = 0;
    enum vault_status st = vlt_store_data_version(v->s, &now, err);

    if (st == VAULT_OK && v->has_change && now != v->change)
        st = vlt_fail_hint(err, VAULT_E_BUSY,
            "verify a copy, or wait until nobody writes",
            "the file was changed by another program while it was verified");
    return st;
}

/* What was told is of one state of the file, or nothing is. */
static enum vault_status
still_the_same(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->s, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_verify_unchanged(v, err);
    vlt_store_rollback(v->s);
    return st;
}

static enum vault_status
in_snapshot(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->s, false, err);
    enum vault_status settled;

    if (st != VAULT_OK)
        return st;
    st = vlt_store_data_version(v->s, &v->change, err);
    v->has_change = st == VAULT_OK;
    if (st == VAULT_OK)
        st = vlt_structure_begin(v, err);
    if (st == VAULT_OK)
        st = vlt_verify_crowd(v, err);
    if (st == VAULT_OK && !v->crowded)
        st = parts(v, err);
    if (st == VAULT_OK && !v->crowded)
        st = vlt_checked_compare(v, err);
    if (st == VAULT_OK && !v->crowded)
        st = vlt_checked_marks(v, err);
    if (st == VAULT_OK && !v->crowded)
        vlt_verify_bodies_ahead(v);
    settled = vlt_structure_settle(v, st == VAULT_OK ? err : NULL);
    if (st == VAULT_OK)
        st = settled;
    if (st == VAULT_OK && !v->crowded)
        st = vlt_verify_facts(v, err);
    vlt_store_rollback(v->s);
    return st;
}

/* Another kind of container is not a changed vault. */
static enum vault_status
refuse_kind(const char kind[8], struct vault_error *err)
{
    if (strcmp(kind, "kit") == 0)
        return vlt_fail_hint(err, VAULT_E_FORMAT,
            "sanduq restore --kit puts it back into its vault",
            "a kit has no log to judge, only what is needed to unlock");
    return vlt_fail(err, VAULT_E_TAMPERED,
        "this container is not of a kind this program verifies");
}

/* What the file says it is says how it is judged. */
static enum vault_status
choose_kind(struct vlt_verify *v, const char kind[8], struct vault_error *err)
{
    v->capture = strcmp(kind, "capture") == 0;
    v->bundle = strcmp(kind, "bundle") == 0;
    v->audit = strcmp(kind, "audit") == 0;
    v->verdict.capture = v->capture;
    v->verdict.bundle = v->bundle;
    v->verdict.audit = v->audit;
    if (v->audit && v->opt->key != NULL)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "verify it without one; the vault itself can be opened",
            "an audit pack holds nothing that a secret opens");
    if (v->capture || v->bundle || v->audit || strcmp(kind, "vault") == 0)
        return VAULT_OK;
    return refuse_kind(kind, err);
}

static enum vault_status
take_kind(void *ctx, const char *k, const uint8_t *v, size_t n,
    struct vault_error *err)
{
    char *kind = ctx;

    (void)err;
    if (strcmp(k, "kind") == 0 && n < 8)
        memcpy(kind, v, n);
    return VAULT_OK;
}

/* A container that asks for a newer reader is refused, not judged. None
 * asks for reader or suite 0. */
static enum vault_status
refuse_newer(struct vlt_verify *v, const char *k, struct vault_error *err)
{
    uint32_t n = 1;
    enum vault_status st = vlt_meta_get_u32(v->s, k, &n, NULL);

    if (st == VAULT_OK && n == 0)
        return vlt_fail(err, VAULT_E_TAMPERED, "the entry %s was changed", k);
    if (st == VAULT_OK && n > 1)
        return vlt_fail_hint(err, VAULT_E_NEWER,
            "use the program it was made with, or a newer one",
            "%s is %u: made by a newer program", k, n);
    return VAULT_OK;
}

static enum vault_status
read_id_in(struct vlt_verify *v, struct vault_error *err)
{
    char kind[8] = "";
    enum vault_status st = vlt_meta_each(v->s, take_kind, kind, err);

    if (st == VAULT_OK)
        st = choose_kind(v, kind, err);
    if (st == VAULT_OK && v->bundle && v->opt->key != NULL &&
        v->opt->vault == NULL)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "name the vault that it is for, or verify it without a secret",
            "a bundle opens with its recipient's vault");
    if (st == VAULT_OK && v->capture && v->opt->key != NULL &&
        v->opt->vault == NULL)
        st = vlt_fail_hint(err, VAULT_E_USAGE,
            "verify it without one; or name the vault it seals to, which says "
            "what it knows of the device",
            "a capture file opens with no passphrase or key file");
    if (st == VAULT_OK)
        st = refuse_newer(v, "min_reader", err);
    if (st == VAULT_OK)
        st = refuse_newer(v, "suite", err);
    if (st == VAULT_OK)
        st = vlt_meta_get(v->s, "vault", v->id, sizeof v->id, err);
    if (st == VAULT_E_NOT_FOUND)
        st = vlt_fail(err, VAULT_E_TAMPERED, "the vault's id is missing");
    return st;
}

static enum vault_status
read_id(struct vlt_verify *v, struct vault_error *err)
{
    enum vault_status st = vlt_store_begin(v->s, false, err);

    if (st != VAULT_OK)
        return st;
    st = read_id_in(v, err);
    vlt_store_rollback(v->s);
    return st;
}

/* What a state was saved of goes on; these do not. */
static enum vault_status
refuse_state(struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_USAGE,
        "a saved state is of a vault, a capture file or an audit pack, and "
        "this is none");
}

static enum vault_status
run(struct vlt_verify *v, const char *path, struct vault_error *err)
{
    enum vault_status st = read_id(v, err);

    if (st == VAULT_OK && v->bundle) {
        if (v->known != NULL)
            return refuse_state(err);
        if (v->opt->key != NULL)
            st = vlt_verify_unlock_other(v, err);
        return st == VAULT_OK ? vlt_verify_bundle(v, path, err) : st;
    }
    if (st == VAULT_OK && (v->opt->key != NULL || v->keys != NULL) &&
        !v->capture)
        st = vlt_verify_unlock(v, path, err);
    if (st == VAULT_OK && v->known != NULL)
        st = vlt_verify_new(v, err);
    if (v->fresh == NULL && st == VAULT_OK)
        st = in_snapshot(v, err);
    if (v->crowded)
        return st;
    if (st == VAULT_OK && !v->audit && v->fresh == NULL)
        st = vlt_verify_bodies(v, err);
    if (st == VAULT_OK && v->opt->key != NULL && v->capture) {
        st = vlt_verify_unlock_other(v, err);
        if (st == VAULT_OK)
            st = vlt_verify_known(v, path, err);
    }
    if (st == VAULT_OK && v->verdict.unlocked)
        st = vlt_verify_events(v, err);
    if (st == VAULT_OK && v->verdict.unlocked)
        st = vlt_verify_foreign(v, err);
    if (st == VAULT_OK)
        st = vlt_verify_record_facts(v, err);
    if (st == VAULT_OK)
        st = still_the_same(v, err);
    if (st == VAULT_OK)
        say_limits(v);
    return st;
}

static void
drop_logs(struct vlt_verify *v)
{
    size_t i;

    for (i = 0; i < v->logs; i++) {
        vlt_replica_clear(&v->log[i].replica);
        free(v->log[i].edge);
    }
    free(v->log);
    free(v->card);
    free(v->writer);
    v->writer = NULL;
    v->log = NULL;
    v->card = NULL;
    v->logs = 0;
    v->cards = 0;
}

void
vlt_verify_forget(struct vlt_verify *v)
{
    struct vault_verdict blank;

    memset(&blank, 0, sizeof blank);
    blank.capture = v->verdict.capture;
    blank.audit = v->verdict.audit;
    blank.unlocked = v->verdict.unlocked;
    blank.witnessed = -1;
    v->verdict = blank;
    v->since_unmet = false;
    v->absent = 0;
    v->strays = 0;
    drop_logs(v);
    vlt_new_free(v->fresh);
    v->fresh = NULL;
    if (v->keep != NULL)
        vlt_verifystate_clear(v->keep);
    free(v->keep);
    v->keep = NULL;
}

static void
clear(struct vlt_verify *v)
{
    if (v->v != NULL) {
        v->v->store = NULL; /* it was only lent */
        vault_close(v->v);
    }
    drop_logs(v);
    vlt_told_clear(v->told);
    vlt_new_free(v->fresh);
    vlt_checked_free(v);
    vlt_wit_end(v);
    vlt_bodies_free(v->bodies);
    vlt_quick_free(v->quick);
    vlt_ids_free(v->ids);
    vlt_structure_free(v->structure);
    vlt_pool_free(v->pool);
    vlt_store_close(v->other);
    vlt_store_close(v->s);
}

static enum vault_status
sum_up(const struct vlt_verify *v, struct vault_error *err)
{
    if (v->verdict.failed > 0)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "the evidence does not match (%llu findings)",
            (unsigned long long)v->verdict.failed);
    if (v->verdict.not_as_asked > 0)
        return vlt_fail(err, VAULT_E_POLICY, "sound, but not as asked for");
    return VAULT_OK;
}

/* What is sealed with age shows nothing that could be judged. */
static enum vault_status
say_sealed(const char *path, enum vault_status st, struct vault_error *err)
{
    enum vault_file_kind kind;

    if (vault_file_kind(path, &kind, NULL) != VAULT_OK ||
        kind != VAULT_FILE_AGE)
        return st;
    return vlt_fail_hint(err, VAULT_E_NO_KEY,
        "sanduq receive opens it with your vault, and checks it before "
        "anything is taken in",
        "%s is sealed with age: nothing can be judged from outside", path);
}

static enum vault_status
judge_file(struct vlt_verify *v, const char *path,
    const struct vlt_store_options *so, struct vault_error *err)
{
    enum vault_status st;

    if (vlt_os_is_special(path)) /* nothing to wait at for ever */
        return vlt_fail(err, VAULT_E_IO, "%s is not a regular file", path);
    if (vlt_verify_text_is(path))
        return v->known != NULL ? refuse_state(err)
                                : vlt_verify_text(v, path, err);
    st = vlt_store_open(path, so, &v->s, err);
    if (st == VAULT_E_FORMAT && v->s == NULL)
        st = say_sealed(path, st, err);
    return st == VAULT_OK ? run(v, path, err) : st;
}

enum vault_status
vlt_verify_file(const char *path, const struct vault *keys,
    const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err)
{
    struct vlt_verify v;
    struct vlt_told told = {0};
    struct vlt_store_options so = {VLT_STORE_READ, 0, vlt_verify_interrupt, &v};
    struct vault_error why;
    enum vault_status st = vlt_crypto_init(err);

    if (st != VAULT_OK)
        return st;
    memset(&v, 0, sizeof v);
    vlt_error_clear(&why);
    v.keys = keys;
    v.opt = opt;
    v.told = opt->evidence != NULL ? &told : NULL;
    v.fn = fn;
    v.ctx = ctx;
    v.verdict.witnessed = -1;
    st = vlt_wit_begin(&v, &why);
    if (st == VAULT_OK)
        st = vlt_checked_load(&v, &why);
    if (st == VAULT_OK)
        st = judge_file(&v, path, &so, &why);
    if (st == VAULT_OK)
        st = vlt_checked_save(&v, &why);
    if (st == VAULT_E_TAMPERED)
        st = vlt_judge(&v, "structure", st, &why, err);
    else if (st == VAULT_OK && (opt->leaf != NULL || opt->log != NULL) &&
        (v.verdict.text == NULL || strcmp(v.verdict.text, "tlog-proof") != 0))
        vlt_not_as_asked(&v, "leaf",
            "a line or a log to compare it with is for a tlog-proof alone");
    else if (st != VAULT_OK && err != NULL)
        *err = why;
    if (st == VAULT_OK)
        st = sum_up(&v, err);
    *out = v.verdict;
    clear(&v);
    return st;
}

enum vault_status
vault_verify(const char *path, const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err)
{
    return vlt_verify_file(path, NULL, opt, fn, ctx, out, err);
}
