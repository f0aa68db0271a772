/* SPDX-License-Identifier: Apache-2.0 */
/* test_media.c: media types by magic numbers of the formats' own documents */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <vault/vault.h>

static void
types_follow_the_first_bytes(void **state)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *name;
        const char *type;
    } rows[] = {
        {"\xff\xd8\xff\xe0\0\x10JFIF", 10, NULL, "image/jpeg"},
        {"\xff\xd8", 2, NULL, "application/octet-stream"},
        {"\x89PNG\r\n\x1a\n", 8, "a.txt", "image/png"},
        {"\x89PNG\r\n\x1a", 7, NULL, "application/octet-stream"},
        {"GIF89a", 6, NULL, "image/gif"},
        {"RIFF\1\2\3\4WEBP", 12, NULL, "image/webp"},
        {"RIFF\1\2\3\4WAVE", 12, NULL, "audio/wav"},
        {"\0\0\0\x18"
         "ftypheic",
            12, NULL, "image/heic"},
        {"\0\0\0\x18"
         "ftypisom",
            12, NULL, "video/mp4"},
        {"\0\0\0\x18"
         "ftypM4A ",
            12, NULL, "audio/mp4"},
        {"OggS", 4, NULL, "audio/ogg"},
        {"%PDF-1.7", 8, NULL, "application/pdf"},
        {"PK\3\4", 4, NULL, "application/zip"},
        {"SQLite format 3\0", 16, NULL, "application/vnd.sqlite3"},
        {"age-encryption.org/v1\n", 22, NULL, "application/age"},
        {"", 0, NULL, "application/octet-stream"},
        {"", 0, "a.txt", "application/octet-stream"},
        {"hello\n", 6, NULL, "text/plain"},
        {"hello\n", 6, "a.HTML", "text/html"},
        {"hello\n", 6, "html", "text/plain"},
        {"a,b\n", 4, "t.csv", "text/csv"},
        {"{}", 2, "t.json", "application/json"},
        {"\xd0\x9f\xd1\x80", 4, NULL, "text/plain"},
        {"\xd0\x9f\xd1", 3, NULL, "text/plain"}, /* cut */
        {"\xff\xfe\0a", 4, "a.html", "application/octet-stream"},
        {"a\0b", 3, "a.txt", "application/octet-stream"},
        {"a\x1b[0m", 5, NULL, "application/octet-stream"},
        {"a\x7f", 2, NULL, "application/octet-stream"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *type =
            vault_media_type(rows[i].bytes, rows[i].n, rows[i].name);

        if (strcmp(type, rows[i].type) != 0)
            fail_msg("row %zu: %s instead of %s", i, type, rows[i].type);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_follow_the_first_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
