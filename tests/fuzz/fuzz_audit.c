/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_audit: whatever is written into an audit pack, verify answers, and no
 * record is said to hold that was not logged */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <vault/audit.h>
#include <vault/evidence.h>

#include "circle.h"

enum { EDIT = 6, INPUT_MAX = 4 * 1024 * 1024, RECORDS = 32 };

static struct circle c;
static char path[TEMP_PATH];
static uint8_t *good, *edited;
static size_t good_len;
static struct known {
    uint8_t id[VAULT_ID];
    uint32_t version;
} known[RECORDS];
static size_t knowns;

static void
end(void)
{
    circle_end(&c);
    free(good);
    free(edited);
}

static int
remember(void *ctx, const struct vault_evidence *e)
{
    (void)ctx;
    if (e->kind != VAULT_EV_RECORD)
        return 0;
    if (knowns == RECORDS)
        abort();
    memcpy(known[knowns].id, e->record, VAULT_ID);
    known[knowns++].version = e->version;
    return 0;
}

/* Both vaults have records; the first has all of them, one withdrawn. */
static void
make(void)
{
    uint8_t id[3][VAULT_ID];
    const struct circle_share give = {.from = 1,
        .to = 1,
        .id = (const uint8_t(*)[VAULT_ID])id,
        .n = 3};
    struct vault_receive_result got;
    struct vault_withdrawal gone;
    struct vault_packed done;
    struct vault_sealed out;
    char bundle[TEMP_PATH];
    size_t i;

    for (i = 0; i < 3; i++) {
        quick_add(c.q[1].v, "theirs", "text", i, &out);
        memcpy(id[i], out.id, VAULT_ID);
    }
    circle_share(&c, &give, "given", bundle);
    circle_take(c.q[0].v, bundle, &got);
    for (i = 0; i < 5; i++)
        quick_add(c.q[0].v, "own", "text", i, &out);
    if (vault_withdraw(c.q[0].v, out.id, 0, "asked", &gone, NULL) != VAULT_OK ||
        vault_pack_make(c.q[0].v, path, true, &done, NULL) != VAULT_OK)
        abort();
}

static void
begin(void)
{
    struct vault_verify_options o = {.evidence = remember};
    struct vault_verdict verdict;

    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    circle_make(&c, 2);
    (void)atexit(end);
    temp_dir_path(&c.files, "x.audit", path);
    make();
    if (vault_verify(path, &o, NULL, NULL, &verdict, NULL) != VAULT_OK ||
        knowns != 8)
        abort();
    good = temp_read(path, &good_len);
    edited = malloc(good_len);
    if (edited == NULL)
        abort();
}

/* Edits: place u32, how many bytes u8, how they are changed u8, the bytes. */
static void
lay_out(const uint8_t *p, size_t n)
{
    memcpy(edited, good, good_len);
    while (n >= EDIT) {
        size_t at = ((size_t)p[0] << 24 | (size_t)p[1] << 16 |
                        (size_t)p[2] << 8 | p[3]) %
            good_len;
        size_t len = p[4], i;
        bool flip = (p[5] & 1) != 0;

        p += EDIT;
        n -= EDIT;
        for (i = 0; i < len && i < n && at + i < good_len; i++)
            edited[at + i] = flip ? edited[at + i] ^ p[i] : p[i];
        p += i;
        n -= i;
    }
    temp_write(path, edited, good_len);
}

static int
must_be_known(void *ctx, const struct vault_evidence *e)
{
    size_t i;

    (void)ctx;
    if (e->kind != VAULT_EV_RECORD || e->state != VAULT_EV_HELD)
        return 0;
    for (i = 0; i < knowns; i++) {
        if (memcmp(known[i].id, e->record, VAULT_ID) == 0 &&
            known[i].version == e->version)
            return 0;
    }
    abort();
}

static int
count_failed(void *ctx, const struct vault_finding *f)
{
    uint64_t *failed = ctx;

    *failed += f->level == VAULT_FAILED;
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vault_verify_options o = {.evidence = must_be_known};
    struct vault_verdict verdict;
    uint64_t failed = 0;
    enum vault_status st;

    if (path[0] == 0)
        begin();
    if (size > INPUT_MAX)
        return 0;
    lay_out(data, size);
    st = vault_verify(path, &o, count_failed, &failed, &verdict, NULL);
    if (st != VAULT_OK && st != VAULT_E_TAMPERED && st != VAULT_E_POLICY &&
        st != VAULT_E_NEWER && st != VAULT_E_FORMAT)
        abort();
    if ((failed > 0) != (st == VAULT_E_TAMPERED) || failed != verdict.failed)
        abort();
    return 0;
}
