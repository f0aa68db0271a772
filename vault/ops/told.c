/* SPDX-License-Identifier: Apache-2.0 */
/* told.c: what the lines of verify said of single records */
#include "told.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"

enum { TOLD_MAX = 1 << 20 };

void
vlt_told_clear(struct vlt_told *t)
{
    if (t == NULL)
        return;
    free(t->record);
    memset(t, 0, sizeof *t);
}

/* Kinds that say nothing about whether a record is what was sealed. */
static bool
is_beside(const char *kind)
{
    static const char *const kinds[] = {"signer", "since", "policy", "witness",
        "cosignature", "stamp", "replicas", "slots", "settings", "rekey",
        "event"};
    size_t i;

    for (i = 0; i < VLT_COUNT(kinds); i++) {
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    }
    return false;
}

static void
keep(struct vlt_told *t, const struct vault_finding *f)
{
    struct vlt_told_record *r;

    if (t->n == t->room) {
        size_t room = t->room > 0 ? 2 * t->room : 64;

        r = t->n < TOLD_MAX ? realloc(t->record, room * sizeof *r) : NULL;
        if (r == NULL) {
            t->lost = true;
            return;
        }
        t->record = r;
        t->room = room;
    }
    r = &t->record[t->n++];
    memset(r, 0, sizeof *r);
    memcpy(r->id, f->record, sizeof r->id);
    r->version = f->version;
    r->failed = f->level == VAULT_FAILED;
    r->untrusted = strcmp(f->kind, "untrusted") == 0;
    r->waits = f->level == VAULT_NOT_AS_ASKED && !r->untrusted;
}

void
vlt_told_line(struct vlt_told *t, const struct vault_finding *f)
{
    if (t == NULL || f->level == VAULT_HELD || f->level == VAULT_NOT_SEEN)
        return;
    if (f->has_record) {
        keep(t, f);
        return;
    }
    if (f->level != VAULT_FAILED)
        return;
    t->cards = t->cards || strcmp(f->kind, "card") == 0 ||
        strcmp(f->kind, "planted") == 0;
    t->loose = t->loose || !is_beside(f->kind);
}

static int
by_record(const void *pa, const void *pb)
{
    const struct vlt_told_record *a = pa, *b = pb;
    int c = memcmp(a->id, b->id, sizeof a->id);

    if (c != 0)
        return c;
    return a->version < b->version ? -1 : a->version > b->version;
}

void
vlt_told_sort(struct vlt_told *t)
{
    size_t i, n = 0;

    if (t->n > 0)
        qsort(t->record, t->n, sizeof *t->record, by_record);
    for (i = 0; i < t->n; i++) {
        struct vlt_told_record *r = &t->record[i];

        if (n == 0 || by_record(&t->record[n - 1], r) != 0) {
            t->record[n++] = *r;
            continue;
        }
        t->record[n - 1].failed |= r->failed;
        t->record[n - 1].untrusted |= r->untrusted;
        t->record[n - 1].waits |= r->waits;
    }
    t->n = n;
}

struct vlt_told_record *
vlt_told_find(struct vlt_told *t, const uint8_t id[16], uint32_t version)
{
    struct vlt_told_record key;

    memset(&key, 0, sizeof key);
    memcpy(key.id, id, sizeof key.id);
    key.version = version;
    return t->n == 0 ? NULL
                     : bsearch(&key, t->record, t->n, sizeof key, by_record);
}

enum vault_evidence_state
vlt_told_state(const struct vlt_told *t, const struct vlt_told_record *r)
{
    if (r != NULL && r->failed)
        return VAULT_EV_FAILED;
    if (t->loose || t->lost || (r != NULL && r->waits))
        return VAULT_EV_UNKNOWN;
    return VAULT_EV_HELD;
}
