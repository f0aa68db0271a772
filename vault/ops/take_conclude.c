/* SPDX-License-Identifier: Apache-2.0 */
/* take_conclude.c: what taking in came to, and a file that is put aside */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "os.h"
#include "rows.h"
#include "take_in.h"

/* ---- putting a file aside ---- */

enum { ASIDE_MAX = 1000 };

/* Nothing more is sealed to it, not by a program that has it open either. */
static enum vault_status
end_key(struct vault *c, struct vault_error *err)
{
    static const uint8_t zero[32];
    enum vault_status st = vlt_store_begin(c->store, true, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_meta_put(c->store, "session-key", zero, sizeof zero, err);
    if (st == VAULT_OK)
        st = vlt_meta_delete(c->store, "session-key", err);
    if (st == VAULT_OK)
        return vlt_store_commit(c->store, err);
    vlt_store_rollback(c->store);
    return st;
}

static enum vault_status
put_aside(struct vlt_taking *t, const char *path, struct vault_error *err)
{
    size_t n = strlen(path) + 16;
    char *name = malloc(n);
    enum vault_status st = name == NULL ? vlt_fail_memory(err) : VAULT_OK;
    unsigned i;

    if (t->c != NULL) {
        if (st == VAULT_OK)
            st = end_key(t->c, err);
        /* one in which nothing can be written any more is named all the same */
        if (vlt_take_keeps_out(st))
            st = VAULT_OK;
        vault_close(t->c);
        t->c = NULL;
    }
    for (i = 1; st == VAULT_OK && i <= ASIDE_MAX; i++) {
        (void)snprintf(name, n, "%s.%u", path, i);
        st = vlt_os_rename_new(path, name, err);
        if (st == VAULT_OK)
            break;
        if (st == VAULT_E_EXISTS && i < ASIDE_MAX)
            st = VAULT_OK;
    }
    free(name);
    if (st == VAULT_OK)
        t->out.aside = i;
    return st == VAULT_OK ? vault_capture_create(t->v, path, err) : st;
}

static bool
has_key(struct vlt_taking *t)
{
    uint64_t n = 1;

    if (vlt_store_begin(t->c->store, false, NULL) != VAULT_OK)
        return true;
    (void)!vlt_count(t->c->store,
        "SELECT count(*) FROM meta WHERE k = 'session-key'", &n, NULL);
    vlt_store_rollback(t->c->store);
    return n > 0;
}

/* What it came to, after everything that could be done was done. */
enum vault_status
vlt_take_conclude(struct vlt_taking *t, const char *path,
    struct vault_error *err)
{
    bool broken = t->broken.code != VAULT_OK;
    enum vault_status st = VAULT_OK;

    if (t->opt.admit &&
        (broken || t->out.bad > 0 || t->c == NULL || !has_key(t))) {
        st = put_aside(t, path, err);
        broken = false;
    }
    if (st != VAULT_OK)
        return st;
    if (broken) {
        if (err != NULL)
            *err = t->broken;
        return t->broken.code;
    }
    if (t->out.bad == 0 && t->out.beyond > 0)
        return vlt_fail_hint(err, VAULT_E_POLICY,
            t->opt.untrusted
                ? "sanduq device list names the device; verify, show and list "
                  "mark its records"
                : "receive --untrusted takes them in; they are marked for ever",
            "lines that a revoked device signed after its last good state: "
            "%" PRIu64,
            t->out.beyond);
    if (t->out.bad == 0 && t->out.older)
        return vlt_fail(err, VAULT_E_POLICY,
            "%s ends before what the vault has of this device: an older copy, "
            "or what came later was cut off",
            path);
    if (t->out.bad == 0)
        return VAULT_OK;
    if (t->opt.keep)
        return vlt_fail(err, VAULT_E_TAMPERED,
            "what does not hold in %s: %" PRIu64, path, t->out.bad);
    return vlt_fail_hint(err, VAULT_E_TAMPERED,
        t->out.aside > 0
            ? "keep the file that was put aside: it still holds them"
            : "they stay there for whoever looks into it; sanduq capture admit "
              "puts the file aside and makes a new one",
        "what does not hold in %s: %" PRIu64, path, t->out.bad);
}
