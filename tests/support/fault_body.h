/* SPDX-License-Identifier: Apache-2.0 */
/* fault_body.h: bodies whose every byte follows from their name */
#ifndef FAULT_BODY_H
#define FAULT_BODY_H

#include <stddef.h>
#include <stdint.h>

enum {
    FAULT_BODY_SMALL = 100,
    FAULT_BODY_MIDDLE = 300 * 1024,
    FAULT_BODY_LARGE = 12 * 1024 * 1024
};

/* n bytes of the body of this name, from `at` on; they do not compress. */
void fault_body(const char *name, size_t at, uint8_t *out, size_t n);

#endif
