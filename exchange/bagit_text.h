/* SPDX-License-Identifier: Apache-2.0 */
/* bagit_text.h: the text files of a bag, read strictly */
#ifndef EXCHANGE_BAGIT_TEXT_H
#define EXCHANGE_BAGIT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BAGIT_PATH = 4096, BAGIT_SUM_MAX = 64 };

/*
 * The next line at *p, without its end (LF, CR or CR LF), and *p behind it.
 * False at the end of the text.
 */
bool bagit_next_line(const char **p, const char *end, const char **line,
    size_t *n);

enum bagit_line {
    BAGIT_LINE_OK,
    BAGIT_LINE_BAD,    /* no sum of that many bytes, white space, path */
    BAGIT_LINE_OUTSIDE /* a path that is absolute, or goes up, or is not one
                          on every system (backslash, colon) */
};
/*
 * A line of a manifest whose sums have `bytes` bytes: hex in either case,
 * blanks or tabs, a path with %0A %0D %25 decoded. A `*` before the path (of
 * md5sum and its like) is taken away.
 */
enum bagit_line bagit_read_line(const char *line, size_t n, size_t bytes,
    uint8_t *sum, char path[BAGIT_PATH]);

/* Whether that is a relative path that stays where it is. */
bool bagit_path_inside(const char *path);

enum bagit_declared {
    BAGIT_DECLARED,
    BAGIT_DECLARED_BADLY,
    BAGIT_DECLARED_VERSION, /* neither 0.97 nor 1.0 */
    BAGIT_DECLARED_ENCODING /* not UTF-8 */
};
/* The text of bagit.txt. */
enum bagit_declared bagit_read_declaration(const char *text, size_t n);

/*
 * The value of a label in the text of bag-info.txt (continued lines are not
 * joined), borrowed. *count says how often it stands there; false when the
 * text is malformed.
 */
bool bagit_find_info(const char *text, size_t n, const char *label,
    const char **value, size_t *len, size_t *count);
/* "octets.streams" */
bool bagit_read_oxum(const char *s, size_t n, uint64_t *bytes, uint64_t *files);

#endif
