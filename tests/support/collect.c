/* SPDX-License-Identifier: Apache-2.0 */
/* collect.c: keeps what tests judge, for the second reader */
#include "collect.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vault/vault.h>

#include "hash.h"
#include "temp_dir.h"

enum { FIRST = 400, EACH = 16, HOLE = 4096, MOST = 64 << 20 };
static const char magic[16] = "SQLite format 3";

/* Zeros become a hole: a collection has tens of thousands of files. */
static void
write_sparse(const char *path, const uint8_t *p, size_t n)
{
    static const uint8_t zero[HOLE];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    size_t at, part;

    if (fd < 0)
        return; /* it is there already */
    for (at = 0; at < n; at += part) {
        part = n - at < HOLE ? n - at : HOLE;
        if (memcmp(p + at, zero, part) != 0 &&
            pwrite(fd, p + at, part, (off_t)at) != (ssize_t)part)
            temp_die("cannot be collected", path);
    }
    if (ftruncate(fd, (off_t)n) != 0 || close(fd) != 0)
        temp_die("cannot be collected", path);
}

static bool
is_container(const char *path, const struct stat *st)
{
    char head[sizeof magic] = "";
    FILE *f;
    size_t n;

    if (!S_ISREG(st->st_mode) || st->st_size < (off_t)sizeof magic ||
        st->st_size > MOST || (f = fopen(path, "rb")) == NULL)
        return false;
    n = fread(head, 1, sizeof head, f);
    fclose(f);
    return n == sizeof head && memcmp(head, magic, sizeof head) == 0;
}

static void
keep(const char *folder, const char *path, const char *journal)
{
    char hex[65], name[TEMP_PATH + 80];
    size_t n, m = 0;
    uint8_t *p = temp_read(path, &n);
    uint8_t *j = temp_exists(journal) ? temp_read(journal, &m) : NULL;
    uint8_t sum[64], both[32];

    vlt_sha256(sum, p, n);
    vlt_sha256(sum + 32, j != NULL ? j : (const uint8_t *)"", m);
    vlt_sha256(both, sum, sizeof sum);
    for (size_t i = 0; i < sizeof both; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", both[i]);
    (void)snprintf(name, sizeof name, "%s/%s.sdq-journal", folder, hex);
    if (j != NULL && m > 0)
        write_sparse(name, j, m);
    name[strlen(name) - strlen("-journal")] = '\0';
    write_sparse(name, p, n);
    free(p);
    free(j);
}

void
collect_file(const char *path)
{
    static unsigned seen;
    const char *folder = getenv("SANDUQ_COLLECT");
    char journal[TEMP_PATH + 16];
    struct stat st;

    if (folder == NULL || folder[0] != '/' || path == NULL ||
        stat(path, &st) != 0 || !is_container(path, &st))
        return;
    seen++;
    if (seen > FIRST && seen % EACH != 0)
        return;
    (void)snprintf(journal, sizeof journal, "%s-journal", path);
    keep(folder, path, journal);
}

enum vault_status __real_vault_verify(const char *path,
    const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err);
enum vault_status __wrap_vault_verify(const char *path,
    const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err);

enum vault_status
__wrap_vault_verify(const char *path, const struct vault_verify_options *opt,
    int (*fn)(void *ctx, const struct vault_finding *f), void *ctx,
    struct vault_verdict *out, struct vault_error *err)
{
    collect_file(path);
    return __real_vault_verify(path, opt, fn, ctx, out, err);
}
