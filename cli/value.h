/* SPDX-License-Identifier: Apache-2.0 */
/* value.h: showing the value of a field */
#ifndef CLI_VALUE_H
#define CLI_VALUE_H

#include "bytes.h"
#include "cmd.h"

/* For people, behind its name; more than one line is indented. */
void value_print(const struct vault_field *f);
/* The value alone, as the field's type shows it, into `out`. */
void value_text(struct vlt_buf *out, const struct vault_field *f);

#endif
