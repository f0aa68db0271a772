/* SPDX-License-Identifier: Apache-2.0 */
/* foreign_copy.h: records of one vault as foreign rows of another */
#ifndef TEST_FOREIGN_COPY_H
#define TEST_FOREIGN_COPY_H

#include "foreign.h"
#include "quick_vault.h"

/*
 * What receiving does in the end, without a bundle: rows of f 0 of an unlocked
 * vault `from` are read, with their keys and a proof of their line, and put
 * into `to`. What fails ends the program.
 */
struct foreign_row {
    struct vlt_record_head head;
    struct vlt_buf meta; /* meta_ct */
    struct vlt_meta plain;
    struct vlt_rk *rk;
    struct vlt_foreign_proof proof;
    uint64_t rid; /* in `from` */
    uint8_t stmt[32];
};
void foreign_read(struct vault *from, const uint8_t id[VAULT_ID],
    uint32_t version, struct foreign_row *out);
void foreign_clear(struct foreign_row *r);

/* Cards and log notes of `from`; the functions below do it themselves. */
void foreign_know(struct vault *to, struct vault *from);

enum { FOREIGN_FULL, FOREIGN_HEAD };
/* One action of its own unless one is open. Gives the row in `to`. */
uint64_t foreign_put(struct vault *to, struct vault *from,
    const struct foreign_row *r, int how);
/* Its fields of these names only (NULL ends them), the body's segments too
 * when `body` is one of them. The row may be there already. */
uint64_t foreign_put_part(struct vault *to, struct vault *from,
    const struct foreign_row *r, const char *const *names);
/* The whole record for a row that holds its head or parts. */
void foreign_finish(struct vault *to, struct vault *from,
    const struct foreign_row *r, uint64_t rid);

/* All versions up to this one, each whole. */
void foreign_copy(struct vault *to, struct vault *from,
    const uint8_t id[VAULT_ID], uint32_t version);

#endif
