/* SPDX-License-Identifier: Apache-2.0 */
/* json_vectors.c: reading outside test vectors, counting what became of them */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_vectors.h"

__attribute__((noreturn)) static void
die(const char *what, const char *about)
{
    fprintf(stderr, "vectors: %s: %s\n", about, what);
    exit(2);
}

static bool
readable(const char *folder, const char *file)
{
    char path[1400];
    FILE *f;

    if (snprintf(path, sizeof path, "%s/%s", folder, file) >= (int)sizeof path)
        return false;
    f = fopen(path, "rb");
    if (f == NULL)
        return false;
    fclose(f);
    return true;
}

static bool
try_folder(struct vec_run *run, const char *base, const char *name,
    const char *probe)
{
    int n = snprintf(run->folder, sizeof run->folder, "%s%s%s", base,
        name[0] != '\0' ? "/" : "", name);

    return n > 0 && n < (int)sizeof run->folder && readable(run->folder, probe);
}

bool
vec_open(struct vec_run *run, int argc, char **argv, const char *name,
    const char *probe)
{
    const char *base = argc > 1 ? argv[1] : getenv("SANDUQ_VECTORS");

    if (base == NULL)
        base = "../shared/vectors";
    if (try_folder(run, base, "", probe) || try_folder(run, base, name, probe))
        return true;
    printf("skipped: no %s/%s in %s\n", name, probe, base);
    return false;
}

static void *
hold(struct vec_run *run, void *p)
{
    void **held = realloc(run->held, (run->n_held + 1) * sizeof *held);

    if (p == NULL || held == NULL)
        die("no memory", "vectors");
    held[run->n_held++] = p;
    run->held = held;
    return p;
}

uint8_t *
vec_room(struct vec_run *run, size_t n)
{
    return hold(run, calloc(1, n + 1));
}

void
vec_drop(struct vec_run *run)
{
    for (size_t i = 0; i < run->n_held; i++)
        free(run->held[i]);
    free(run->held);
    run->held = NULL;
    run->n_held = 0;
}

const char *
vec_path(struct vec_run *run, const char *file)
{
    size_t size = strlen(run->folder) + strlen(file) + 2;
    char *path = (char *)vec_room(run, size);

    snprintf(path, size, "%s/%s", run->folder, file);
    return path;
}

json_t *
vec_load(struct vec_run *run, const char *file)
{
    json_error_t error;
    json_t *root = json_load_file(vec_path(run, file), 0, &error);

    if (root == NULL)
        die(error.text, file);
    return root;
}

const char *
vec_text(struct vec_run *run, const char *file)
{
    FILE *f = fopen(vec_path(run, file), "rb");
    char *text;
    long size;

    if (f == NULL)
        die("cannot be opened", file);
    if (fseek(f, 0, SEEK_END) != 0 || (size = ftell(f)) < 0)
        die("has no length", file);
    rewind(f);
    text = (char *)vec_room(run, (size_t)size);
    if (fread(text, 1, (size_t)size, f) != (size_t)size)
        die("cannot be read", file);
    fclose(f);
    return text;
}

static int
nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

struct vec_bytes
vec_hex_of(struct vec_run *run, const char *hex, size_t len)
{
    struct vec_bytes b = {vec_room(run, len / 2), len / 2};

    if (len % 2 != 0)
        die("half a byte", "hex");
    for (size_t i = 0; i < b.n; i++) {
        int high = nibble(hex[2 * i]);
        int low = nibble(hex[2 * i + 1]);

        if (high < 0 || low < 0)
            die("not a hex digit", "hex");
        b.p[i] = (uint8_t)(high * 16 + low);
    }
    return b;
}

struct vec_bytes
vec_hex(struct vec_run *run, const json_t *o, const char *key)
{
    const char *hex = vec_str(o, key);

    return vec_hex_of(run, hex, strlen(hex));
}

const char *
vec_str(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));

    return s != NULL ? s : "";
}

long
vec_int(const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    if (!json_is_integer(v))
        die("not a number", key);
    return (long)json_integer_value(v);
}

bool
vec_has_flag(const json_t *o, const char *flag)
{
    const json_t *flags = json_object_get(o, "flags");

    for (size_t i = 0; i < json_array_size(flags); i++) {
        const char *s = json_string_value(json_array_get(flags, i));

        if (s != NULL && strcmp(s, flag) == 0)
            return true;
    }
    return false;
}

bool
vec_same(const void *a, size_t a_len, const void *b, size_t b_len)
{
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

void
vec_case(struct vec_run *run, bool ok, const char *format, ...)
{
    va_list args;

    if (ok) {
        run->passed++;
        return;
    }
    run->failed++;
    printf("FAILED: ");
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf("\n");
}

void
vec_skip(struct vec_run *run, unsigned n)
{
    run->skipped += n;
}

int
vec_end(struct vec_run *run)
{
    vec_drop(run);
    printf("%u passed, %u failed, %u skipped\n", run->passed, run->failed,
        run->skipped);
    return run->failed == 0 && run->passed != 0 ? 0 : 1;
}
