/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_container: any file is judged without a crash and left as it is */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vault/filekind.h>
#include <vault/vault.h>

enum { INPUT_MAX = 4 * 1024 * 1024 };

static char path[128];

static void
remove_file(void)
{
    (void)unlink(path);
}

static void
begin(void)
{
    const char *at = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

    (void)snprintf(path, sizeof path, "%s/sanduq-fuzz-%ld.sdq", at,
        (long)getpid());
    (void)atexit(remove_file);
}

static void
put(const uint8_t *data, size_t size)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL || (size > 0 && fwrite(data, 1, size, f) != size) ||
        fclose(f) != 0)
        abort();
}

static void
must_be_unchanged(const uint8_t *data, size_t size)
{
    uint8_t *now = malloc(size + 1);
    FILE *f = fopen(path, "rb");

    if (now == NULL || f == NULL || fread(now, 1, size + 1, f) != size ||
        (size > 0 && memcmp(now, data, size) != 0))
        abort();
    (void)fclose(f);
    free(now);
}

static int
take(void *ctx, const struct vault_finding *f)
{
    uint64_t *failed = ctx;

    *failed += f->level == VAULT_FAILED;
    return 0;
}

/*
 * One of a few answers. That no key fits is said of age files alone; that the
 * key to check it with is not here, of texts.
 */
static bool
is_answer(enum vault_status st, enum vault_file_kind kind)
{
    return st == VAULT_OK || st == VAULT_E_TAMPERED || st == VAULT_E_FORMAT ||
        st == VAULT_E_NEWER ||
        (st == VAULT_E_NO_KEY && kind == VAULT_FILE_AGE) ||
        (st == VAULT_E_POLICY &&
            (kind == VAULT_FILE_TEXT || kind == VAULT_FILE_OTHER));
}

/*
 * `verify` answers one of a few things, says why in a line when the evidence
 * does not match, and nothing on disk changes. A small input is given as it
 * is; a vault or capture file that holds can be opened as well.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vault_verify_options o = {.key = NULL};
    struct vault_verdict verdict;
    struct vault_error err;
    uint64_t failed = 0;
    enum vault_file_kind kind;
    struct vault *v = NULL;
    enum vault_status st;

    if (path[0] == 0)
        begin();
    if (size > INPUT_MAX)
        return 0;
    put(data, size);
    st = vault_verify(path, &o, take, &failed, &verdict, &err);
    if (vault_file_kind(path, &kind, &err) != VAULT_OK || !is_answer(st, kind))
        abort();
    if ((failed > 0) != (st == VAULT_E_TAMPERED) || failed != verdict.failed)
        abort();
    must_be_unchanged(data, size);
    if (vault_open(path, NULL, &v, NULL) == VAULT_OK ||
        vault_capture_open(path, NULL, &v, NULL) == VAULT_OK)
        vault_close(v);
    else if (st == VAULT_OK &&
        (kind == VAULT_FILE_VAULT || kind == VAULT_FILE_CAPTURE))
        abort();
    must_be_unchanged(data, size);
    return 0;
}
