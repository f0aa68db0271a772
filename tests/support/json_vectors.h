/* SPDX-License-Identifier: Apache-2.0 */
/* json_vectors.h: reading outside test vectors, counting what became of them */
#ifndef TEST_JSON_VECTORS_H
#define TEST_JSON_VECTORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A run over one folder of vectors. A file that is missing or not what it
 * should be ends the program with status 2: vectors are trusted. {0} is the
 * start.
 *
 *     struct vec_run run = {0};
 *
 *     if (!vec_open(&run, argc, argv, "xwing", "test-vectors.json"))
 *         return 0;
 *     ... vec_case(&run, ok, "vector %d", i);
 *     return vec_end(&run);
 */
struct vec_run {
    char folder[1024];
    unsigned passed;
    unsigned failed;
    unsigned skipped;
    void **held; /* bytes lent by vec_hex and vec_text */
    size_t n_held;
};

struct vec_bytes {
    uint8_t *p; /* never NULL */
    size_t n;
};

/*
 * Find the folder: argv[1] if `probe` lies in it, else `name` in argv[1], else
 * `name` in $SANDUQ_VECTORS or ../shared/vectors. False, having printed
 * "skipped", when there is none.
 */
bool vec_open(struct vec_run *run, int argc, char **argv, const char *name,
    const char *probe);

/* The path of a file in the folder, in a buffer that lives as long as run. */
const char *vec_path(struct vec_run *run, const char *file);
/* A JSON file of the folder. The caller calls json_decref. */
json_t *vec_load(struct vec_run *run, const char *file);
/* A whole text file of the folder, closed by a zero; lent. */
const char *vec_text(struct vec_run *run, const char *file);

/* Bytes of a hex string; a missing key is no bytes. Lent until vec_drop. */
struct vec_bytes vec_hex(struct vec_run *run, const json_t *o, const char *key);
struct vec_bytes vec_hex_of(struct vec_run *run, const char *hex, size_t len);
/* n zero bytes (n may be 0); lent. */
uint8_t *vec_room(struct vec_run *run, size_t n);

const char *vec_str(const json_t *o, const char *key); /* "" when missing */
long vec_int(const json_t *o, const char *key);
bool vec_has_flag(const json_t *o, const char *flag); /* in the list "flags" */

/* Whether both are the same bytes. */
bool vec_same(const void *a, size_t a_len, const void *b, size_t b_len);

/* Count one case; a failed one is printed, a skipped one is not. */
void vec_case(struct vec_run *run, bool ok, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void vec_skip(struct vec_run *run, unsigned n);
/* Give back what vec_hex, vec_text and vec_room lent. */
void vec_drop(struct vec_run *run);

/*
 * Print "N passed, N failed, N skipped" and give the exit status: 0 when
 * something passed and nothing failed.
 */
int vec_end(struct vec_run *run);

#endif
