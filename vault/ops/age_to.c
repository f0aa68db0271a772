/* SPDX-License-Identifier: Apache-2.0 */
/* age_to.c: recipients and passphrases of age files that are made here */
#include "age_to.h"
#include <stdlib.h>
#include <string.h>
#include "agetext.h"
#include "fail.h"
#include "handle.h"

enum { PASSPHRASE_MAX = 4096 };

struct vault_age_to *
vault_age_to_new(void)
{
    return calloc(1, sizeof(struct vault_age_to));
}

void
vault_age_to_free(struct vault_age_to *to)
{
    if (to == NULL)
        return;
    free(to->kem);
    free(to->x25519);
    vlt_guarded_free(to->passphrase);
    free(to);
}

/* One more key of `size` bytes behind *n others, unless it is among them. */
static enum vault_status
add_key(void **keys, size_t *n, const uint8_t *key, size_t size,
    struct vault_error *err)
{
    uint8_t *more;
    size_t i;

    for (i = 0; i < *n; i++)
        if (memcmp((uint8_t *)*keys + i * size, key, size) == 0)
            return VAULT_OK;
    if (*n >= VLT_AGE_TO_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "an age file has at most %d recipients here", VLT_AGE_TO_MAX);
    more = realloc(*keys, (*n + 1) * size);
    if (more == NULL)
        return vlt_fail_memory(err);
    memcpy(more + *n * size, key, size);
    *keys = more;
    (*n)++;
    return VAULT_OK;
}

static enum vault_status
refuse_mixed(struct vault_error *err)
{
    return vlt_fail_hint(err, VAULT_E_USAGE,
        "a quantum computer would open it through the age1… key; make two files",
        "one age file is not sealed to age1pq… and age1… recipients at once");
}

enum vault_status
vault_age_to_add(struct vault_age_to *to, const char *recipient,
    struct vault_error *err)
{
    uint8_t kem[VLT_KEM_PK], x25519[VLT_X25519];
    size_t len = strlen(recipient);
    void *keys;
    enum vault_status st;
    bool hybrid = vlt_age_hybrid_recipient(kem, recipient, len);

    if (to->passphrase != NULL)
        return vlt_fail(err, VAULT_E_USAGE,
            "an age file has either recipients or a passphrase");
    if (!hybrid && !vlt_age_x25519_recipient(x25519, recipient, len))
        return vlt_fail(err, VAULT_E_USAGE,
            "this is no age recipient that is known here: %.60s", recipient);
    if ((hybrid ? to->x25519s : to->kems) > 0)
        return refuse_mixed(err);
    keys = hybrid ? (void *)to->kem : (void *)to->x25519;
    st = add_key(&keys, hybrid ? &to->kems : &to->x25519s,
        hybrid ? kem : x25519, hybrid ? sizeof kem : sizeof x25519, err);
    if (hybrid)
        to->kem = keys;
    else
        to->x25519 = keys;
    return st;
}

enum vault_status
vault_age_to_passphrase(struct vault_age_to *to, const void *p, size_t n,
    struct vault_error *err)
{
    if (to->passphrase != NULL || vault_age_to_count(to) > 0)
        return vlt_fail(err, VAULT_E_USAGE,
            "an age file has either recipients or a passphrase");
    if (n == 0 || n > PASSPHRASE_MAX)
        return vlt_fail(err, VAULT_E_LIMIT, "a passphrase has 1 to %d bytes",
            PASSPHRASE_MAX);
    to->passphrase = vlt_guarded_copy(p, n);
    return to->passphrase != NULL ? VAULT_OK : vlt_fail_memory(err);
}

size_t
vault_age_to_count(const struct vault_age_to *to)
{
    return to->kems + to->x25519s;
}

enum vault_age_kind
vault_age_to_kind(const struct vault_age_to *to)
{
    if (to->passphrase != NULL)
        return VAULT_AGE_PASSPHRASE;
    return to->x25519s > 0 ? VAULT_AGE_X25519 : VAULT_AGE_HYBRID;
}
