/* SPDX-License-Identifier: Apache-2.0 */
/* run_merkle: the proofs of transparency-dev/merkle, and RFC 6962's tree */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_vectors.h"
#include "merkle.h"
#include "text.h"
#include "tree.h"

enum { DEEPEST = 8 };

/* Base64 of exactly 32 bytes; anything else can be no hash. */
static bool
get_hash(struct vlt_hash32 *out, const json_t *s)
{
    const char *text = json_string_value(s);
    size_t n = 0;

    return text != NULL && vlt_unb64(out->b, 32, &n, text, strlen(text)) &&
        n == 32;
}

static bool
get_path(struct vlt_hash32 *path, size_t *n, const json_t *list)
{
    *n = json_array_size(list);
    for (size_t i = 0; i < *n; i++)
        if (i >= VLT_PROOF_MAX || !get_hash(&path[i], json_array_get(list, i)))
            return false;
    return true;
}

static uint64_t
get_u64(const json_t *o, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(o, key));
}

static bool
inclusion_holds(const json_t *o)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], leaf, root;
    size_t n;

    return get_hash(&leaf, json_object_get(o, "leafHash")) &&
        get_hash(&root, json_object_get(o, "root")) &&
        get_path(path, &n, json_object_get(o, "proof")) &&
        vlt_inclusion_ok(get_u64(o, "leafIdx"), get_u64(o, "treeSize"), leaf.b,
            path, n, root.b);
}

static bool
consistency_holds(const json_t *o)
{
    struct vlt_hash32 path[VLT_PROOF_MAX], old, new;
    size_t n;

    return get_hash(&old, json_object_get(o, "root1")) &&
        get_hash(&new, json_object_get(o, "root2")) &&
        get_path(path, &n, json_object_get(o, "proof")) &&
        vlt_consistency_ok(get_u64(o, "size1"), get_u64(o, "size2"), old.b,
            new.b, path, n);
}

static void
run_file(struct vec_run *run, const char *file, bool (*holds)(const json_t *))
{
    json_t *o = vec_load(run, file);
    const json_t *want = json_object_get(o, "wantErr");

    vec_case(run, json_is_boolean(want) && holds(o) == json_is_false(want),
        "%s: %s", file, vec_str(o, "desc"));
    json_decref(o);
}

static void
run_folder(struct vec_run *run, const char *folder,
    bool (*holds)(const json_t *), int depth)
{
    DIR *dir = opendir(vec_path(run, folder));
    struct dirent *e;
    char path[512];
    size_t len;

    if (dir == NULL || depth > DEEPEST) {
        vec_case(run, false, "%s: no folder", folder);
        return;
    }
    while ((e = readdir(dir)) != NULL) {
        len = strlen(e->d_name);
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        if (len > 5 && strcmp(e->d_name + len - 5, ".json") == 0)
            run_file(run, path, holds);
        else
            run_folder(run, path, holds, depth + 1);
    }
    (void)closedir(dir);
}

static bool
hex_is(struct vec_run *run, const json_t *hex, const uint8_t hash[32])
{
    const char *text = json_string_value(hex);
    struct vec_bytes want = vec_hex_of(run, text, strlen(text));

    return vec_same(want.p, want.n, hash, 32);
}

/* The roots of sizes 0 to 8, each made in memory and along the edge. */
static void
run_reference(struct vec_run *run)
{
    json_t *o = vec_load(run, "rfc6962-reference.json");
    const json_t *inputs = json_object_get(o, "leaf_inputs_hex");
    const json_t *roots = json_object_get(o, "root_hex_by_size_0_to_8");
    const json_t *levels = json_object_get(o, "node_hashes_hex_by_level");
    const json_t *misc = json_object_get(o, "misc");
    struct vlt_hash32 leaf[64], h;
    struct vlt_edge edge;
    size_t i, k, n = json_array_size(inputs);

    vlt_edge_init(&edge);
    for (i = 0; i <= n; i++) {
        vlt_mth(h.b, leaf, i);
        vec_case(run, hex_is(run, json_array_get(roots, i), h.b),
            "root of size %zu", i);
        vlt_edge_root(&edge, h.b);
        vec_case(run, hex_is(run, json_array_get(roots, i), h.b),
            "root along the edge, size %zu", i);
        if (i == n)
            break;
        const char *hex = json_string_value(json_array_get(inputs, i));
        struct vec_bytes d = vec_hex_of(run, hex, strlen(hex));

        vlt_leaf_hash(leaf[i].b, d.p, d.n);
        if (vlt_edge_add(&edge, leaf[i].b, NULL) != VAULT_OK)
            abort();
    }
    for (k = 0; k < json_array_size(levels); k++)
        for (i = 0; i < n >> k; i++) {
            const json_t *row = json_array_get(levels, k);

            vlt_mth(h.b, leaf + (i << k), (size_t)1 << k);
            vec_case(run, hex_is(run, json_array_get(row, i), h.b),
                "node %zu of level %zu", i, k);
        }
    vlt_leaf_hash(h.b, "L123456", 7);
    vec_case(run,
        hex_is(run, json_object_get(misc, "leaf_of_ascii_L123456"), h.b),
        "leaf of L123456");
    json_decref(o);
}

int
main(int argc, char **argv)
{
    struct vec_run run = {0};

    if (!vec_open(&run, argc, argv, "merkle", "testdata/inclusion"))
        return 0;
    run_folder(&run, "testdata/inclusion", inclusion_holds, 0);
    run_folder(&run, "testdata/consistency", consistency_holds, 0);
    run_reference(&run);
    return vec_end(&run);
}
