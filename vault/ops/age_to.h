/* SPDX-License-Identifier: Apache-2.0 */
/* age_to.h: for whom an age file is sealed */
#ifndef VLT_AGE_TO_H
#define VLT_AGE_TO_H

#include <vault/agefile.h>
#include "age.h"

enum { VLT_AGE_TO_MAX = 512 };

struct vault_age_to {
    size_t kems, x25519s;
    uint8_t (*kem)[VLT_KEM_PK]; /* both have room for as many as there are */
    uint8_t (*x25519)[VLT_X25519];
    struct vlt_guarded *passphrase;
};

#endif
