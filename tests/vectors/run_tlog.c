/* SPDX-License-Identifier: Apache-2.0 */
/* run_tlog: signed notes of Go's sumdb/note and of C2SP, good and spoilt */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cosignature.h"
#include "json_vectors.h"
#include "note.h"
#include "secret.h"
#include "text.h"

static bool
get_vkey(struct vlt_vkey *k, const char *text)
{
    char again[VLT_VKEY_TEXT];

    if (vlt_vkey_decode(k, text, strlen(text), NULL) != VAULT_OK)
        return false;
    vlt_vkey_text(again, k);
    return k->type == VLT_VKEY_ED25519 && strcmp(again, text) == 0;
}

static bool
holds(const struct vlt_buf *note, const struct vlt_vkey *k)
{
    struct vlt_note n;

    return vlt_note_parse(&n, (const char *)note->p, note->len, NULL) ==
        VAULT_OK &&
        vlt_note_check(&n, k->name, k->pk, NULL) == VAULT_OK;
}

static bool
holds_bytes(const char *text, size_t len, const struct vlt_vkey *k)
{
    struct vlt_buf b;
    bool ok;

    vlt_buf_init(&b, 2 * VLT_NOTE_MAX);
    vlt_buf_put(&b, text, len);
    ok = holds(&b, k);
    vlt_buf_clear(&b);
    return ok;
}

/* The text, a blank line and the first n signature lines. */
static void
build(struct vlt_buf *b, const json_t *v, size_t n)
{
    const json_t *lines = json_object_get(v, "sig_lines");

    vlt_buf_reset(b);
    vlt_buf_put_str(b, vec_str(v, "text"));
    vlt_buf_put_str(b, "\n");
    for (size_t i = 0; i < n; i++)
        vlt_buf_put_str(b, json_string_value(json_array_get(lines, i)));
}

static void
run_keys(struct vec_run *run, const json_t *v)
{
    const json_t *bad = json_object_get(v, "bad_vkeys");
    struct vlt_vkey k;

    for (size_t i = 0; i < json_array_size(bad); i++)
        vec_case(run, !get_vkey(&k, json_string_value(json_array_get(bad, i))),
            "bad vkey %zu is taken", i);
}

/* A secret key gives the very line: Ed25519 has no chance in it. */
static void
run_signing(struct vec_run *run, const json_t *v, const struct vlt_vkey *k)
{
    const char *text = vec_str(v, "text"), *b64 = vec_str(v, "skey");
    uint8_t secret[33];
    struct vlt_buf want, made;
    size_t n = 0;
    bool ok;

    /* PRIVATE+KEY+name+id+base64, which may hold a plus itself */
    for (int i = 0; i < 4 && b64 != NULL; i++) {
        b64 = strchr(b64, '+');
        b64 = b64 == NULL ? NULL : b64 + 1;
    }
    if (b64 == NULL)
        return;
    vlt_buf_init(&want, VLT_NOTE_MAX);
    vlt_buf_init(&made, VLT_NOTE_MAX);
    build(&want, v, 1);
    ok = vlt_unb64(secret, sizeof secret, &n, b64, strlen(b64)) &&
        n == sizeof secret && secret[0] == 1 &&
        vlt_note_sign(&made, text, strlen(text), k->name, secret + 1, NULL) ==
            VAULT_OK &&
        vec_same(made.p, made.len, want.p, want.len);
    vec_case(run, ok, "signing gives the published line");
    vlt_buf_clear(&want);
    vlt_buf_clear(&made);
}

/* Each published note with one thing put wrong must not hold. */
static void
run_spoilt(struct vec_run *run, const json_t *v, const struct vlt_vkey *k)
{
    struct vlt_buf b;
    size_t text_len = strlen(vec_str(v, "text")), i, bits = 0;
    const char *line =
        json_string_value(json_array_get(json_object_get(v, "sig_lines"), 0));
    char *space;

    vlt_buf_init(&b, 2 * VLT_NOTE_MAX);
    build(&b, v, 0);
    vec_case(run, !holds(&b, k), "no signature block");
    build(&b, v, 1);
    vec_case(run, !holds_bytes((char *)b.p, b.len - 1, k),
        "no final line feed");
    vec_case(run, !holds_bytes((char *)b.p, text_len, k), "text alone");
    for (i = 0; i < 8 * b.len; i++) {
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
        bits += holds(&b, k);
        b.p[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    vec_case(run, bits == 0, "%zu changed bits hold", bits);
    b.p[0] = 0x01;
    vec_case(run, !holds(&b, k), "control byte in the text");
    b.p[0] = 0xff;
    vec_case(run, !holds(&b, k), "no UTF-8 in the text");
    build(&b, v, 1);
    vlt_buf_put_str(&b, "not a signature line\n");
    vec_case(run, !holds(&b, k), "another line after the blank line");
    build(&b, v, 1);
    vlt_buf_put_str(&b, line);
    vec_case(run, !holds(&b, k), "the same line twice");
    build(&b, v, 1);
    space = strchr((char *)b.p + text_len + 5, ' '); /* after the name */
    if (space != NULL)
        space[-1] = ' ';
    vec_case(run, space != NULL && !holds(&b, k), "a space in the name");
    build(&b, v, 1);
    for (i = 0; i < 100; i++)
        vlt_buf_put_str(&b, "\xe2\x80\x94 other AAAAAAA=\n");
    vec_case(run, !holds(&b, k), "more than 100 lines");
    build(&b, v, 1);
    for (i = 0; i < 15; i++)
        vlt_buf_put_str(&b, "\xe2\x80\x94 other AAAAAAA=\n");
    vec_case(run, holds(&b, k), "16 lines");
    vlt_buf_clear(&b);
}

static void
run_note(struct vec_run *run, const json_t *v)
{
    const char *second = vec_str(v, "vkey2");
    size_t lines = json_array_size(json_object_get(v, "sig_lines"));
    struct vlt_buf b;
    struct vlt_vkey k, k2;

    if (!get_vkey(&k, vec_str(v, "vkey"))) {
        vec_case(run, false, "%s: vkey", vec_str(v, "source"));
        return;
    }
    vlt_buf_init(&b, VLT_NOTE_MAX);
    build(&b, v, 1);
    vec_case(run, holds(&b, &k), "one line holds");
    build(&b, v, lines);
    vec_case(run, holds(&b, &k), "all lines, first key");
    if (second[0] != '\0') {
        vec_case(run, get_vkey(&k2, second) && holds(&b, &k2),
            "all lines, second key");
        build(&b, v, 1);
        vec_case(run, !holds(&b, &k2), "first line, second key");
    }
    vlt_buf_clear(&b);
    run_keys(run, v);
    run_signing(run, v, &k);
    run_spoilt(run, v, &k);
}

/* Files that this program does not know are counted, not passed over. */
static void
count_others(struct vec_run *run)
{
    DIR *dir = opendir(run->folder);
    struct dirent *e;

    while (dir != NULL && (e = readdir(dir)) != NULL)
        if (strstr(e->d_name, ".json") != NULL &&
            strcmp(e->d_name, "signed-note.json") != 0) {
            fprintf(stderr, "not known: %s\n", e->d_name);
            vec_skip(run, 1);
        }
    if (dir != NULL)
        (void)closedir(dir);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    json_t *root;

    if (!vec_open(&run, argc, argv, "tlog", "signed-note.json"))
        return 0;
    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    root = vec_load(&run, "signed-note.json");
    for (size_t i = 0; i < json_array_size(root); i++)
        run_note(&run, json_array_get(root, i));
    json_decref(root);
    count_others(&run);
    return vec_end(&run);
}
