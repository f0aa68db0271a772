/* SPDX-License-Identifier: Apache-2.0 */
/* witness_pin.c: who countersigns for this vault, and how many are enough */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "witness_rows.h"

/* ---- one action that changes them ---- */

struct change {
    const char *name;
    struct vlt_vkey key;
    bool compared, replace, remove, has_quorum, changed;
    uint32_t quorum;
};

/* A local name that can stand in a policy: one word, and not the one that
 * means nobody. */
static enum vault_status
one_word(const char *given, char out[VLT_PIN_NAME + 1], struct vault_error *err)
{
    enum vault_status st = vlt_pin_name(given, out, err);

    if (st == VAULT_OK &&
        (!vlt_name_ok(out, strlen(out)) || strcmp(out, "none") == 0 ||
            out[0] == '#'))
        st = vlt_fail(err, VAULT_E_USAGE,
            "the name of a witness is one word, without +, and not \"none\"");
    return st;
}

static struct vlt_witness_pin *
by_key(struct vlt_witness_set *s, const uint8_t pk[32])
{
    size_t i;

    for (i = 0; i < s->n; i++) {
        if (memcmp(s->at[i].key.pk, pk, 32) == 0)
            return &s->at[i];
    }
    return NULL;
}

static enum vault_status
put_key(struct vault *v, struct vlt_witness_set *s, struct change *c,
    struct vault_error *err)
{
    struct vlt_witness_pin *p = by_key(s, c->key.pk);
    struct vlt_witness_pin *named =
        (struct vlt_witness_pin *)vlt_witness_by_name(s, c->name);

    if (p != NULL && p != named)
        return vlt_fail(err, VAULT_E_EXISTS,
            "this key is pinned as \"%s\" already", p->name);
    if (p == NULL && named != NULL && !c->replace)
        return vlt_fail_hint(err, VAULT_E_EXISTS,
            "--renewed puts this one in its place: when the witness renewed "
            "their card",
            "\"%s\" has another key", named->name);
    if (named == NULL && s->n == VAULT_WITNESSES)
        return vlt_fail(err, VAULT_E_LIMIT, "no more than %d witnesses",
            VAULT_WITNESSES);
    c->changed = p == NULL || (c->compared && !p->confirmed);
    if (!c->changed)
        return VAULT_OK;
    if (named == NULL) {
        named = &s->at[s->n++];
        memset(named, 0, sizeof *named);
        memcpy(named->name, c->name, strlen(c->name));
    }
    if (p == NULL) {
        named->key = c->key;
        named->pinned = vlt_now(v);
        named->confirmed = false;
    }
    named->confirmed = named->confirmed || c->compared;
    return vlt_witness_put(v, named, err);
}

static enum vault_status
remove_key(struct vault *v, struct vlt_witness_set *s, struct change *c,
    struct vault_error *err)
{
    const struct vlt_witness_pin *p = vlt_witness_by_name(s, c->name);
    size_t i;
    enum vault_status st;

    if (p == NULL)
        return vlt_fail(err, VAULT_E_NOT_FOUND,
            "no witness is pinned as \"%s\"", c->name);
    if (s->quorum >= s->n)
        return vlt_fail_hint(err, VAULT_E_USAGE,
            "sanduq witness init --quorum with a lower number first",
            "fewer witnesses would be left than are to be enough");
    st = vlt_setting_delete(v, p->id, err);
    i = (size_t)(p - s->at);
    memmove(&s->at[i], &s->at[i + 1], (s->n - i - 1) * sizeof s->at[0]);
    s->n--;
    c->changed = true;
    return st;
}

static enum vault_status
apply(struct vault *v, struct change *c, struct vault_error *err)
{
    struct vlt_witness_set *s = malloc(sizeof *s);
    enum vault_status st =
        s == NULL ? vlt_fail_memory(err) : vlt_witness_set_load(v, s, err);

    if (st == VAULT_OK && c->has_quorum) {
        c->changed = s->quorum != c->quorum;
        s->quorum = c->quorum;
        if (c->quorum > s->n)
            st = vlt_fail(err, VAULT_E_USAGE, "only %zu witnesses are pinned",
                s->n);
    } else if (st == VAULT_OK && c->remove) {
        st = remove_key(v, s, c, err);
    } else if (st == VAULT_OK) {
        st = put_key(v, s, c, err);
    }
    if (st == VAULT_OK && c->changed)
        st = vlt_witness_policy_put(v, s, err);
    if (st == VAULT_OK && c->changed)
        st = vlt_settings_changed(v, err);
    free(s);
    return st;
}

static enum vault_status
run(struct vault *v, struct change *c, struct vault_error *err)
{
    enum vault_status st = vlt_action_begin(v, err);

    if (st != VAULT_OK)
        return st;
    st = apply(v, c, err);
    if (st != VAULT_OK || !c->changed) {
        vlt_action_abort(v);
        return st;
    }
    return vlt_action_commit(v, err);
}

enum vault_status
vault_witness_pin(struct vault *v, const char *name,
    const struct vault_witness_key *key, bool compared, bool replace,
    bool *changed, struct vault_error *err)
{
    struct change c = {.compared = compared, .replace = replace};
    char word[VLT_PIN_NAME + 1], own[VLT_NAME_MAX + 1];
    enum vault_status st = vlt_need_unlocked(v, err);

    *changed = false;
    if (st == VAULT_OK)
        st = one_word(name, word, err);
    if (st == VAULT_OK)
        st = vlt_vkey_decode(&c.key, key->vkey, strlen(key->vkey), err);
    vlt_name_witness(own, v->id);
    if (st == VAULT_OK && strcmp(own, c.key.name) == 0)
        st = vlt_fail(err, VAULT_E_USAGE,
            "this is the key of this vault itself: nobody is a witness for "
            "themselves");
    c.name = word;
    if (st == VAULT_OK)
        st = run(v, &c, err);
    *changed = st == VAULT_OK && c.changed;
    return st;
}

enum vault_status
vault_witness_unpin(struct vault *v, const char *name, struct vault_error *err)
{
    struct change c = {.name = name, .remove = true};
    enum vault_status st = vlt_need_unlocked(v, err);

    return st == VAULT_OK ? run(v, &c, err) : st;
}

enum vault_status
vault_witness_quorum(struct vault *v, uint32_t k, struct vault_error *err)
{
    struct change c = {.has_quorum = true, .quorum = k};
    enum vault_status st = vlt_need_unlocked(v, err);

    return st == VAULT_OK ? run(v, &c, err) : st;
}

/* ---- the policy, for others ---- */

enum vault_status
vault_witness_policy(struct vault *v,
    int (*fn)(void *ctx, const char *text, size_t len), void *ctx,
    struct vault_error *err)
{
    struct vlt_witness_set *s = NULL;
    struct vlt_buf text;
    enum vault_status st = vlt_read_begin(v, err);

    if (st != VAULT_OK)
        return st;
    vlt_buf_init(&text, VLT_NOTE_MAX);
    s = malloc(sizeof *s);
    st = s == NULL ? vlt_fail_memory(err) : vlt_witness_set_load(v, s, err);
    vlt_store_rollback(v->store);
    if (st == VAULT_OK && s->n == 0)
        st = vlt_fail_hint(err, VAULT_E_NOT_FOUND,
            "sanduq witness init NAME KEY pins one", "no witness is pinned");
    if (st == VAULT_OK) {
        vlt_witness_policy_text(&text, s);
        st = vlt_buf_end(&text, "policy", err);
    }
    if (st == VAULT_OK && fn(ctx, (const char *)text.p, text.len) != 0)
        st = vlt_fail(err, VAULT_E_CANCELLED, "stopped as asked");
    vlt_buf_clear(&text);
    free(s);
    return st;
}
