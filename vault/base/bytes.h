/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h: reading bytes nobody vouches for, and building byte strings */
#ifndef VLT_BYTES_H
#define VLT_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <vault/error.h>

/*
 * A reader over borrowed bytes. Integers are big-endian. A reader that
 * failed stays failed and gives zeros; ask once at the end (vlt_read_end).
 */
struct vlt_reader {
    const uint8_t *p;
    size_t len;
    size_t pos;
    bool failed;
};

void vlt_reader_init(struct vlt_reader *r, const void *p, size_t len);
uint8_t vlt_read_u8(struct vlt_reader *r);
uint16_t vlt_read_u16(struct vlt_reader *r);
uint32_t vlt_read_u32(struct vlt_reader *r);
uint64_t vlt_read_u64(struct vlt_reader *r);
int64_t vlt_read_i64(struct vlt_reader *r);
/* Copy n bytes to out; zeros when there are fewer. */
void vlt_read_fixed(struct vlt_reader *r, void *out, size_t n);
/* Borrow n bytes; NULL only when there are fewer (never for n = 0 of a sound
 * reader). Lives as long as the input. */
const uint8_t *vlt_read_span(struct vlt_reader *r, size_t n);
/* Fails the reader unless the next n bytes are zero. */
void vlt_read_zero(struct vlt_reader *r, size_t n);
/* Fails the reader unless the next bytes are these. */
void vlt_read_expect(struct vlt_reader *r, const void *bytes, size_t n);
size_t vlt_read_left(const struct vlt_reader *r);
/*
 *   VAULT_E_FORMAT  the reader failed, or bytes are left over; `what` names
 *                   the structure in the message
 */
VAULT_CHECKED enum vault_status vlt_read_end(const struct vlt_reader *r,
    const char *what, struct vault_error *err);

/*
 * A growable buffer with a ceiling. Everything it held is wiped when it
 * grows and when it is cleared, so it may hold plaintext and (briefly)
 * secrets. A put that fails (ceiling, memory) marks the buffer; ask once
 * with vlt_buf_end. {0} with a max set is a valid empty buffer.
 */
struct vlt_buf {
    uint8_t *p;
    size_t len;
    size_t cap;
    size_t max;
    bool failed;
    bool no_memory; /* failed for want of memory, not at the ceiling */
};

void vlt_buf_init(struct vlt_buf *b, size_t max);
void vlt_buf_clear(struct vlt_buf *b); /* wipes and frees; keeps max */
/* Wipes, length 0, not failed; keeps the memory. */
void vlt_buf_reset(struct vlt_buf *b);
void vlt_buf_put(struct vlt_buf *b, const void *p, size_t n);
void vlt_buf_put_u8(struct vlt_buf *b, uint8_t v);
void vlt_buf_put_u16(struct vlt_buf *b, uint16_t v);
void vlt_buf_put_u32(struct vlt_buf *b, uint32_t v);
void vlt_buf_put_u64(struct vlt_buf *b, uint64_t v);
void vlt_buf_put_i64(struct vlt_buf *b, int64_t v);
void vlt_buf_put_zero(struct vlt_buf *b, size_t n);
void vlt_buf_put_str(struct vlt_buf *b, const char *s); /* without its 0 */
void vlt_buf_printf(struct vlt_buf *b, const char *format, ...)
    VAULT_PRINTF(2, 3);
/* Append n bytes of room and return it, NULL when failed; wiped to zero. */
uint8_t *vlt_buf_room(struct vlt_buf *b, size_t n);
/*
 *   VAULT_E_LIMIT   the ceiling was hit; `what` is named
 *   VAULT_E_MEMORY  no memory
 */
VAULT_CHECKED enum vault_status vlt_buf_end(const struct vlt_buf *b,
    const char *what, struct vault_error *err);
/* The bytes as a string: adds a 0 after them that is not counted in len.
 * "" when the buffer failed. */
const char *vlt_buf_cstr(struct vlt_buf *b);

void vlt_store_u16(uint8_t *p, uint16_t v);
void vlt_store_u32(uint8_t *p, uint32_t v);
void vlt_store_u64(uint8_t *p, uint64_t v);
uint32_t vlt_load_u32(const uint8_t *p);
uint64_t vlt_load_u64(const uint8_t *p);

/* Overwrite in a way the compiler keeps. */
void vlt_wipe(void *p, size_t n);

/* Duplicate n bytes / a string; NULL without memory. The caller frees. */
void *vlt_memdup(const void *p, size_t n);
char *vlt_strdup(const char *s);

#endif
