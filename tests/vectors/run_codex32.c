/* SPDX-License-Identifier: Apache-2.0 */
/* run_codex32: BIP-93's strings through the code that deals our shares */
#include <stdlib.h>
#include <string.h>

#include "codex32.h"
#include "json_vectors.h"

static struct vlt_share
read_ok(struct vec_run *run, const char *hrp, size_t bytes, const char *text)
{
    struct vlt_share s;
    struct vault_error err;

    memset(&s, 0, sizeof s);
    err.message[0] = 0;
    vec_case(run,
        vlt_share_read_as(&s, hrp, bytes, text, strlen(text), &err) == VAULT_OK,
        "%s is read: %s", text, err.message);
    return s;
}

/* The share at `index` that those of the set give is this text. */
static void
gives(struct vec_run *run, const struct vlt_shares *set, char index,
    const char *hrp, const char *text)
{
    struct vlt_share s;
    char got[VLT_SHARE_TEXT];

    memset(&s, 0, sizeof s);
    if (!vlt_shares_at(set, index, &s)) {
        vec_case(run, false, "%s: an index that is there", text);
        return;
    }
    vlt_share_text_as(&s, hrp, got);
    vec_case(run, strcmp(got, text) == 0, "%s: interpolated %s", text, got);
}

/* The first bytes of the payload are the seed. */
static void
seed_is(struct vec_run *run, const struct vlt_share *s, struct vec_bytes seed)
{
    unsigned acc = 0;
    unsigned bits = 0;
    size_t n = 0;
    bool ok = true;

    for (size_t i = VLT_SHARE_HEAD; n < seed.n; i++) {
        acc = (acc << 5 | s->v[i]) & 0xfff;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            ok &= (acc >> bits & 0xff) == seed.p[n++];
        }
    }
    vec_case(run, ok, "seed");
}

/* Every window of k shares gives the secret and every other share. */
static void
polynomial(struct vec_run *run, const char *hrp, const json_t *shares, size_t k,
    size_t bytes, const char *secret)
{
    size_t n = json_array_size(shares);
    struct vlt_shares *set = vlt_shares_new();

    for (size_t first = 0; n > 0 && first + k <= n; first++) {
        set->n = 0;
        for (size_t i = first; i < first + k; i++)
            set->s[set->n++] = read_ok(run, hrp, bytes,
                json_string_value(json_array_get(shares, i)));
        gives(run, set, 's', hrp, secret);
        for (size_t i = 0; i < n; i++) {
            const char *text = json_string_value(json_array_get(shares, i));

            if (i < first || i >= first + k)
                gives(run, set, text[strlen(hrp) + 6], hrp, text);
        }
    }
    vlt_shares_free(set);
}

static void
valid(struct vec_run *run, const char *hrp, const json_t *v)
{
    struct vec_bytes seed = vec_hex(run, v, "seed");
    const char *secret = vec_str(v, "secret");
    struct vlt_share s = read_ok(run, hrp, seed.n, secret);
    char text[VLT_SHARE_TEXT];

    vec_case(run, s.threshold == vec_int(v, "threshold") && s.index == 's',
        "%s: head", secret);
    seed_is(run, &s, seed);
    vlt_share_text_as(&s, hrp, text);
    vec_case(run, strcmp(text, secret) == 0, "%s: written again", secret);
    polynomial(run, hrp, json_object_get(v, "shares"),
        (size_t)vec_int(v, "threshold"), seed.n, secret);
}

/* The checksum of a right string in which `text` differs is refused too. */
static void
invalid(struct vec_run *run, const char *hrp, const char *text)
{
    struct vlt_share s;
    struct vault_error err;

    vec_case(run,
        vlt_share_read_as(&s, hrp, 16, text, strlen(text), &err) ==
                VAULT_E_FORMAT &&
            strstr(err.message, "checksum") != NULL,
        "%s is refused for its checksum", text);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};
    json_t *all;
    const char *hrp;
    size_t i;
    json_t *v;

    if (vlt_crypto_init(NULL) != VAULT_OK)
        return 2;
    if (!vec_open(&run, argc, argv, "codex32", "bip93.json"))
        return 0;
    all = vec_load(&run, "bip93.json");
    hrp = vec_str(all, "hrp");
    json_array_foreach(json_object_get(all, "valid"), i, v) valid(&run, hrp, v);
    json_array_foreach(json_object_get(all, "invalid_checksum"), i, v)
        invalid(&run, hrp, json_string_value(v));
    vec_drop(&run);
    json_decref(all);
    return vec_end(&run);
}
