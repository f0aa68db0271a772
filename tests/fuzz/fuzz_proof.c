/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_proof.c: a proof holds exactly where RFC 6962's definition says so */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "tree.h"
#include "tree_model.h"

enum { MODEL = 64 };

struct input {
    uint64_t m;              /* index or older size */
    uint64_t n;              /* size */
    struct vlt_hash32 first; /* leaf or older root */
    struct vlt_hash32 root;
    struct vlt_hash32 path[VLT_PROOF_MAX + 1];
    size_t len;
};

/* Put a true proof of a small tree in place of everything. */
static void
take_true_proof(struct input *in, bool consistency)
{
    struct vlt_hash32 leaf[MODEL];
    uint64_t i;

    in->n = in->n % MODEL + 1;
    in->m = in->m % in->n + (consistency ? 1 : 0);
    for (i = 0; i < in->n; i++)
        leaf[i] = model_leaf(i);
    in->root = model_mth(leaf, in->n);
    in->first = consistency ? model_mth(leaf, in->m) : leaf[in->m];
    in->len = consistency ? model_proof(in->path, in->m, leaf, in->n)
                          : model_path(in->path, in->m, leaf, in->n);
}

/* Spoil it, by pairs of a place and a change. */
static void
spoil(struct input *in, struct vlt_reader *r)
{
    uint8_t where, what;

    while (vlt_read_left(r) >= 2) {
        where = vlt_read_u8(r);
        what = vlt_read_u8(r);
        if (where < 32)
            in->first.b[where] ^= what;
        else if (where < 64)
            in->root.b[where - 32] ^= what;
        else if (where < 72)
            in->m += what;
        else if (where < 80)
            in->n += what;
        else if (where < 90)
            in->len = what % (VLT_PROOF_MAX + 2);
        else
            in->path[what % VLT_PROOF_MAX].b[where % 32] ^= 1;
    }
}

static void
take_hashes(struct input *in, struct vlt_reader *r)
{
    vlt_read_fixed(r, in->first.b, 32);
    vlt_read_fixed(r, in->root.b, 32);
    for (; vlt_read_left(r) >= 32 && in->len < VLT_PROOF_MAX + 1; in->len++)
        vlt_read_fixed(r, in->path[in->len].b, 32);
}

static void
compare(const struct input *in, bool consistency)
{
    bool got, want;

    if (consistency) {
        got = vlt_consistency_ok(in->m, in->n, in->first.b, in->root.b,
            in->path, in->len);
        want = model_consistency_ok(in->m, in->n, &in->first, &in->root,
            in->path, in->len);
    } else {
        got = vlt_inclusion_ok(in->m, in->n, in->first.b, in->path, in->len,
            in->root.b);
        want = model_inclusion_ok(in->m, in->n, &in->first, in->path, in->len,
            &in->root);
    }
    if (got != want)
        abort();
}

/*
 * The input: flags u8, m u64, n u64; then with bit 0 of the flags what
 * spoils a true proof, else the hashes. Bit 1: consistency.
 */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.m = 0};
    struct vlt_reader r;
    uint8_t flags;

    vlt_reader_init(&r, data, size);
    flags = vlt_read_u8(&r);
    in.m = vlt_read_u64(&r);
    in.n = vlt_read_u64(&r);
    if (flags & 1) {
        take_true_proof(&in, flags & 2);
        spoil(&in, &r);
    } else {
        take_hashes(&in, &r);
    }
    compare(&in, flags & 2);
    return 0;
}
