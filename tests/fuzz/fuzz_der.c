/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_der.c: elements lie within what they were read from, one after the
 * other */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "der.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vlt_der_element e;
    struct vlt_der r, in;
    char oid[64];
    size_t at = 0;
    uint32_t n;

    vlt_der_init(&r, data, size);
    while (vlt_der_left(&r) && vlt_der_any(&r, &e)) {
        if (e.whole != data + at || e.p + e.len != e.whole + e.whole_len ||
            e.p <= e.whole)
            abort();
        at += e.whole_len;
        (void)vlt_der_small(&e, &n);
        if (vlt_der_oid_text(&e, oid, sizeof oid) && strlen(oid) >= sizeof oid)
            abort();
        vlt_der_init(&in, e.p, e.len);
        (void)vlt_der_rest(&in);
        if (in.pos > in.len)
            abort();
    }
    if (at > size || (vlt_der_end(&r) && at != size))
        abort();
    return 0;
}
