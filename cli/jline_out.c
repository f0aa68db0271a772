/* SPDX-License-Identifier: Apache-2.0 */
/* jline_out.c: JSON Lines on standard output */
#include "jline_out.h"

#include "out.h"

void
jline_end(struct jline *j)
{
    jline_close(j);
    if (j->buf.failed)
        out_fail();
    else
        out_bytes(j->buf.p, j->buf.len);
    vlt_buf_clear(&j->buf);
}
