/* SPDX-License-Identifier: Apache-2.0 */
/* golden_recipe.h: what golden vaults hold, and making one */
#ifndef TEST_GOLDEN_RECIPE_H
#define TEST_GOLDEN_RECIPE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <vault/vault.h>
#include "hash.h"
#include "known.h"
#include "temp_dir.h"
#include "text.h"

struct golden_field {
    enum vault_field_type type;
    enum vault_field_state state;
    const char *name;
    const char *hex; /* of the value */
};
/* body: a file of fixtures/evidence; or text, `times` over; or none */
struct golden_record {
    const char *type;
    const char *body;
    const char *text;
    unsigned times;
    struct golden_field field[9];
};

#define HEX_LINK                                                       \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" \
    "00000000616d656e6473"
static const struct golden_record golden_records[] = {
    {"testimony", "куәлік-01.txt", NULL, 0,
        {{VAULT_LANG_TEXT, VAULT_VALUE, "title", "6b6b20d185d0b0d182"},
            {VAULT_DATE, VAULT_VALUE, "time.event",
                "677265676f7269616e20323031382d30337e"},
            {VAULT_TEXT, VAULT_REFUSED, "person.name", ""}}},
    {"file", "хат 01.jpg", NULL, 0,
        {{VAULT_TEXT, VAULT_VALUE, "file.name", "d185d0b0d1822030312e6a7067"}}},
    {"letter", NULL, "I write down the hour.\n", 3000,
        {{VAULT_TEXT, VAULT_VALUE, "title", "6c6f6e67"}}},
    {"file", NULL, "", 1,
        {{VAULT_TEXT, VAULT_VALUE, "file.name", "656d707479"}}},
    {"contact", NULL, NULL, 0,
        {{VAULT_BYTES, VAULT_VALUE, "key", "00ff10"},
            {VAULT_TIME, VAULT_VALUE, "met", "000000005c2aad80"},
            {VAULT_LINK, VAULT_VALUE, "of", HEX_LINK},
            {VAULT_NUMBER, VAULT_VALUE, "age", "ffffffffffffffff"},
            {VAULT_TEXT, VAULT_NOT_ASKED, "phone", ""},
            {VAULT_TEXT, VAULT_UNKNOWN, "village", ""},
            {VAULT_TEXT, VAULT_VALUE, "title", "4b2d3031"}}},
};
static const char golden_passphrase[] = "дала 42 кітап";

/* One-letter levels of findings, in the order of enum vault_finding_level. */
static const char golden_level[] = "+!?~";

static inline int
golden_finding(void *ctx, const struct vault_finding *f)
{
    char line[64];

    (void)snprintf(line, sizeof line, "%c %s", golden_level[f->level], f->kind);
    (void)json_array_append_new(ctx, json_string(line));
    return 0;
}

static inline void
golden_must(bool ok, const char *what)
{
    if (!ok)
        temp_die(what, "golden");
}

static inline void
golden_src(const char *sub, char out[TEMP_PATH])
{
    const char *src = getenv("SRC");

    golden_must(snprintf(out, TEMP_PATH, "%s/%s", src != NULL ? src : ".",
                    sub) < TEMP_PATH,
        "path");
}

/* The bytes a body must have. The caller frees; NULL: no body. */
static inline uint8_t *
golden_body(const char *file, const char *text, unsigned times, size_t *n)
{
    char sub[TEMP_PATH], path[TEMP_PATH];
    size_t len = text != NULL ? strlen(text) : 0;
    uint8_t *p;

    *n = 0;
    if (file != NULL) {
        (void)snprintf(sub, sizeof sub, "fixtures/evidence/%s", file);
        golden_src(sub, path);
        return temp_read(path, n);
    }
    if (text == NULL)
        return NULL;
    p = malloc(len * times + 1);
    golden_must(p != NULL, "memory");
    for (; times > 0; times--, *n += len)
        memcpy(p + *n, text, len);
    return p;
}

static inline json_t *
golden_hex(const uint8_t *p, size_t n)
{
    char hex[2 * VAULT_HASH + 1];

    golden_must(n <= VAULT_HASH, "hex");
    vlt_hex(hex, p, n);
    return json_string(hex);
}

/* ---- making ---- */

static inline json_t *
golden_seal(struct vault *v, const struct golden_record *r)
{
    json_t *fields = json_array();
    struct vault_sealer *s = NULL;
    struct vault_sealed out;
    uint8_t value[256];
    uint8_t sum[32];
    size_t i, n;
    uint8_t *body = golden_body(r->body, r->text, r->times, &n);
    json_t *o;

    golden_must(!vault_seal_begin(v, r->type, &s, NULL), "begin");
    for (i = 0; i < ROWS(r->field) && r->field[i].name != NULL; i++) {
        const struct golden_field *f = &r->field[i];
        size_t len = strlen(f->hex) / 2;

        golden_must(len <= sizeof value &&
                vlt_unhex(value, len, f->hex, 2 * len),
            "hex");
        golden_must(!vault_seal_field(s, f->type, f->state, f->name, value, len,
                        NULL),
            f->name);
        (void)json_array_append_new(fields,
            json_pack("{si ss si ss}", "type", (int)f->type, "name", f->name,
                "state", (int)f->state, "value", f->hex));
    }
    if (body != NULL)
        golden_must(!vault_seal_write(s, body, n, NULL), "write");
    golden_must(!vault_seal_commit(s, &out, NULL), "commit");
    o = json_pack("{so si ss so sb}", "id", golden_hex(out.id, 16), "version",
        (int)out.version, "type", r->type, "fields", fields, "has_body",
        body != NULL);
    if (body != NULL) {
        vlt_sha256(sum, body, n);
        (void)json_object_set_new(o, "sha256", golden_hex(sum, 32));
        (void)json_object_set_new(o, "bytes", json_integer((json_int_t)n));
    }
    if (r->body != NULL)
        (void)json_object_set_new(o, "file", json_string(r->body));
    else if (r->text != NULL)
        (void)json_object_update_new(o,
            json_pack("{ss si}", "text", r->text, "times", (int)r->times));
    free(body);
    return o;
}

static inline json_t *
golden_lines(const char *path, const struct vault_key *key)
{
    struct vault_verify_options o = {.key = key};
    struct vault_verdict verdict;
    json_t *a = json_array();

    golden_must(!vault_verify(path, &o, golden_finding, a, &verdict, NULL),
        "verify");
    return a;
}

static inline void
golden_describe(json_t *o, const char *path, struct vault *v,
    const struct vault_key *key)
{
    struct vault_info info;
    uint8_t sum[32];
    size_t n;
    uint8_t *p;

    golden_must(!vault_info(v, &info, NULL), "info");
    (void)json_object_update_new(o,
        json_pack("{so ss sI so si}", "vault", golden_hex(info.id, 16),
            "fingerprint", info.fingerprint, "size", (json_int_t)info.size,
            "root", golden_hex(info.root, 32), "slots", (int)info.slots));
    vault_close(v);
    p = temp_read(path, &n);
    vlt_sha256(sum, p, n);
    free(p);
    (void)json_object_set_new(o, "file_sha256", golden_hex(sum, 32));
    (void)json_object_set_new(o, "keyless", golden_lines(path, NULL));
    (void)json_object_set_new(o, "keyed", golden_lines(path, key));
}

/* FOLDER/NAME.sdq, .key and .json, where nothing may be. */
static inline void
golden_make(const char *folder, const char *name)
{
    const struct vault_cost floor = {3, 64 * 1024};
    struct vault_options opt = {.no_state = true, .actor = "golden"};
    struct vault_key *key = vault_key_new();
    struct vault_key *pass = vault_key_new();
    struct vault_key *both = vault_key_new();
    char path[TEMP_PATH], key_path[TEMP_PATH], text[TEMP_PATH];
    json_t *o = json_object(), *records = json_array();
    struct vault *v = NULL;
    uint8_t id[VAULT_ID];
    size_t i;

    (void)snprintf(path, sizeof path, "%s/%s.sdq", folder, name);
    (void)snprintf(key_path, sizeof key_path, "%s/%s.key", folder, name);
    (void)snprintf(text, sizeof text, "%s/%s.json", folder, name);
    golden_must(key != NULL && pass != NULL && both != NULL, "memory");
    golden_must(!vault_keyfile_create(key_path, NULL), "key file");
    golden_must(!vault_key_file(key, key_path, NULL), "key file");
    golden_must(!vault_key_file(both, key_path, NULL), "key file");
    golden_must(!vault_key_passphrase(pass, golden_passphrase,
                    strlen(golden_passphrase), NULL),
        "passphrase");
    golden_must(!vault_key_passphrase(both, golden_passphrase,
                    strlen(golden_passphrase), NULL),
        "passphrase");
    golden_must(!vault_create(path, key, &floor, &opt, &v, NULL), "create");
    for (i = 0; i < ROWS(golden_records); i++)
        (void)json_array_append_new(records,
            golden_seal(v, &golden_records[i]));
    golden_must(!vault_slot_add(v, pass, &floor, id, NULL), "slot");
    golden_must(!vault_slot_add(v, both, &floor, id, NULL), "slot");
    (void)json_object_set_new(o, "passphrase", json_string(golden_passphrase));
    golden_describe(o, path, v, key);
    (void)json_object_set_new(o, "records", records);
    golden_must(json_dump_file(o, text, JSON_INDENT(2)) == 0, "json");
    json_decref(o);
    vault_key_free(key);
    vault_key_free(pass);
    vault_key_free(both);
}

#endif
