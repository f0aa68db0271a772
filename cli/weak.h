/* SPDX-License-Identifier: Apache-2.0 */
/* weak.h: passphrases that anyone would try first */
#ifndef CLI_WEAK_H
#define CLI_WEAK_H

#include <stddef.h>
#include <vault/error.h>

enum { WEAK_LEAST = 12 }; /* characters, not bytes */

/*
 * Refuses what must not be used. That it passes is no praise: no estimate of
 * strength is made, for those are far off in the languages of our users.
 *   VAULT_E_USAGE  too short; repeats few characters; is made up of common
 *                  words of English, Russian, Kazakh, Uyghur, Chinese and
 *                  Turkish, walks along keyboards and alphabets, and a few
 *                  digits or signs
 */
VAULT_CHECKED enum vault_status weak_refuse(const char *s, size_t n,
    struct vault_error *err);

#endif
