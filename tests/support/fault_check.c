/* SPDX-License-Identifier: Apache-2.0 */
/* fault_check.c: what must hold after a fault */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vault/origin.h>

#include "fault_body.h"
#include "fault_world.h"

/* Bits of what a vault holds. */
enum {
    HAS_OLD = 3, /* old-0 and old-1 */
    HAS_OLD_0 = 1,
    HAS_AGAIN = 1 << 2,    /* tried after a failure */
    HAS_LATER = 1 << 3,    /* sealed by these checks */
    HAS_NEW = 1 << 4,      /* new-0 and on */
    HAS_SECOND = 1 << 30,  /* a second version of something */
    HAS_AWAY = 1 << 29,    /* one that only others can open */
    HAS_NEXT_CARD = 1 << 8 /* generation 2 */
};

struct judge {
    const struct fault_world *w;
    enum fault_action a;
    const struct fault_outcome *o;
    char *why;
    size_t why_size;
    unsigned has;
    size_t ids_seen;
    unsigned opens; /* which key files, and HAS_NEXT_CARD */
};

static bool
no(struct judge *j, const char *what, const char *detail)
{
    snprintf(j->why, j->why_size, "%s%s%s", what, detail[0] == 0 ? "" : ": ",
        detail);
    return false;
}

/* ---- verify ---- */

struct report {
    char failed[600];
};

static int
on_finding(void *ctx, const struct vault_finding *f)
{
    struct report *r = ctx;

    if (f->level == VAULT_FAILED && r->failed[0] == 0)
        snprintf(r->failed, sizeof r->failed, "%s: %.500s", f->kind,
            f->text.message);
    return 0;
}

static bool
verifies(struct judge *j, const struct vault_key *key)
{
    struct vault_verify_options o;
    struct vault_verdict verdict;
    struct folder_image before, after;
    struct vault_error err;
    struct report r = {""};
    enum vault_status st;
    bool same;

    memset(&o, 0, sizeof o);
    memset(&err, 0, sizeof err);
    o.key = key;
    folder_image_load(&before, j->w->folder);
    st = vault_verify(j->w->vault, &o, on_finding, &r, &verdict, &err);
    folder_image_load(&after, j->w->folder);
    same = folder_image_equal(&before, &after);
    folder_image_clear(&before);
    folder_image_clear(&after);
    if (!same)
        return no(j, "verify changed the folder", "");
    if (st != VAULT_OK)
        return no(j, key == NULL ? "verify" : "verify with the key",
            r.failed[0] != 0 ? r.failed : err.message);
    return true;
}

/* ---- records ---- */

struct reading {
    const char *name;
    size_t at;
    bool differs;
};

static enum vault_status
on_bytes(void *ctx, const void *p, size_t n, struct vault_error *err)
{
    struct reading *r = ctx;
    uint8_t *want = malloc(n + 1);

    (void)err;
    if (want == NULL)
        abort();
    fault_body(r->name, r->at, want, n);
    if (memcmp(want, p, n) != 0)
        r->differs = true;
    free(want);
    r->at += n;
    return VAULT_OK;
}

static size_t
body_size(const struct judge *j, const char *name)
{
    if (strcmp(name, "old-1") == 0 ||
        (strcmp(name, "new-0") == 0 &&
            (j->a == FAULT_ADD_MIDDLE || j->a == FAULT_RECEIVE)))
        return FAULT_BODY_MIDDLE;
    if (strcmp(name, "new-0") == 0 && j->a == FAULT_ADD_STAGED)
        return FAULT_BODY_LARGE;
    return FAULT_BODY_SMALL;
}

static unsigned
bit(const char *name)
{
    if (strcmp(name, "again") == 0)
        return HAS_AGAIN;
    if (strcmp(name, "later") == 0)
        return HAS_LATER;
    if (strncmp(name, "old-", 4) == 0)
        return 1U << (name[4] - '0');
    if (strncmp(name, "new-", 4) == 0)
        return (unsigned)HAS_NEW << (name[4] - '0');
    return 1U << 31;
}

struct walk {
    struct judge *j;
    struct vault *v;
    bool good;
};

static bool
body_holds(struct judge *j, struct vault *v, const struct vault_entry *e)
{
    struct reading r = {e->name, 0, false};
    struct vault_record *rec = NULL;
    struct vault_error err;
    enum vault_status st = vault_record_open(v, e->id, 0, &rec, &err);

    if (st == VAULT_OK)
        st = vault_record_read(rec, on_bytes, &r, &err);
    vault_record_close(rec);
    if (st != VAULT_OK)
        return no(j, "a record cannot be read", err.message);
    if (r.differs || r.at != body_size(j, e->name))
        return no(j, "a body has changed", e->name);
    return true;
}

/* What came in a bundle that opened with shares says so: the line, the note and
 * the records are one change. */
static bool
says_how_it_came(struct judge *j, struct vault *v, const struct vault_entry *e)
{
    struct vault_provenance p = {0};
    struct vault_record *rec = NULL;
    struct vault_error err;
    bool said;
    enum vault_status st;

    if (!e->foreign)
        return true;
    st = vault_record_open(v, e->id, 0, &rec, &err);
    if (st == VAULT_OK)
        st = vault_record_provenance(rec, &p, &err);
    said = st == VAULT_OK && p.opened_with[0] != 0;
    vault_record_close(rec);
    vault_provenance_clear(&p);
    return said || no(j, "nothing says that shares opened it", e->name);
}

static int
on_entry(void *ctx, const struct vault_entry *e)
{
    struct walk *w = ctx;
    struct judge *j = w->j;
    unsigned b = e->compartment != NULL ? (unsigned)HAS_AWAY : bit(e->name);
    size_t i;

    if (b == 1U << 31 || (j->has & b) != 0) {
        w->good = no(j, "a record nobody made", e->name);
        return 1;
    }
    j->has |= b;
    if (e->version > 1)
        j->has |= (unsigned)HAS_SECOND;
    for (i = 0; i < j->o->ids; i++)
        j->ids_seen += memcmp(e->id, j->o->id[i], VAULT_ID) == 0;
    w->good = e->compartment != NULL ||
        (body_holds(j, w->v, e) && says_how_it_came(j, w->v, e));
    return w->good ? 0 : 1;
}

static bool
reads(struct judge *j, struct vault *v)
{
    struct vault_list_options o = {NULL, INT64_MIN, INT64_MAX, 0, false, NULL,
        NULL, 0, false, false};
    struct walk w = {j, v, true};
    struct vault_error err;
    enum vault_status st;

    j->has = 0;
    j->ids_seen = 0;
    st = vault_list(v, &o, on_entry, NULL, &w, &err);
    if (!w.good)
        return false;
    return st == VAULT_OK || no(j, "list", err.message);
}

/* ---- which keys open ---- */

static bool
unlocks(struct judge *j, struct vault *v)
{
    struct vault_error err;
    struct vault_info info;
    enum vault_status st;
    unsigned i;

    j->opens = 0;
    for (i = FAULT_KEYS; i-- > 0;) {
        st = vault_unlock(v, j->w->key[i], NULL, &err);
        if (st == VAULT_OK)
            j->opens |= 1U << i;
        else if (st != VAULT_E_SECRET && st != VAULT_E_NO_KEY)
            return no(j, "unlock", err.message);
        if (i > 0)
            vault_lock(v);
    }
    if ((j->opens & 1) == 0)
        return no(j, "the first key opens no longer", "");
    st = vault_info(v, &info, &err);
    if (st != VAULT_OK)
        return no(j, "info", err.message);
    if (info.generation == 2)
        j->opens |= (unsigned)HAS_NEXT_CARD;
    return !info.older ||
        no(j, "this machine remembers more than the vault holds", "");
}

/* ---- before or after ---- */

struct content {
    unsigned has;
    unsigned opens;
};

static struct content
before_of(enum fault_action a)
{
    if (a == FAULT_INIT)
        return (struct content){0, 1};
    return (struct content){HAS_OLD, 3};
}

static struct content
after_of(enum fault_action a)
{
    struct content c = before_of(a);

    if (a == FAULT_ADD_SMALL || a == FAULT_ADD_MIDDLE || a == FAULT_ADD_STAGED)
        c.has |= HAS_NEW;
    if (a == FAULT_RECEIVE)
        c.has |= 3 * HAS_NEW;
    if (a == FAULT_AWAY)
        c.has |= (unsigned)(HAS_NEW | HAS_AWAY);
    if (a == FAULT_BATCH)
        c.has |= 31 * HAS_NEW;
    if (a == FAULT_SLOT_ADD)
        c.opens = 7;
    if (a == FAULT_SLOT_CHANGE)
        c.opens = 5;
    if (a == FAULT_SLOT_REMOVE)
        c.opens = 1;
    if (a == FAULT_RENEW)
        c.opens |= (unsigned)HAS_NEXT_CARD;
    if (a == FAULT_AMEND)
        c.has |= (unsigned)HAS_SECOND;
    if (a == FAULT_WITHDRAW)
        c.has = HAS_OLD_0;
    return c;
}

static bool
content_holds(struct judge *j)
{
    struct content old = before_of(j->a);
    struct content new = after_of(j->a);
    const struct fault_outcome *o = j->o;
    unsigned has = j->has & ~(unsigned)(HAS_AGAIN | HAS_LATER);
    bool is_old = has == old.has && j->opens == old.opens;
    bool is_new = has == new.has && j->opens == new.opens;
    char detail[80];

    snprintf(detail, sizeof detail, "records %x, keys %x", j->has, j->opens);
    if (!is_old && !is_new)
        return no(j, "neither as before nor as after", detail);
    if (o->st == VAULT_OK && !is_new)
        return no(j, "said to be done, and is not", detail);
    if (o->st == VAULT_OK && j->ids_seen != o->ids)
        return no(j, "a record given as sealed has another id", "");
    if (o->again && o->again_st == VAULT_OK && (j->has & HAS_AGAIN) == 0)
        return no(j, "the second try said done, and is not", detail);
    return (j->has & HAS_AGAIN) == 0 || o->again ||
        no(j, "a record nobody made", "again");
}

/* ---- afterwards ---- */

static bool
seals(struct judge *j, struct vault *v)
{
    uint8_t body[FAULT_BODY_SMALL];
    struct vault_sealed out;
    struct vault_sealer *s = NULL;
    struct vault_error err;
    enum vault_status st = vault_seal_begin(v, "file", &s, &err);

    fault_body("later", 0, body, sizeof body);
    if (st == VAULT_OK)
        st = vault_seal_field(s, VAULT_TEXT, VAULT_VALUE, "file.name", "later",
            5, &err);
    if (st == VAULT_OK)
        st = vault_seal_write(s, body, sizeof body, &err);
    if (st == VAULT_OK)
        st = vault_seal_commit(s, &out, &err);
    else
        vault_seal_abort(s);
    if (st != VAULT_OK)
        return no(j, "sealing afterwards", err.message);
    if (!reads(j, v))
        return false;
    return (j->has & HAS_LATER) != 0 ||
        no(j, "what was sealed afterwards is not there", "");
}

/* One file and the state folder; a making that was cut short may leave its
 * nameless file. */
static bool
one_file(struct judge *j)
{
    struct folder_image now;
    bool good = true;
    size_t i;

    folder_image_load(&now, j->w->folder);
    for (i = 0; good && i < now.n; i++) {
        const char *name = now.file[i].name;

        if (strcmp(name, "v.sanduq") != 0 && strncmp(name, "state/", 6) != 0 &&
            ((j->a != FAULT_INIT && j->a != FAULT_REKEY_NEW) ||
                (name[0] != '.' && strcmp(name, "new.sanduq") != 0)))
            good = no(j, "a file lies beside the vault", name);
    }
    folder_image_clear(&now);
    return good;
}

/* It is whole or not there. */
static bool
renewed(struct judge *j)
{
    struct vault_verify_options o = {.key = j->w->key[2]};
    struct vault_verdict verdict;
    struct report r = {""};
    struct vault_error err;

    if (j->a != FAULT_REKEY_NEW)
        return true;
    if (access(j->w->renewed, F_OK) != 0)
        return j->o->st != VAULT_OK || no(j, "said to be made, and is not", "");
    if (vault_verify(j->w->renewed, &o, on_finding, &r, &verdict, &err) !=
            VAULT_OK ||
        !verdict.unlocked || verdict.records != 2)
        return no(j, "the new file", r.failed[0] != 0 ? r.failed : err.message);
    return true;
}

static bool
whole(struct judge *j, struct vault *v, enum fault_depth depth)
{
    if (!unlocks(j, v) || !reads(j, v) || !content_holds(j) || !renewed(j))
        return false;
    return depth == FAULT_QUICK || seals(j, v);
}

bool
fault_world_check(const struct fault_world *w, enum fault_action a,
    const struct fault_outcome *o, enum fault_depth depth, char *why,
    size_t why_size)
{
    struct judge j = {w, a, o, why, why_size, 0, 0, 0};
    struct vault_options opt;
    struct vault_error err;
    struct vault *v = NULL;
    bool good;

    if (a == FAULT_INIT && access(w->vault, F_OK) != 0)
        return o->st != VAULT_OK || no(&j, "said to be made, and is not", "");
    if (!verifies(&j, NULL) || !verifies(&j, w->key[0]))
        return false;
    memset(&opt, 0, sizeof opt);
    opt.state_dir = w->state;
    if (vault_open(w->vault, &opt, &v, &err) != VAULT_OK)
        return no(&j, "open", err.message);
    good = whole(&j, v, depth);
    vault_close(v);
    if (!good || depth == FAULT_QUICK)
        return good;
    return one_file(&j) && verifies(&j, NULL);
}
