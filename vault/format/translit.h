/* SPDX-License-Identifier: Apache-2.0 */
/* translit.h: other spellings of a word: Latin ones, and one that all share */
#ifndef VLT_TRANSLIT_H
#define VLT_TRANSLIT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Words in Cyrillic or Arabic script are written in Latin letters by the
 * tables of translit.c, whose head names each source:
 *
 *   Cyrillic  Russian BGN/PCGN 1947; Kazakh alphabet in Latin letters 2021;
 *             Kazakh BGN/PCGN 1979; Uyghur Cyrillic to Uyghur Latin (ULY)
 *   Arabic    Uyghur to Uyghur Latin (ULY); Kazakh (tote zhazu) to Latin
 *
 * Results are plain a-z, without accents, each once.
 */
enum { VLT_SPELLING = 160, VLT_SPELLINGS = 4 };

/* cp: case folded word (vlt_fold_wide). How many spellings; 0 for words of
 * other scripts. */
size_t vlt_translit(const uint32_t *cp, size_t n, char (*out)[VLT_SPELLING]);

/*
 * The skeleton of a word in Latin letters: one spelling in which q k, zh j,
 * kh h x, gh g, sh s, w v, y i j, doubled letters and their like are the
 * same, so that Qayrat, Kairat and Kayrat meet. Words with q or x have a
 * second one, in which they are ch and sh (pinyin, and Uyghur as China
 * writes it). How many (at most 2); each is plain a-z and digits.
 */
size_t vlt_skeleton(const uint32_t *cp, size_t n, char (*out)[VLT_SPELLING]);
/* The same for a spelling that is plain ASCII already. */
size_t vlt_skeleton_ascii(const char *s, char (*out)[VLT_SPELLING]);

#endif
