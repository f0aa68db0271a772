/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_capture: whatever is written into a capture file, taking it in leaves a
 * vault that verifies, and nothing is there twice */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "quick_vault.h"

enum { RECORDS = 4, EDIT = 6 };

static struct quick_vault q;
static char capture[TEMP_PATH];
static char aside[TEMP_PATH];
static uint8_t *vault_bytes, *capture_bytes, *edited;
static size_t vault_len, capture_len;

static void
end(void)
{
    quick_end(&q);
    free(vault_bytes);
    free(capture_bytes);
    free(edited);
}

static void
seal(int n)
{
    struct vault *c = NULL;
    uint8_t body[20000];

    quick_noise(body, sizeof body, 3);
    if (vault_capture_open(capture, &q.opt, &c, NULL) != VAULT_OK)
        abort();
    for (; n > 0; n--)
        quick_add(c, "said while locked", n == 1 ? body : NULL,
            n == 1 ? sizeof body : 0, NULL);
    vault_close(c);
}

/* Two sessions, of which one runs. */
static void
begin(void)
{
    struct vault *c = NULL;
    bool ended;

    if (access("/dev/shm", W_OK) == 0)
        (void)setenv("TMPDIR", "/dev/shm", 0);
    quick_make(&q);
    (void)atexit(end);
    temp_dir_path(&q.dir, "v.capture", capture);
    temp_dir_path(&q.dir, "v.capture.1", aside);
    if (vault_capture_create(q.v, capture, NULL) != VAULT_OK)
        abort();
    quick_close(&q);
    seal(RECORDS / 2);
    if (vault_capture_open(capture, &q.opt, &c, NULL) != VAULT_OK ||
        vault_capture_end(c, &ended, NULL) != VAULT_OK)
        abort();
    vault_close(c);
    seal(RECORDS / 2);
    vault_bytes = temp_read(q.path, &vault_len);
    capture_bytes = temp_read(capture, &capture_len);
    edited = malloc(capture_len);
    if (edited == NULL)
        abort();
    q.opt.no_state = true;
}

/* Edits: place u32, how many bytes u8, how they are changed u8, the bytes. */
static void
lay_out(const uint8_t *p, size_t n)
{
    memcpy(edited, capture_bytes, capture_len);
    while (n >= EDIT) {
        size_t at = ((size_t)p[0] << 24 | (size_t)p[1] << 16 |
                        (size_t)p[2] << 8 | p[3]) %
            capture_len;
        size_t len = p[4], i;
        bool flip = (p[5] & 1) != 0;

        p += EDIT;
        n -= EDIT;
        for (i = 0; i < len && i < n && at + i < capture_len; i++)
            edited[at + i] = flip ? edited[at + i] ^ p[i] : p[i];
        p += i;
        n -= i;
    }
    temp_write(capture, edited, capture_len);
    temp_write(q.path, vault_bytes, vault_len);
}

static bool told; /* of this input: something did not come in */

static void
take(bool admit)
{
    struct vault_take_options opt = {.admit = admit};
    struct vault_taken t;
    struct vault_error err;
    struct quick_verdict said;
    enum vault_status st;
    unsigned n;

    memset(&t, 0, sizeof t);
    q.v = quick_open(&q, q.path, &q.opt);
    st = vault_take_in(q.v, capture, &opt, &t, &err);
    if (st == VAULT_E_INTERNAL)
        abort();
    told = told || st != VAULT_OK || t.bad > 0;
    n = quick_listed(q.v);
    quick_close(&q);
    quick_verify(q.path, q.key, &said);
    /* A line whose record or event did not come in whole is status 3 from
     * then on, and taking in has said so. */
    if (said.st != VAULT_OK && !(said.st == VAULT_E_TAMPERED && told))
        abort();
    if (n > RECORDS || t.records > n)
        abort();
}

/* As a copy that a courier brought: it is only read. */
static void
take_copy(void)
{
    struct vault_take_options opt = {.keep = true, .unfinished = true};
    struct vault_taken t;
    struct vault_error err;
    uint8_t *after;
    size_t n = 0;
    enum vault_status st;

    memset(&t, 0, sizeof t);
    q.v = quick_open(&q, q.path, &q.opt);
    st = vault_take_in(q.v, capture, &opt, &t, &err);
    if (st == VAULT_E_INTERNAL || t.cleared > 0 || t.records > RECORDS)
        abort();
    told = told || st != VAULT_OK || t.bad > 0;
    quick_close(&q);
    after = temp_read(capture, &n);
    if (n != capture_len || memcmp(after, edited, n) != 0)
        abort();
    free(after);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (vault_bytes == NULL)
        begin();
    lay_out(data, size);
    told = false;
    if ((size & 2) != 0)
        take_copy();
    take(false);
    take(true);
    (void)unlink(capture);
    (void)unlink(aside);
    return 0;
}
