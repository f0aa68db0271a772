/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_catalogue: whatever the catalogue's pages hold, the records stand: they
 * are listed, found, added to and withdrawn */
#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "catalogue_ops.h"
#include "pagevfs.h"
#include "quick_vault.h"
#include "rows.h"
#include "seal.h"

enum { RECORDS = 12, EDIT = 6 };

static struct quick_vault q;
static uint8_t *vault_bytes;
static size_t vault_len;
static uint8_t first[VAULT_ID];

static void
end(void)
{
    quick_end(&q);
    free(vault_bytes);
}

static void
begin(void)
{
    struct vault_sealed sealed;
    int i;

    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    quick_make(&q);
    (void)atexit(end);
    for (i = 0; i < RECORDS; i++) {
        quick_add(q.v, "some words to be found later", NULL, 0, &sealed);
        if (i == 0)
            memcpy(first, sealed.id, sizeof first);
    }
    quick_close(&q);
    vault_bytes = temp_read(q.path, &vault_len);
    q.opt.no_state = true;
}

/* ---- pages ---- */

static void
must(enum vault_status st)
{
    if (st != VAULT_OK)
        abort();
}

/* As SQLite sees it: page n, at `at`, len bytes changed. */
static void
edit(const struct vlt_cell *ck, uint64_t n, size_t at, const uint8_t *p,
    size_t len, bool flip)
{
    struct vlt_store *s = q.v->store;
    uint8_t sealed[VLT_INNER_SEALED], plain[VLT_INNER_BYTES], ad[8];
    sqlite3_stmt *st;
    struct vlt_row r;
    bool row;
    size_t i;

    must(vlt_stmt(s, "SELECT b FROM page WHERE n = ?", &st, NULL));
    vlt_bind_u64(st, 1, n);
    must(vlt_step(s, st, &row, NULL));
    if (!row)
        return;
    vlt_row_init(&r, st, "page");
    vlt_row_fixed(&r, 0, sealed, sizeof sealed);
    must(vlt_row_end(&r, NULL));
    sqlite3_reset(st);
    vlt_store_u64(ad, n);
    if (!vlt_unseal(plain, ck->b, ad, sizeof ad, sealed, sizeof sealed))
        abort();
    for (i = 0; i < len && at + i < sizeof plain; i++)
        plain[at + i] = flip ? plain[at + i] ^ p[i] : p[i];
    vlt_seal(sealed, ck->b, ad, sizeof ad, plain, sizeof plain);
    must(vlt_stmt(s, "UPDATE page SET b = ?2 WHERE n = ?1", &st, NULL));
    vlt_bind_u64(st, 1, n);
    vlt_bind_blob(st, 2, sealed, sizeof sealed);
    must(vlt_run(s, st, NULL));
}

/* Edits: page u8, how u8, place u16, how many bytes u8, 0, the bytes. */
static void
edit_all(const uint8_t *p, size_t n)
{
    struct vlt_cell *ck = NULL;
    uint64_t pages = 0;

    must(vlt_store_begin(q.v->store, true, NULL));
    must(vlt_catalogue_key(q.v, &ck, NULL));
    must(vlt_count(q.v->store, "SELECT count(*) FROM page", &pages, NULL));
    while (n >= EDIT && pages > 0) {
        size_t len = p[4] < n - EDIT ? p[4] : n - EDIT;

        edit(ck, p[0] % pages + 1, ((size_t)p[2] << 8 | p[3]) % VLT_INNER_BYTES,
            p + EDIT, len, (p[1] & 1) != 0);
        p += EDIT + len;
        n -= EDIT + len;
    }
    vlt_cell_free(ck);
    must(vlt_store_commit(q.v->store, NULL));
}

/* ---- what must hold ---- */

static int
count(void *ctx, const struct vault_entry *e)
{
    (void)e;
    ++*(unsigned *)ctx;
    return 0;
}

static int
count_bad(void *ctx, const uint8_t id[VAULT_ID], uint32_t version,
    const struct vault_error *why)
{
    (void)ctx;
    (void)id;
    (void)version;
    (void)why;
    abort(); /* no record was touched */
}

static unsigned
listed(const char *words, bool walk)
{
    struct vault_list_options opt = {.since = INT64_MIN,
        .until = INT64_MAX,
        .words = &words,
        .words_len = words != NULL,
        .walk = walk};
    unsigned n = 0;

    must(vault_list(q.v, &opt, count, count_bad, &n, NULL));
    return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vault_withdrawal done;
    struct quick_verdict said;

    if (vault_bytes == NULL)
        begin();
    temp_write(q.path, vault_bytes, vault_len);
    q.v = quick_open(&q, q.path, &q.opt);
    edit_all(data, size);
    if (listed(NULL, false) > RECORDS || listed("words", false) > RECORDS ||
        listed("absent", false) > 0)
        abort();
    quick_add(q.v, "another one", NULL, 0, NULL);
    must(vault_withdraw(q.v, first, 0, NULL, &done, NULL));
    if (listed(NULL, true) != RECORDS || listed(NULL, false) > RECORDS)
        abort();
    quick_close(&q);
    quick_verify(q.path, q.key, &said);
    if (said.st != VAULT_OK)
        abort();
    return 0;
}
