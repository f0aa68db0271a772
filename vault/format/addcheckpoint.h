/* SPDX-License-Identifier: Apache-2.0 */
/* addcheckpoint.h: texts between a log and its witness (section 7.5) */
#ifndef VLT_ADDCHECKPOINT_H
#define VLT_ADDCHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "bytes.h"
#include "merkle.h"
#include "note.h"

enum {
    VLT_ASK_PROOF = 63, /* most hashes, as C2SP tlog-witness has it */
    VLT_TEXTS_MAX = 4 * 1024 * 1024 /* of a file with many texts */
};

/*
 * A request: the body of C2SP tlog-witness `add-checkpoint`. `checkpoint` is a
 * signed note as it was given out; borrowed.
 */
struct vlt_ask {
    uint64_t old;
    size_t n;
    struct vlt_hash32 path[VLT_ASK_PROOF];
    const char *checkpoint;
    size_t checkpoint_len;
};
/* Append the text to out.
 *   VAULT_E_FORMAT  too many hashes, or the checkpoint is no note */
VAULT_CHECKED enum vault_status vlt_ask_encode(struct vlt_buf *out,
    const struct vlt_ask *r, struct vault_error *err);
/* Exact form; whether the checkpoint is one is the caller's question.
 *   VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_ask_decode(struct vlt_ask *out,
    const char *text, size_t len, struct vault_error *err);

/* An answer that is no cosignature: the witness has signed up to `size`. */
struct vlt_known_size {
    uint64_t size;
    char origin[VLT_NAME_MAX + 1];
};

/*
 * Files hold texts one after the other, with empty lines between them or not.
 * A text is told by its first line: `old N` and nothing more begins a request,
 * `old N ORIGIN` is a known size, an em dash begins a signature line that
 * stands alone, everything else begins a note, which ends with the last of its
 * signature lines.
 */
enum vlt_text_kind {
    VLT_TEXT_REQUEST,
    VLT_TEXT_NOTE,
    VLT_TEXT_LINE, /* one signature line, with its LF */
    VLT_TEXT_KNOWN
};
struct vlt_text {
    enum vlt_text_kind kind;
    const char *p; /* borrowed */
    size_t len;
};
/*
 * What mail does to a text is taken back: CRLF and CR, `>` in front of lines,
 * blanks at their ends, a byte order mark, and a signature line that was broken
 * behind its name. What cannot be known to be the former text is left alone.
 *   VAULT_E_LIMIT  more than VLT_TEXTS_MAX
 */
VAULT_CHECKED enum vault_status vlt_texts_mend(struct vlt_buf *out,
    const char *raw, size_t len, struct vault_error *err);
/*
 * The next text of mended bytes, from *at, which moves behind it. *any is
 * false at the end. Its inner form is not looked at.
 *   VAULT_E_FORMAT  what begins here is no text, or is cut
 */
VAULT_CHECKED enum vault_status vlt_texts_next(const char *p, size_t len,
    size_t *at, struct vlt_text *out, bool *any, struct vault_error *err);
/* Length of the note that begins here: one of a log, whose text has no empty
 * line. 0: there is none, or it is cut. */
size_t vlt_note_len(const char *p, size_t len);
/* `old N ORIGIN` LF.   VAULT_E_FORMAT */
VAULT_CHECKED enum vault_status vlt_known_size_decode(struct vlt_known_size
                                                          *out,
    const char *text, size_t len, struct vault_error *err);

/*
 * Put a signature line under a note, which is replaced in `note`; *added false
 * when the very line is there already.
 *   VAULT_E_FORMAT  the line is malformed
 *   VAULT_E_LIMIT   the note has as many lines as it can have
 */
VAULT_CHECKED enum vault_status vlt_note_add_line(struct vlt_buf *note,
    const char *line, size_t len, bool *added, struct vault_error *err);

#endif
