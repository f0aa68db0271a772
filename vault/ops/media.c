/* SPDX-License-Identifier: Apache-2.0 */
/* media.c: a small table of magic numbers */
#include <stdbool.h>
#include <string.h>
#include <vault/vault.h>
#include "fail.h"
#include "text.h"

struct magic {
    size_t at;
    size_t n;
    const char *bytes;
    const char *type;
};

/* Signatures from the formats' own specifications; the first that fits. */
static const struct magic table[] = {
    {0, 3, "\xff\xd8\xff", "image/jpeg"},
    {0, 8, "\x89PNG\r\n\x1a\n", "image/png"},
    {0, 6, "GIF87a", "image/gif"},
    {0, 6, "GIF89a", "image/gif"},
    {0, 4, "II*\0", "image/tiff"},
    {0, 4, "MM\0*", "image/tiff"},
    {0, 2, "BM", "image/bmp"},
    {8, 4, "WEBP", "image/webp"},
    {4, 8, "ftypheic", "image/heic"},
    {4, 8, "ftypheix", "image/heic"},
    {4, 8, "ftypmif1", "image/heif"},
    {4, 8, "ftypavif", "image/avif"},
    {4, 7, "ftypM4A", "audio/mp4"},
    {4, 6, "ftypqt", "video/quicktime"},
    {4, 7, "ftyp3gp", "video/3gpp"},
    {4, 4, "ftyp", "video/mp4"},
    {8, 4, "WAVE", "audio/wav"},
    {8, 4, "AVI ", "video/x-msvideo"},
    {0, 4, "OggS", "audio/ogg"},
    {0, 4, "fLaC", "audio/flac"},
    {0, 3, "ID3", "audio/mpeg"},
    {0, 2, "\xff\xfb", "audio/mpeg"},
    {0, 2, "\xff\xf3", "audio/mpeg"},
    {0, 5, "#!AMR", "audio/amr"},
    {0, 4, "\x1a\x45\xdf\xa3", "video/webm"},
    {0, 5, "%PDF-", "application/pdf"},
    {0, 4, "PK\3\4", "application/zip"},
    {0, 6, "Rar!\x1a\a", "application/vnd.rar"},
    {0, 6, "7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"},
    {0, 2, "\x1f\x8b", "application/gzip"},
    {0, 4, "\x28\xb5\x2f\xfd", "application/zstd"},
    {0, 8, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
    {0, 5, "{\\rtf", "application/rtf"},
    {0, 16, "SQLite format 3\0", "application/vnd.sqlite3"},
    {0, 21, "age-encryption.org/v1", "application/age"},
};

/* Only for what is text by its bytes. */
static const struct {
    const char *ending;
    const char *type;
} endings[] = {
    {".html", "text/html"},
    {".htm", "text/html"},
    {".csv", "text/csv"},
    {".vcf", "text/vcard"},
    {".json", "application/json"},
    {".xml", "application/xml"},
    {".md", "text/markdown"},
};

static bool
ends_with(const char *name, const char *ending)
{
    size_t n = strlen(name);
    size_t e = strlen(ending);
    size_t i;

    if (n < e)
        return false;
    for (i = 0; i < e; i++) {
        char c = name[n - e + i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c != ending[i])
            return false;
    }
    return true;
}

/* Whether these n bytes are the beginning of a longer code point. */
static bool
is_cut(const uint8_t *p, size_t n)
{
    size_t need = p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
        : p[0] >= 0xe0 && p[0] <= 0xef         ? 3
        : p[0] >= 0xc2 && p[0] <= 0xdf         ? 2
                                               : 0;
    size_t i;

    for (i = 1; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf)
            return false;
    }
    return n < need;
}

/* Valid UTF-8 (a cut code point at the end is fine), no control characters
 * but tab, LF, FF, CR. */
static bool
is_text(const uint8_t *p, size_t n)
{
    size_t cut;
    size_t i;

    for (i = 0; i < n; i++) {
        if ((p[i] < 0x20 && p[i] != '\t' && p[i] != '\n' && p[i] != '\f' &&
                p[i] != '\r') ||
            p[i] == 0x7f)
            return false;
    }
    if (vlt_utf8_valid(p, n))
        return true;
    for (cut = 1; cut < 4 && cut <= n; cut++) {
        if (is_cut(p + n - cut, cut) && vlt_utf8_valid(p, n - cut))
            return true;
    }
    return false;
}

const char *
vault_media_type(const void *p, size_t n, const char *name)
{
    size_t i;

    for (i = 0; i < VLT_COUNT(table); i++) {
        const struct magic *m = &table[i];

        if (n >= m->at + m->n &&
            memcmp((const uint8_t *)p + m->at, m->bytes, m->n) == 0)
            return m->type;
    }
    if (n == 0 || !is_text(p, n))
        return "application/octet-stream";
    for (i = 0; name != NULL && i < VLT_COUNT(endings); i++) {
        if (ends_with(name, endings[i].ending))
            return endings[i].type;
    }
    return "text/plain";
}
