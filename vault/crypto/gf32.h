/* SPDX-License-Identifier: Apache-2.0 */
/* gf32.h: the field and the checksum that codex32 is built on */
#ifndef VLT_GF32_H
#define VLT_GF32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * GF(32) = GF(2)[x] / (x^5 + x^3 + 1), elements as 5 bits in the order of
 * bech32's letters. No branch and no look-up depends on an element.
 */
uint8_t vlt_gf32_mul(uint8_t a, uint8_t b);
uint8_t vlt_gf32_inverse(uint8_t a); /* of 0: 0 */

/* The letter of an element, and back: 0xff when c is none (upper case: none).
 */
char vlt_gf32_letter(uint8_t v);
uint8_t vlt_gf32_value(char c);

/* What n symbols leave, from BIP-93's starting value: VLT_GF32_SUM symbols,
 * highest first. A string is valid when vlt_gf32_sum_ok. */
enum { VLT_GF32_SUM = 13 };
void vlt_gf32_sum(uint8_t out[VLT_GF32_SUM], const uint8_t *v, size_t n);
bool vlt_gf32_sum_ok(const uint8_t *v, size_t n);
/* Write the last VLT_GF32_SUM of n symbols so that it is valid. */
void vlt_gf32_seal(uint8_t *v, size_t n);

/*
 * Where at most two of n symbols are wrong: their positions ascending into
 * `at`, and how many. 0: none is, or more than two are.
 */
size_t vlt_gf32_wrong(const uint8_t *v, size_t n, size_t at[2]);

#endif
