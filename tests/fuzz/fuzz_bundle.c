/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_bundle: whatever is written into a bundle, reading it answers, and no
 * record is believed that was not signed */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle_read.h"
#include "made_bundle.h"
#include "quick_vault.h"

enum { EDIT = 6, INPUT_MAX = 4 * 1024 * 1024 };

static struct quick_vault q;
static struct made_bundle made;
static char path[TEMP_PATH];
static uint8_t *good, *edited;
static size_t good_len;

static void
end(void)
{
    made_end(&made);
    quick_end(&q);
    free(good);
    free(edited);
}

static void
begin(void)
{
    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    quick_make(&q);
    made_all(&made, &q.v->card);
    (void)atexit(end);
    temp_dir_path(&q.dir, "x.bundle", path);
    made_write(&made, path);
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

static bool
was_signed(const uint8_t stmt[32])
{
    size_t i;

    for (i = 0; i < made.records; i++) {
        if (memcmp(made.record[i].stmt, stmt, 32) == 0)
            return true;
    }
    return false;
}

/* What opens is what was committed to: the library said so, or refused. */
static void
open_it(struct vlt_bundle *b, const struct vlt_bundle_record *r)
{
    struct vlt_rk *rk = NULL;
    struct vlt_xk *xk = NULL;
    struct vlt_extract x;
    struct vlt_meta m;

    if (r->use == VLT_ENTRY_FULL &&
        vlt_bundle_open_record(b, r, true, &rk, &m, NULL) == VAULT_OK)
        vlt_meta_clear(&m);
    if (r->use == VLT_ENTRY_PART &&
        vlt_bundle_open_part(b, r, true, &xk, &x, NULL) == VAULT_OK)
        vlt_extract_clear(&x);
    vlt_rk_free(rk);
    vlt_xk_free(xk);
}

static enum vault_status
look(void *ctx, const struct vlt_bundle_record *r, struct vault_error *err)
{
    struct vlt_bundle *b = ctx;

    (void)err;
    if (r->status == VAULT_OK && !was_signed(r->stmt))
        abort();
    if (b->e0 != NULL)
        open_it(b, r);
    return VAULT_OK;
}

static enum vault_status
no_note(void *ctx, const char *kind, const char *note, size_t len,
    struct vault_error *err)
{
    (void)ctx;
    (void)kind;
    (void)note;
    (void)len;
    (void)err;
    return VAULT_OK;
}

static enum vault_status
no_notice(void *ctx, const char *note, size_t len, struct vault_error *err)
{
    return no_note(ctx, "", note, len, err);
}

static bool
is_answer(enum vault_status st)
{
    return st == VAULT_OK || st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER || st == VAULT_E_LIMIT || st == VAULT_E_NO_KEY;
}

static void
judge(void)
{
    struct vlt_bundle *b = NULL;
    struct quick_verdict said;
    uint64_t bad;
    enum vault_status st = vlt_bundle_open(path, NULL, &b, NULL), records;

    if (!is_answer(st))
        abort();
    quick_verify(path, NULL, &said);
    if (!is_answer(said.st) && said.st != VAULT_E_POLICY)
        abort();
    if (st != VAULT_OK) {
        if (said.st == VAULT_OK)
            abort();
        return;
    }
    if (!is_answer(vlt_bundle_unlock(b, q.v, NULL)) ||
        !is_answer(vlt_bundle_notes(b, no_note, NULL, &bad, NULL)) ||
        !is_answer(vlt_bundle_notices(b, no_notice, NULL, NULL)))
        abort();
    records = vlt_bundle_records(b, look, b, NULL);
    if (!is_answer(records) || (records != VAULT_OK && said.st == VAULT_OK))
        abort();
    vlt_bundle_close(b);
}

/* A whole container, or edits of one in which everything holds. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (good == NULL)
        begin();
    if (size > INPUT_MAX)
        return 0;
    if (size >= 16 && memcmp(data, "SQLite format 3", 16) == 0)
        temp_write(path, data, size);
    else
        lay_out(data, size);
    judge();
    return 0;
}
