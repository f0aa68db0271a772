/* SPDX-License-Identifier: Apache-2.0 */
/* nmark.h: marks a sentence that is translated where it is shown */
#ifndef VLT_NMARK_H
#define VLT_NMARK_H

/* For a text in a table, or one that is handed on: whoever shows it to a
 * person translates it then. po/update.sh finds it by this name. */
#define N_(text) text

#endif
