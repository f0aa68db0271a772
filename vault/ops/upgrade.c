/* SPDX-License-Identifier: Apache-2.0 */
/* upgrade.c: the same vault in a new file of the present form */
#include "upgrade_to.h"
#include <string.h>
#include "fail.h"
#include "handle.h"
#include "os.h"
#include "rewrite.h"
#include "tempname.h"

struct upgrade {
    const char *from;
    const struct vault_key *key;
    const struct vault_options *opt;
    struct vlt_store *old;
    struct vlt_store *new;
    struct vault_upgraded out;
};

static int
on_bytes(void *ctx, uint64_t bytes)
{
    const struct upgrade *u = ctx;

    return !vlt_progress(u->opt, bytes, u->out.bytes_before, false);
}

static int
first_failure(void *ctx, const struct vault_finding *f)
{
    struct vault_finding *first = ctx;

    if (f->level == VAULT_FAILED && first->level != VAULT_FAILED)
        *first = *f;
    return 0;
}

/* `what`: a format with one string, the first thing that does not match. */
static enum vault_status
judge(const struct upgrade *u, const char *path, bool new,
    struct vault_verdict *out, struct vault_error *err)
{
    struct vault_verify_options vo;
    struct vault_finding first;
    enum vault_status st;

    memset(&vo, 0, sizeof vo);
    memset(&first, 0, sizeof first);
    vo.key = u->key;
    st = vault_verify(path, &vo, first_failure, &first, out, err);
    if (st != VAULT_E_TAMPERED || first.level != VAULT_FAILED)
        return st;
    if (new)
        return vlt_fail_hint(err, st, "nothing was written; go on with the old",
            "the new file does not match: %-s", first.text.message);
    return vlt_fail_hint(err, st,
        "see all of it: sanduq verify; nothing was written",
        "the vault does not match: %-s", first.text.message);
}

static enum vault_status
check_kind(const struct upgrade *u, struct vault_error *err)
{
    char kind[5];

    if (vlt_meta_get(u->old, "kind", kind, sizeof kind, NULL) == VAULT_OK &&
        memcmp(kind, "vault", sizeof kind) == 0)
        return VAULT_OK;
    return vlt_fail(err, VAULT_E_USAGE,
        "%s is another container: only a vault is upgraded", u->from);
}

/* Copy, and look at both side by side, within one snapshot of the old one. */
static enum vault_status
copy(struct upgrade *u, struct vault_error *err)
{
    struct vlt_rewrite_progress p = {on_bytes, u};
    enum vault_status st = vlt_store_begin(u->old, false, err);

    if (st == VAULT_OK)
        st = check_kind(u, err);
    if (st == VAULT_OK)
        st = vlt_store_bytes(u->old, &u->out.bytes_before, err);
    if (st == VAULT_OK)
        st = vlt_rewrite(u->old, u->new, &p, &u->out.rows, err);
    if (st == VAULT_OK)
        st = vlt_store_begin(u->new, false, err);
    if (st == VAULT_OK)
        st = vlt_rewrite_same(u->old, u->new, &p, err);
    if (st == VAULT_OK)
        st = vlt_store_bytes(u->new, &u->out.bytes_after, err);
    vlt_store_rollback(u->new);
    vlt_store_rollback(u->old);
    return st;
}

static enum vault_status
write_new(struct upgrade *u, const char *path, int user_version,
    struct vault_error *err)
{
    struct vlt_store_options ro = {VLT_STORE_READ, 0, NULL, NULL};
    struct vlt_store_options rw = {VLT_STORE_WRITE, 0, NULL, NULL};
    enum vault_status st = vlt_store_open(u->from, &ro, &u->old, err);

    if (st == VAULT_OK)
        st = vlt_store_create_as(path, VLT_PAGE, user_version, &rw, &u->new,
            err);
    if (st == VAULT_OK)
        st = copy(u, err);
    if (u->old != NULL)
        u->out.from = u->old->user_version;
    u->out.to = user_version;
    vlt_store_close(u->new);
    vlt_store_close(u->old);
    return st;
}

static enum vault_status
make(struct upgrade *u, const char *to, int user_version,
    struct vault_error *err)
{
    struct vault_verdict before, after;
    struct vlt_temp temp;
    enum vault_status st = judge(u, u->from, false, &before, err);

    if (st == VAULT_OK)
        st = vlt_temp_begin(to, &temp, err);
    if (st != VAULT_OK)
        return st;
    st = write_new(u, temp.name, user_version, err);
    if (st == VAULT_OK)
        st = judge(u, temp.name, true, &after, err);
    if (st == VAULT_OK)
        st = vlt_os_rename_new(temp.name, to, err);
    if (st != VAULT_OK)
        (void)!vlt_os_unlink(temp.name, NULL);
    vlt_temp_end(&temp);
    if (st != VAULT_OK)
        return st;
    u->out.records = after.records;
    u->out.leaves = after.leaves;
    return VAULT_OK;
}

enum vault_status
vlt_upgrade_to(const char *from, const char *to, int user_version,
    const struct vault_key *key, const struct vault_options *opt,
    struct vault_upgraded *out, struct vault_error *err)
{
    static const struct vault_options none;
    struct upgrade u = {.from = from,
        .key = key,
        .opt = opt != NULL ? opt : &none};
    enum vault_status st;

    if (vlt_os_exists(to))
        return vlt_fail_hint(err, VAULT_E_EXISTS, "choose another name",
            "%s exists already; it was not touched", to);
    st = make(&u, to, user_version, err);
    if (st == VAULT_OK)
        *out = u.out;
    return st;
}

enum vault_status
vault_upgrade(const char *from, const char *to, const struct vault_key *key,
    const struct vault_options *opt, struct vault_upgraded *out,
    struct vault_error *err)
{
    return vlt_upgrade_to(from, to, VLT_USER_VERSION, key, opt, out, err);
}
