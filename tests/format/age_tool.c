/* SPDX-License-Identifier: Apache-2.0 */
/* age_tool.c: seals and opens age files for age_outside.sh and the benchmark */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "agetext.h"
#include "text.h"

/*
 *     age_tool recipient IDENTITY-FILE       who it is: age1pq... or age1...
 *     age_tool seal RECIPIENT            < plain > file
 *     age_tool seal @PASSPHRASE-FILE
 *     age_tool armor RECIPIENT | @FILE
 *     age_tool open IDENTITY-FILE        < file > plain
 *     age_tool open @PASSPHRASE-FILE
 */
enum { PIECE = 256 * 1024, WORDS = 4096 };

static struct vault_error err;

static int
failed(const char *what)
{
    (void)fprintf(stderr, "age_tool: %s: %s\n", what, err.message);
    return 1;
}

static enum vault_status
put(void *ctx, const void *p, size_t n, struct vault_error *e)
{
    (void)e;
    return fwrite(p, 1, n, ctx) == n ? VAULT_OK : VAULT_E_IO;
}

static enum vault_status
give(void *ctx, void *p, size_t max, size_t *n, struct vault_error *e)
{
    (void)e;
    *n = fread(p, 1, max, ctx);
    return ferror((FILE *)ctx) ? VAULT_E_IO : VAULT_OK;
}

/* The last line of a file that is no comment. */
static size_t
read_word(const char *path, char out[WORDS])
{
    FILE *f = fopen(path, "r");
    size_t n = 0;
    char line[WORDS];

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#')
            continue;
        n = strcspn(line, "\r\n");
        memcpy(out, line, n);
    }
    if (f != NULL)
        (void)fclose(f);
    out[n] = 0;
    return n;
}

static int
seal(const char *whom, bool armor)
{
    static uint8_t kem[1][VLT_KEM_PK], x25519[1][VLT_X25519];
    static uint8_t piece[PIECE];
    struct vlt_age_to to = {.armor = armor, .work = 12};
    struct vlt_age_out *out = NULL;
    char word[WORDS];
    size_t n;

    to.kem = (const uint8_t(*)[VLT_KEM_PK])kem;
    to.x25519 = (const uint8_t(*)[VLT_X25519])x25519;
    if (whom[0] == '@')
        to.passphrase = vlt_guarded_copy(word, read_word(whom + 1, word));
    else if (vlt_age_hybrid_recipient(kem[0], whom, strlen(whom)))
        to.kems = 1;
    else if (vlt_age_x25519_recipient(x25519[0], whom, strlen(whom)))
        to.x25519s = 1;
    if (vlt_age_begin(&out, put, stdout, &to, &err) != VAULT_OK)
        return failed("begin");
    while ((n = fread(piece, 1, sizeof piece, stdin)) > 0)
        if (vlt_age_write(out, piece, n, &err) != VAULT_OK)
            return failed("write");
    if (vlt_age_finish(out, &err) != VAULT_OK || fflush(stdout) != 0)
        return failed("finish");
    vlt_age_out_free(out);
    vlt_guarded_free((struct vlt_guarded *)to.passphrase);
    return 0;
}

static int
open_it(const char *with)
{
    static uint8_t x25519[1][32], piece[PIECE];
    struct vlt_kemkey *kem = vlt_kemkey_new();
    const struct vlt_kemkey *kems[] = {kem};
    struct vlt_age_identities who = {.kem = kems};
    struct vlt_age_in *in = NULL;
    char word[WORDS];
    size_t n = read_word(with + (with[0] == '@'), word);
    enum vault_status st;

    who.x25519 = (const uint8_t(*)[32])x25519;
    if (with[0] == '@')
        who.passphrase = vlt_guarded_copy(word, n);
    else if (vlt_age_hybrid_identity(kem->b, word, n))
        who.kems = 1;
    else if (vlt_age_x25519_identity(x25519[0], word, n))
        who.x25519s = 1;
    if (vlt_age_open(&in, give, stdin, &who, &err) != VAULT_OK)
        return failed("open");
    do {
        st = vlt_age_read(in, piece, sizeof piece, &n, &err);
        if (st != VAULT_OK)
            return failed("read");
    } while (fwrite(piece, 1, n, stdout) == n && n > 0);
    vlt_age_in_free(in);
    vlt_kemkey_free(kem);
    vlt_guarded_free((struct vlt_guarded *)who.passphrase);
    return fflush(stdout) != 0;
}

static int
recipient(const char *file)
{
    uint8_t pk[VLT_KEM_PK], secret[32];
    char word[WORDS], text[WORDS];
    size_t n = read_word(file, word);

    if (vlt_age_hybrid_identity(secret, word, n)) {
        vlt_kem_public(pk, secret);
        vlt_bech32(text, "age1pq", pk, VLT_KEM_PK);
    } else if (vlt_age_x25519_identity(secret, word, n)) {
        vlt_x25519_public(pk, secret);
        vlt_bech32(text, "age", pk, VLT_X25519);
    } else {
        return 1;
    }
    return puts(text) < 0;
}

int
main(int argc, char **argv)
{
    /* pieces are large enough by themselves */
    (void)setvbuf(stdin, NULL, _IONBF, 0);
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    if (argc != 3 || vlt_crypto_init(&err) != VAULT_OK)
        return 2;
    if (strcmp(argv[1], "seal") == 0 || strcmp(argv[1], "armor") == 0)
        return seal(argv[2], argv[1][0] == 'a');
    if (strcmp(argv[1], "recipient") == 0)
        return recipient(argv[2]);
    return strcmp(argv[1], "open") == 0 ? open_it(argv[2]) : 2;
}
