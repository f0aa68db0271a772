/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.c: the record whose id begins with these digits */
#include <stdlib.h>
#include <string.h>
#include "fail.h"
#include "foreign_find.h"
#include "handle.h"
#include "record_rows.h"

/* The lowest and highest id that begin with these digits. */
static bool
bounds(const char *prefix, uint8_t low[16], uint8_t high[16])
{
    size_t n = strlen(prefix);
    size_t i;

    if (n < 6 || n > 32)
        return false;
    memset(low, 0, 16);
    memset(high, 0xff, 16);
    for (i = 0; i < n; i++) {
        char c = prefix[i];
        unsigned d = c >= '0' && c <= '9' ? (unsigned)(c - '0')
            : c >= 'a' && c <= 'f'        ? (unsigned)(c - 'a') + 10
                                          : 16;
        unsigned shift = i % 2 == 0 ? 4 : 0;

        if (d == 16)
            return false;
        low[i / 2] = (uint8_t)(low[i / 2] | d << shift);
        high[i / 2] = (uint8_t)((high[i / 2] & ~(15u << shift)) | d << shift);
    }
    return true;
}

/* Ids of two kinds in one list, in order; *n counts at most max. */
static void
merge_ids(uint8_t (*id)[16], size_t *n, size_t max, uint8_t (*more)[16],
    size_t len)
{
    size_t i, k;

    for (i = 0; i < len; i++) {
        for (k = 0; k < *n && memcmp(id[k], more[i], 16) < 0; k++)
            ;
        if (k == max || (k < *n && memcmp(id[k], more[i], 16) == 0))
            continue;
        *n += *n < max;
        memmove(id + k + 1, id + k, (*n - k - 1) * sizeof *id);
        memcpy(id[k], more[i], 16);
    }
}

/* While the vault is locked nobody knows the ids of others' records. */
static enum vault_status
resolve_foreign(struct vault *v, const char *prefix, const uint8_t low[16],
    const uint8_t high[16], uint8_t (*id)[16], size_t max, size_t *n,
    struct vault_error *err)
{
    uint8_t(*more)[16];
    uint64_t any = 0;
    size_t len = 0;
    enum vault_status st;

    if (*n == 1 && memcmp(low, high, 16) == 0)
        return VAULT_OK;
    if (v->vmk == NULL) {
        st = vlt_count(v->store,
            "SELECT EXISTS(SELECT 1 FROM record WHERE f = 1)", &any, err);
        if (st == VAULT_OK && any != 0)
            st = vlt_fail(err, VAULT_E_LOCKED,
                "which record begins with %s is known only when the vault is "
                "unlocked: it holds records of others",
                prefix);
        return st;
    }
    more = calloc(max, sizeof *more);
    if (more == NULL)
        return vlt_fail_memory(err);
    st = vlt_foreign_ids(v, low, high, more, max, &len, err);
    if (st == VAULT_OK)
        merge_ids(id, n, max, more, len);
    free(more);
    return st;
}

static enum vault_status
resolve(struct vault *v, const char *prefix, const uint8_t low[16],
    const uint8_t high[16], uint8_t (*id)[16], size_t max, size_t *n,
    struct vault_error *err)
{
    enum vault_status st = v->vmk != NULL
        ? vlt_read_begin(v, err)
        : vlt_store_begin(v->store, false, err);

    if (st != VAULT_OK)
        return st;
    st = vlt_record_ids(v->store, low, high, id, max, n, err);
    if (st == VAULT_OK)
        st = resolve_foreign(v, prefix, low, high, id, max, n, err);
    vlt_store_rollback(v->store);
    return st;
}

enum vault_status
vault_resolve(struct vault *v, const char *prefix, uint8_t (*id)[VAULT_ID],
    size_t max, size_t *n, struct vault_error *err)
{
    uint8_t low[16], high[16];
    uint8_t one[2][16];
    size_t found = 0;
    enum vault_status st;

    if (!bounds(prefix, low, high))
        return vlt_fail(err, VAULT_E_USAGE,
            "%s is no record id: 6 to 32 digits of lower-case hex", prefix);
    st = max == 1 ? resolve(v, prefix, low, high, one, 2, &found, err)
                  : resolve(v, prefix, low, high, id, max, &found, err);
    if (st != VAULT_OK)
        return st;
    if (max == 1 && found > 0)
        memcpy(id[0], one[0], 16);
    *n = found < max ? found : max;
    if (found == 0)
        return vlt_fail(err, VAULT_E_NOT_FOUND, "no record begins with %s",
            prefix);
    if (found > 1)
        return vlt_fail(err, VAULT_E_AMBIGUOUS,
            "more than one record begins with %s", prefix);
    return VAULT_OK;
}
