/* SPDX-License-Identifier: Apache-2.0 */
/* record.h: header, keys, row head and wrap of a record version (s. 6) */
#ifndef VLT_RECORD_H
#define VLT_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include "bytes.h"
#include "epoch.h"
#include "hash.h"
#include "secret.h"
#include "statement.h"

enum {
    VLT_RECORD_HEADER = 96,
    VLT_RECORD_HEAD = 224, /* header || commit || content || m || b */
    VLT_RECORD_WRAP = 96,
    VLT_META_MAX = 16 * 1024 * 1024, /* padded metadata */
    VLT_CHUNK = 65536,
    VLT_CHUNK_SEALED = VLT_CHUNK + 16,
    VLT_SEGMENT_CHUNKS = 16,
    VLT_SEGMENT = VLT_SEGMENT_CHUNKS * VLT_CHUNK,
    VLT_SEGMENT_SEALED = VLT_SEGMENT_CHUNKS * VLT_CHUNK_SEALED /* 1,048,832 */
};

struct vlt_record_header {
    uint8_t origin[16];
    uint8_t id[16];
    uint32_t version;      /* from 1 */
    uint32_t meta_padded;  /* bytes, <= VLT_META_MAX */
    uint64_t body_padded;  /* bytes of the padded stream; 0 without body */
    uint32_t body_version; /* 0, version, or smaller */
    uint8_t prev[32];      /* stmt of the previous version, or zeros */
};

void vlt_record_header_encode(uint8_t out[VLT_RECORD_HEADER],
    const struct vlt_record_header *h);
/*
 * Magic, suite, chunk size, flags, reserved bytes, and what section 6.1 and
 * 17 say without a key: version >= 1, prev zero iff version 1, body version
 * <= version, body_padded 0 iff body version 0, meta_padded one of the
 * allowed sizes, body_padded a fixed point (Padmé or power of two) >= 4096.
 *   VAULT_E_FORMAT, VAULT_E_NEWER
 */
VAULT_CHECKED enum vault_status
vlt_record_header_decode(struct vlt_record_header *out, const void *p, size_t n,
    struct vault_error *err);

/* Number of segments and sealed bytes of segment i for a padded length. */
uint64_t vlt_segments(uint64_t body_padded);
size_t vlt_segment_size(uint64_t body_padded, uint64_t i);

struct vlt_record_head {
    struct vlt_record_header h;
    uint8_t header[VLT_RECORD_HEADER];
    uint8_t commit[32];
    uint8_t content[32];
    uint8_t m[32];
    uint8_t b[32];
};
void vlt_record_head_encode(uint8_t out[VLT_RECORD_HEAD],
    const struct vlt_record_head *r);
VAULT_CHECKED enum vault_status vlt_record_head_decode(struct vlt_record_head
                                                           *out,
    const void *p, size_t n, struct vault_error *err);
/* ct = H(L("cipher") || header || commit || m || b), statement and stmt. */
void vlt_record_statement(struct vlt_statement *out,
    const struct vlt_record_head *r);
void vlt_record_stmt(uint8_t out[32], const struct vlt_record_head *r);

/* K_meta || commit = X(RK, "record", H(header), 64). */
void vlt_record_keys(struct vlt_kmeta *kmeta, uint8_t commit[32],
    const struct vlt_rk *rk, const uint8_t header[VLT_RECORD_HEADER]);

enum vlt_wrap_use { VLT_WRAP_RK = 1, VLT_WRAP_XK = 2 };
struct vlt_wrap {
    uint8_t epoch[16];
    uint32_t i;
    enum vlt_wrap_use use;
};
/* Public part of a wrap row. VAULT_E_FORMAT, VAULT_E_NEWER (unknown use) */
VAULT_CHECKED enum vault_status vlt_wrap_decode(struct vlt_wrap *out,
    const void *p, size_t n, struct vault_error *err);
/* Seal rk under Wi of this epoch. Asserts i below the epoch's bound. */
void vlt_wrap_seal(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_e0 *e0, uint32_t i, const struct vlt_record_head *r,
    const struct vlt_rk *rk);
/* The same with Ei itself, for a writer whose chain holds no E0 any more. */
void vlt_wrap_seal_step(uint8_t out[VLT_RECORD_WRAP], const struct vlt_epoch *e,
    const struct vlt_step *step, uint32_t i, const struct vlt_record_head *r,
    const struct vlt_rk *rk);
/*
 * Open a wrap row of use 1 with the epoch it names, and check the record's
 * commitment.
 *   VAULT_E_TAMPERED  other epoch, i beyond its bound (no work done), does
 *                     not open, or commit differs
 *   VAULT_E_FORMAT, VAULT_E_NEWER  not a wrap, or of another use
 */
VAULT_CHECKED enum vault_status vlt_wrap_open(const uint8_t *row, size_t n,
    const struct vlt_epoch *e, const struct vlt_e0 *e0,
    const struct vlt_record_head *r, struct vlt_rk *rk, struct vlt_kmeta *kmeta,
    struct vault_error *err);

/* H(L("segments") || seg_0 || ...) as a stream; seg_i = B(segment i). */
struct vlt_segments_hash {
    struct vlt_sha256 h;
    uint64_t n;
};
void vlt_segments_hash_init(struct vlt_segments_hash *s);
void vlt_segments_hash_add(struct vlt_segments_hash *s, const void *segment,
    size_t n);
/* The same of a segment whose seg_i is known. */
void vlt_segments_hash_join(struct vlt_segments_hash *s, const uint8_t seg[32]);
/* 32 zeros when nothing was added. */
void vlt_segments_hash_final(struct vlt_segments_hash *s, uint8_t out[32]);

#endif
