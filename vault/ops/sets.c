/* SPDX-License-Identifier: Apache-2.0 */
/* sets.c: what a seizure could have changed: slots, settings, heads, state */
#include <inttypes.h>
#include <string.h>
#include "cell.h"
#include "clock.h"
#include "fail.h"
#include "handle.h"
#include "sign.h"
#include "slot.h"

static const char changed_hint[] =
    "do not go on with this file: compare it with a copy, and keep both";

enum vault_status
vlt_slots_hash_now(struct vlt_store *s, uint8_t out[32], uint32_t *gen,
    struct vault_error *err)
{
    struct vlt_slot_set set;
    enum vault_status st = vlt_meta_get_u32(s, "slots-gen", gen, err);

    if (st == VAULT_OK)
        st = vlt_slots_load(s, false, &set, err);
    if (st == VAULT_OK)
        vlt_slot_set_hash(out, *gen, set.slot, set.n);
    return st;
}

static enum vault_status
add_setting(void *ctx, uint64_t id, uint64_t rev, const uint8_t *b, size_t n,
    struct vault_error *err)
{
    (void)err;
    vlt_settings_hash_add(ctx, id, rev, b, n);
    return VAULT_OK;
}

enum vault_status
vlt_settings_hash_now(struct vlt_store *s, uint8_t out[32], uint32_t *gen,
    struct vault_error *err)
{
    struct vlt_settings_hash h;
    enum vault_status st = vlt_meta_get_u32(s, "settings-gen", gen, err);

    if (st != VAULT_OK)
        return st;
    vlt_settings_hash_init(&h, *gen);
    st = vlt_locals(s, add_setting, &h, err);
    vlt_settings_hash_final(&h, out);
    return st;
}

/* The newest leaf of one kind over all own logs, by its event's gen. */
struct newest {
    bool found;
    int64_t gen;
    uint8_t subject[32];
    char origin[VLT_NAME_MAX + 1];
};

static enum vault_status
consider(struct vault *v, const struct vlt_own_log *log, const char *kind,
    bool scan, struct newest *best, struct vault_error *err)
{
    struct vlt_leaf_row row;
    struct vlt_fields f;
    struct vlt_buf evct;
    int64_t gen = -1;
    enum vault_status st;

    vlt_fields_init(&f);
    vlt_buf_init(&evct, VLT_EVENT_MAX);
    st = scan ? vlt_leaf_last_scan(v->store, log->n, kind, &row, &evct, err)
              : vlt_leaf_last(v->store, log->n, kind, &row, &evct, err);
    if (st == VAULT_E_NOT_FOUND) {
        st = VAULT_OK;
        goto out;
    }
    if (st == VAULT_OK)
        st = vlt_own_leaf_check(v->store, log, row.idx, &row.leaf, err);
    if (st == VAULT_OK)
        st = vlt_event_read(v, &row, &f, err);
    /* this vault wrote the line: what does not open any more was changed */
    if (st == VAULT_E_NO_KEY || st == VAULT_E_FORMAT)
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
            "leaf %" PRIu64 " (%s) does not open", row.idx, kind);
    if (st != VAULT_OK)
        goto out;
    if (!vlt_fields_i64(&f, "gen", &gen) || gen < 0) {
        st = vlt_fail(err, VAULT_E_TAMPERED,
            "leaf %" PRIu64 " (%s) says no generation", row.idx, kind);
        goto out;
    }
    if (!best->found || gen > best->gen ||
        (gen == best->gen && strcmp(log->origin, best->origin) < 0)) {
        best->found = true;
        best->gen = gen;
        memcpy(best->subject, row.leaf.subject, 32);
        memcpy(best->origin, log->origin, sizeof best->origin);
    }
out:
    vlt_fields_clear(&f);
    vlt_buf_clear(&evct);
    return st;
}

enum vault_status
vlt_set_newest(struct vault *v, const struct vlt_own_logs *logs,
    const char *kind, uint32_t *gen, uint8_t subject[32],
    struct vault_error *err)
{
    struct newest best;
    enum vault_status st = VAULT_OK;
    size_t i;

    memset(&best, 0, sizeof best);
    for (i = 0; st == VAULT_OK && i < logs->n; i++) {
        if (!logs->log[i].session)
            st = consider(v, &logs->log[i], kind, true, &best, err);
    }
    if (st == VAULT_OK && (!best.found || best.gen >= UINT32_MAX))
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
            "no line of the log names the %s", kind);
    if (st != VAULT_OK)
        return st;
    *gen = (uint32_t)best.gen;
    memcpy(subject, best.subject, 32);
    return VAULT_OK;
}

static enum vault_status
check_set(struct vault *v, const char *kind, bool scan, bool lost,
    enum vault_status (*hash_now)(struct vlt_store *s, uint8_t out[32],
        uint32_t *gen, struct vault_error *err),
    uint32_t *gen, struct vault_error *err)
{
    struct newest best;
    uint8_t now[32];
    enum vault_status st = VAULT_OK;
    size_t i;

    memset(&best, 0, sizeof best);
    /* an index can hide a line: only of a log whose newest line of this kind
     * the state file remembers by its gen is the index asked */
    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        if (v->logs.log[i].session)
            continue; /* whoever finds a capture file has its key */
        st = consider(v, &v->logs.log[i], kind,
            scan || v->logs.log[i].n != v->log_n, &best, err);
    }
    if (st == VAULT_OK)
        st = hash_now(v->store, now, gen, err);
    if (st == VAULT_E_SLOT || st == VAULT_E_NOT_FOUND)
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
            "the %s were changed outside this program", kind);
    if (st != VAULT_OK || lost)
        return st;
    if (!best.found || best.gen != *gen || memcmp(best.subject, now, 32) != 0)
        return vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
            "the %s were changed outside this program", kind);
    return VAULT_OK;
}

/* Whether the log is the one whose key the state holds. */
static bool
is_ours(const struct vault *v, const struct vlt_own_log *log)
{
    uint8_t key[32];

    if (log->session || memcmp(log->replica.replica, v->state.replica, 8) != 0)
        return false;
    vlt_sign_public(key, v->state.log->b);
    return memcmp(key, log->replica.log_key, sizeof key) == 0;
}

/*
 * Whether this machine's own log goes on from where its state file says. It
 * may have gone further: a crash, or another process, between COMMIT and the
 * state file. The checkpoint is signed by our key, so we go on from there.
 */
static enum vault_status
match_state(struct vault *v, bool *further, struct vault_error *err)
{
    const struct vlt_own_log *log = NULL;
    struct vlt_log_tree tree;
    struct vlt_tree_io io;
    uint8_t root[32];
    size_t i;
    enum vault_status st;

    v->log_n = 0;
    for (i = 0; i < v->logs.n; i++) {
        if (is_ours(v, &v->logs.log[i]))
            log = &v->logs.log[i];
    }
    /* a state of size 0 was written before its first action: nothing lost */
    v->older = v->state.size > 0 && (log == NULL || log->size < v->state.size);
    if (log == NULL || v->older)
        return VAULT_OK;
    if (v->state.size > 0) {
        vlt_log_tree_io(&tree, v->store, log->n, false, &io);
        st = vlt_tree_root(&io, v->state.size, root, err);
        if (st != VAULT_OK)
            return st;
        v->older = memcmp(root, v->state.root, 32) != 0;
    }
    if (v->older)
        return VAULT_OK;
    v->log_n = log->n;
    *further = v->state.size < log->size;
    v->state.size = log->size;
    memcpy(v->state.root, log->root, 32);
    return VAULT_OK;
}

static enum vault_status
use_state(struct vault *v, bool *known, bool *further, struct vault_error *err)
{
    struct vlt_state state;
    enum vault_status st;

    memset(&state, 0, sizeof state);
    if (v->opt.no_state) {
        /* what this handle itself has written is all there is to remember */
        *known = v->state.size > 0;
        return *known ? match_state(v, further, err) : VAULT_OK;
    }
    st = vlt_state_load(v, &state, known, err);
    if (st != VAULT_OK)
        return st;
    if (!*known) {
        v->log_n = 0;
        return VAULT_OK;
    }
    vlt_state_clear(&v->state);
    v->state = state;
    return match_state(v, further, err);
}

/* Logs that the state file does not vouch for are read whole; with no memory
 * of this vault, or of its newest lines, all are. */
static enum vault_status
scan_logs(struct vault *v, bool all, struct vault_error *err)
{
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; st == VAULT_OK && i < v->logs.n; i++) {
        if (!v->logs.log[i].session && (all || v->logs.log[i].n != v->log_n))
            st = vlt_own_log_scan(v->store, &v->logs.log[i], err);
    }
    return st;
}

/* Another process may have made the next generation since it was read. */
static enum vault_status
renew_identity(struct vault *v, struct vault_error *err)
{
    uint64_t newest = 0;
    enum vault_status st =
        vlt_count(v->store, "SELECT max(gen) FROM identity", &newest, err);

    if (st == VAULT_OK && newest != v->card.generation)
        st = vlt_identity_load(v, err);
    return st;
}

/*
 * The card in use must be the newest that any log names last: an older
 * generation with its own SEED would be accepted otherwise. Each log names one
 * that is here, or a generation was taken away.
 */
static enum vault_status
check_card(struct vault *v, bool scan, struct vault_error *err)
{
    const struct vlt_card *card;
    struct vlt_leaf_row row;
    bool found = false;
    enum vault_status st = VAULT_OK;
    size_t i;

    for (i = 0; i < v->logs.n; i++) {
        const struct vlt_own_log *log = &v->logs.log[i];

        if (log->session)
            continue;
        st = scan || log->n != v->log_n
            ? vlt_leaf_last_scan(v->store, log->n, "card", &row, NULL, err)
            : vlt_leaf_last(v->store, log->n, "card", &row, NULL, err);
        if (st == VAULT_E_NOT_FOUND)
            continue;
        if (st == VAULT_OK)
            st = vlt_own_leaf_check(v->store, log, row.idx, &row.leaf, err);
        if (st != VAULT_OK)
            return st;
        card = vlt_own_card(v, row.leaf.subject);
        if (card == NULL)
            return vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
                "a card that the log names is missing");
        found = found || card == &v->card;
    }
    if (found)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
        "the vault's card is not the one that its log names last");
}

enum vault_status
vlt_need_plain(const struct vault *v, struct vault_error *err)
{
    if (!v->extended)
        return VAULT_OK;
    return vlt_fail_hint(err, VAULT_E_NEWER,
        "write to it with the program it was extended by, or a newer one",
        "this vault holds an extension that this program does not "
        "understand: it can be read, not written");
}

/* Both sets are those that the newest lines name; `known`: the state file says
 * how far they had come, and they may not be older. */
static enum vault_status
check_sets(struct vault *v, bool scan, bool known, struct vault_error *err)
{
    uint32_t slots_gen = 0;
    uint32_t settings_gen = 0;
    enum vault_status st = check_set(v, "slots", scan, v->slots_lost,
        vlt_slots_hash_now, &slots_gen, err);

    if (st == VAULT_OK)
        st = check_set(v, "settings", scan, v->settings_lost,
            vlt_settings_hash_now, &settings_gen, err);
    if (st == VAULT_OK && known &&
        (slots_gen < v->state.slots_gen ||
            settings_gen < v->state.settings_gen))
        st = vlt_fail_hint(err, VAULT_E_TAMPERED, changed_hint,
            "older ways to unlock or settings were put back: this machine "
            "remembers later ones");
    if (st != VAULT_OK)
        return st;
    v->state.slots_gen = slots_gen;
    v->state.settings_gen = settings_gen;
    return VAULT_OK;
}

enum vault_status
vlt_heads_check(struct vault *v, struct vault_error *err)
{
    struct vlt_own_logs logs;
    uint64_t must = 0;
    bool known = false;
    bool further = false;
    enum vault_status st;

    v->shut_epochs = 0; /* somebody may have mended one */
    st = vlt_own_logs_load_again(v->store, v->id, &v->logs, &logs, err);
    if (st != VAULT_OK)
        return st;
    vlt_own_logs_clear(&v->logs);
    v->logs = logs;
    st = renew_identity(v, err);
    if (st == VAULT_OK)
        st = use_state(v, &known, &further, err);
    if (st == VAULT_OK)
        st = scan_logs(v, !known || further, err);
    if (st == VAULT_OK)
        st = check_card(v, !known || further, err);
    if (st == VAULT_OK)
        st = check_sets(v, !known || further, known, err);
    if (st == VAULT_OK)
        st = vlt_count(v->store,
            "SELECT count(*) FROM ext WHERE substr(k, 1, 1) = '!'", &must, err);
    if (st != VAULT_OK)
        return st;
    v->extended = must > 0;
    vlt_clock_learn(v);
    return vlt_store_data_version(v->store, &v->data_version, err);
}
