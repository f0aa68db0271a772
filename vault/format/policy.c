/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c: C2SP tlog-policy: which logs, which witnesses, how many of them */
#include "nmark.h"
#include "policy.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "hash.h"
#include "text.h"

enum { KEY_MAX = 8 * 1024 }; /* bytes of a key; ML-DSA-44 has 1,312 */

struct word {
    const char *p;
    size_t len;
};
/* One line on its way: what is left of it. */
struct reading {
    struct vlt_policy *p;
    size_t line;
    const char *at, *end;
    size_t witnesses, groups;
    bool has_quorum;
};

/* ---- words ---- */

static bool
is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* False at the end of the line. */
static bool
next_word(struct reading *r, struct word *w)
{
    while (r->at < r->end && is_blank(*r->at))
        r->at++;
    w->p = r->at;
    while (r->at < r->end && !is_blank(*r->at))
        r->at++;
    w->len = (size_t)(r->at - w->p);
    return w->len > 0;
}

static bool
word_is(const struct word *w, const char *s)
{
    return w->len == strlen(s) && memcmp(w->p, s, w->len) == 0;
}

/* For a message: cut, and ASCII where it is no UTF-8. */
static void
show_word(char out[VLT_POLICY_NAME + 1], const struct word *w)
{
    size_t n = w->len < 60 ? w->len : 60;
    size_t i;

    if (w->len > n && vlt_utf8_valid((const uint8_t *)w->p, w->len))
        n = vlt_utf8_cut(w->p, n);
    memcpy(out, w->p, n);
    out[n] = 0;
    for (i = 0; i < n && !vlt_utf8_valid((const uint8_t *)out, n); i++) {
        if ((unsigned char)out[i] >= 0x80)
            out[i] = '?';
    }
}

static enum vault_status
bad_line(const struct reading *r, const char *form, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_FORMAT, "policy, line %zu: not of the form %s",
        r->line, form);
}

/* Nothing, or an address, which means nothing here. */
static bool
only_url_left(struct reading *r)
{
    struct word w;

    (void)next_word(r, &w);
    return !next_word(r, &w);
}

/* ---- keys ---- */

/* The bare key behind the second `+` (base64 may have more of them); its first
 * byte is the type. */
static bool
key_bytes(struct vlt_policy_key *k, const struct word *w)
{
    const char *end = w->p + w->len;
    const char *from = memchr(w->p, '+', w->len);
    uint8_t *raw = malloc(KEY_MAX);
    size_t n = 0;
    bool ok;

    if (from != NULL)
        from = memchr(from + 1, '+', (size_t)(end - from) - 1);
    ok = raw != NULL && from != NULL &&
        vlt_unb64(raw, KEY_MAX, &n, from + 1, (size_t)(end - from) - 1) &&
        n > 1;
    if (ok) {
        k->type = raw[0];
        vlt_sha256(k->hash, raw + 1, n - 1);
    }
    free(raw);
    return ok;
}

static enum vault_status
take_key(const struct reading *r, const struct word *w, uint8_t type,
    struct vlt_policy_key *out, struct vault_error *err)
{
    struct vault_error why;
    struct vlt_policy_key k;
    enum vault_status st;

    memset(&k, 0, sizeof k);
    vlt_error_clear(&why);
    st = vlt_vkey_decode(&k.vkey, w->p, w->len, &why);
    if (st == VAULT_E_MEMORY)
        return vlt_fail_memory(err);
    if ((st != VAULT_OK && st != VAULT_E_NEWER) || !key_bytes(&k, w))
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: this is no key, or its key id is another's",
            r->line);
    k.usable = st == VAULT_OK && k.vkey.type == type;
    if (type == VLT_VKEY_COSIGNATURE && k.type == VLT_VKEY_ED25519)
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: the key of a log (type 01), where that of a "
            "witness (type 04) belongs",
            r->line);
    if (type == VLT_VKEY_ED25519 && k.type == VLT_VKEY_COSIGNATURE &&
        st == VAULT_OK)
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: the key of a witness (type 04), where that of a "
            "log (type 01) belongs",
            r->line);
    *out = k;
    return VAULT_OK;
}

/* ---- lines ---- */

static enum vault_status
too_many(const struct reading *r, const char *what, struct vault_error *err)
{
    return vlt_fail(err, VAULT_E_LIMIT, "policy, line %zu: more than %d %-s",
        r->line, VLT_POLICY_MANY, what);
}

static enum vault_status
take_log(struct reading *r, struct vault_error *err)
{
    struct vlt_policy *p = r->p;
    struct vlt_policy_key k, *more;
    struct word w;
    enum vault_status st;
    size_t i;

    if (!next_word(r, &w))
        return bad_line(r, "log KEY [URL]", err);
    st = take_key(r, &w, VLT_VKEY_ED25519, &k, err);
    if (st != VAULT_OK)
        return st;
    if (!only_url_left(r))
        return bad_line(r, "log KEY [URL]", err);
    for (i = 0; i < p->logs; i++) {
        if (memcmp(p->log[i].hash, k.hash, 32) == 0)
            return vlt_fail(err, VAULT_E_FORMAT,
                "policy, line %zu: a log with this key stands above already",
                r->line);
    }
    if (p->logs >= VLT_POLICY_MANY)
        return too_many(r, N_("logs"), err);
    more = realloc(p->log, (p->logs + 1) * sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    p->log = more;
    more[p->logs++] = k;
    return VAULT_OK;
}

static size_t
find_name(const struct vlt_policy *p, const struct word *w)
{
    size_t i;

    for (i = 0; i < p->nodes; i++) {
        if (word_is(w, p->node[i].name))
            return i;
    }
    return VLT_POLICY_NONE;
}

/* A name that is new. */
static enum vault_status
take_name(const struct reading *r, const struct word *w,
    struct vlt_policy_node *node, struct vault_error *err)
{
    char shown[VLT_POLICY_NAME + 1];

    show_word(shown, w);
    if (w->len > VLT_POLICY_NAME)
        return vlt_fail(err, VAULT_E_LIMIT,
            "policy, line %zu: a name of %zu bytes is too long", r->line,
            w->len);
    if (word_is(w, "none"))
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: the name none is taken: it means no quorum",
            r->line);
    if (find_name(r->p, w) != VLT_POLICY_NONE)
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: the name %s stands above already", r->line,
            shown);
    memset(node, 0, sizeof *node);
    memcpy(node->name, w->p, w->len);
    node->parent = VLT_POLICY_NONE;
    return VAULT_OK;
}

static enum vault_status
add_node(struct vlt_policy *p, const struct vlt_policy_node *node,
    struct vault_error *err)
{
    struct vlt_policy_node *more =
        realloc(p->node, (p->nodes + 1) * sizeof *more);

    if (more == NULL)
        return vlt_fail_memory(err);
    p->node = more;
    more[p->nodes++] = *node;
    return VAULT_OK;
}

static enum vault_status
take_witness(struct reading *r, struct vault_error *err)
{
    static const char form[] = "witness NAME KEY [URL]";
    struct vlt_policy_node node;
    struct word name, key;
    enum vault_status st;
    size_t i;

    if (!next_word(r, &name) || !next_word(r, &key))
        return bad_line(r, form, err);
    st = take_name(r, &name, &node, err);
    if (st == VAULT_OK)
        st = take_key(r, &key, VLT_VKEY_COSIGNATURE, &node.key, err);
    if (st != VAULT_OK)
        return st;
    if (!only_url_left(r))
        return bad_line(r, form, err);
    for (i = 0; i < r->p->nodes; i++) {
        if (!r->p->node[i].group &&
            memcmp(r->p->node[i].key.hash, node.key.hash, 32) == 0)
            return vlt_fail(err, VAULT_E_FORMAT,
                "policy, line %zu: a witness with this key stands above "
                "already: one key under two names is one witness",
                r->line);
    }
    if (r->witnesses++ >= VLT_POLICY_MANY)
        return too_many(r, N_("witnesses"), err);
    return add_node(r->p, &node, err);
}

/* The members of group number `self`, which is not there yet. */
static enum vault_status
take_members(struct reading *r, size_t self, size_t *members,
    struct vault_error *err)
{
    char shown[VLT_POLICY_NAME + 1];
    struct word w;
    size_t i;

    *members = 0;
    while (next_word(r, &w)) {
        show_word(shown, &w);
        i = find_name(r->p, &w);
        if (i == VLT_POLICY_NONE)
            return vlt_fail(err, VAULT_E_FORMAT,
                "policy, line %zu: no line above defines %s", r->line, shown);
        if (r->p->node[i].parent != VLT_POLICY_NONE)
            return vlt_fail(err, VAULT_E_FORMAT,
                "policy, line %zu: %s is a member already; each may count once",
                r->line, shown);
        r->p->node[i].parent = self;
        ++*members;
    }
    return VAULT_OK;
}

static enum vault_status
take_group(struct reading *r, struct vault_error *err)
{
    static const char form[] = "group NAME all|any|NUMBER MEMBER...";
    struct vlt_policy_node node;
    struct word name, need;
    uint64_t k = 0;
    enum vault_status st;

    if (!next_word(r, &name) || !next_word(r, &need))
        return bad_line(r, form, err);
    st = take_name(r, &name, &node, err);
    if (st == VAULT_OK)
        st = take_members(r, r->p->nodes, &node.members, err);
    if (st != VAULT_OK)
        return st;
    if (word_is(&need, "all"))
        k = node.members;
    else if (word_is(&need, "any"))
        k = 1;
    else if (!vlt_parse_u64(&k, need.p, need.len))
        return bad_line(r, form, err);
    if (node.members == 0 || k == 0 || k > node.members)
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: %llu of %zu members can not be asked for",
            r->line, (unsigned long long)k, node.members);
    if (r->groups++ >= VLT_POLICY_MANY)
        return too_many(r, N_("groups"), err);
    node.group = true;
    node.need = (size_t)k;
    return add_node(r->p, &node, err);
}

static enum vault_status
take_quorum(struct reading *r, struct vault_error *err)
{
    char shown[VLT_POLICY_NAME + 1];
    struct word name, more;

    if (!next_word(r, &name) || next_word(r, &more))
        return bad_line(r, "quorum NAME", err);
    if (r->has_quorum)
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: a quorum stands above already", r->line);
    r->has_quorum = true;
    if (word_is(&name, "none"))
        return VAULT_OK;
    show_word(shown, &name);
    r->p->quorum = find_name(r->p, &name);
    if (r->p->quorum == VLT_POLICY_NONE)
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: no line above defines %s", r->line, shown);
    return VAULT_OK;
}

static enum vault_status
take_line(struct reading *r, struct vault_error *err)
{
    static const struct {
        const char *word;
        enum vault_status (*fn)(struct reading *r, struct vault_error *err);
    } kinds[] = {
        {"log", take_log},
        {"witness", take_witness},
        {"group", take_group},
        {"quorum", take_quorum},
    };
    char shown[VLT_POLICY_NAME + 1];
    struct word w;
    size_t i;

    if (!next_word(r, &w) || w.p[0] == '#')
        return VAULT_OK;
    for (i = 0; i < VLT_COUNT(kinds); i++) {
        if (word_is(&w, kinds[i].word))
            return kinds[i].fn(r, err);
    }
    show_word(shown, &w);
    return vlt_fail(err, VAULT_E_FORMAT,
        "policy, line %zu: begins with %s, not with log, witness, group or "
        "quorum",
        r->line, shown);
}

/* ---- the whole ---- */

/* Octets, and a line feed at the end: what is cut off must not pass. */
static enum vault_status
check_octets(const char *text, size_t len, struct vault_error *err)
{
    size_t line = 1;
    size_t i;

    if (len > VLT_POLICY_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "a policy of %zu bytes is too long",
            len);
    for (i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c == '\r')
            return vlt_fail_hint(err, VAULT_E_FORMAT,
                "save it as plain text whose lines end in a line feed only",
                "policy, line %zu: has a carriage return", line);
        if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
            return vlt_fail(err, VAULT_E_FORMAT,
                "policy, line %zu: has the control character %02x", line, c);
        line += c == '\n';
    }
    if (len > 0 && text[len - 1] != '\n')
        return vlt_fail(err, VAULT_E_FORMAT,
            "policy, line %zu: does not end in a line feed: it may be cut off",
            line);
    return VAULT_OK;
}

static enum vault_status
parse(struct reading *r, const char *text, size_t len, struct vault_error *err)
{
    const char *end = text + len;
    enum vault_status st = check_octets(text, len, err);

    while (st == VAULT_OK && text < end) {
        r->line++;
        r->at = text;
        r->end = memchr(text, '\n', (size_t)(end - text));
        text = r->end + 1;
        st = take_line(r, err);
    }
    if (st == VAULT_OK && !r->has_quorum)
        st = vlt_fail(err, VAULT_E_FORMAT,
            "policy: has no quorum line; `quorum none` asks for no witness");
    return st;
}

enum vault_status
vlt_policy_parse(struct vlt_policy *out, const char *text, size_t len,
    struct vault_error *err)
{
    struct vlt_policy p = {.quorum = VLT_POLICY_NONE};
    struct reading r = {.p = &p};
    enum vault_status st = parse(&r, text, len, err);

    if (st != VAULT_OK) {
        vlt_policy_clear(&p);
        return st;
    }
    *out = p;
    return VAULT_OK;
}

void
vlt_policy_clear(struct vlt_policy *p)
{
    free(p->log);
    free(p->node);
    memset(p, 0, sizeof *p);
    p->quorum = VLT_POLICY_NONE;
}

/* ---- judging ---- */

bool
vlt_policy_quorum(struct vlt_policy *p, bool *held)
{
    size_t i;

    for (i = 0; i < p->nodes; i++)
        p->node[i].have = 0;
    for (i = 0; i < p->nodes; i++) { /* a group stands behind its members */
        struct vlt_policy_node *n = &p->node[i];

        if (n->group)
            held[i] = n->have >= n->need;
        if (held[i] && n->parent != VLT_POLICY_NONE)
            p->node[n->parent].have++;
    }
    return p->quorum == VLT_POLICY_NONE || held[p->quorum];
}

size_t
vlt_policy_witness(const struct vlt_policy *p, const struct vlt_vkey *k)
{
    size_t i;

    for (i = 0; i < p->nodes; i++) {
        const struct vlt_policy_node *n = &p->node[i];

        if (!n->group && n->key.usable &&
            memcmp(n->key.vkey.pk, k->pk, 32) == 0 &&
            strcmp(n->key.vkey.name, k->name) == 0)
            return i;
    }
    return VLT_POLICY_NONE;
}

enum vlt_policy_named
vlt_policy_log(const struct vlt_policy *p, const char *origin,
    const uint8_t key[32])
{
    enum vlt_policy_named found = VLT_POLICY_UNNAMED;
    size_t i;

    if (p->logs == 0)
        return VLT_POLICY_ANY;
    for (i = 0; i < p->logs; i++) {
        if (!p->log[i].usable || strcmp(p->log[i].vkey.name, origin) != 0)
            continue;
        if (memcmp(p->log[i].vkey.pk, key, 32) == 0)
            return VLT_POLICY_NAMED;
        found = VLT_POLICY_OTHER;
    }
    return found;
}
