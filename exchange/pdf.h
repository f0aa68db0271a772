/* SPDX-License-Identifier: Apache-2.0 */
/* pdf.h: the objects of a PDF, read strictly and within ceilings */
#ifndef EXCHANGE_PDF_H
#define EXCHANGE_PDF_H

#include "bytes.h"

#include <stdbool.h>

/*
 * Nothing is repaired and nothing guessed: a table that does not lead to its
 * objects, a length that is wrong, an object inside itself are refused, since
 * whoever opens the file next may guess differently.
 */
enum {
    PDF_OBJECTS = 1000 * 1000,        /* highest object number */
    PDF_NODES = 4 * 1000 * 1000,      /* values, in all objects */
    PDF_DEPTH = 100,                  /* values inside of values */
    PDF_TABLES = 1000,                /* tables that follow each other */
    PDF_UNPACKED = 256 * 1024 * 1024, /* bytes, of all packed streams */
    PDF_PARSED = 1024 * 1024 * 1024   /* bytes, of all values */
};

enum pdf_type {
    PDF_NULL,
    PDF_WORD, /* true, false */
    PDF_NUMBER,
    PDF_STRING, /* as it stands, with its ( ) or < > */
    PDF_NAME,   /* without / and with #xx resolved */
    PDF_ARRAY,
    PDF_DICT, /* children: name, value, name, value ... */
    PDF_REF
};

/* A value. Indexes into pdf.node; 0 is none. */
struct pdf_node {
    const uint8_t *p; /* its text; for array and dict all of it */
    uint32_t n;
    uint32_t next;  /* in the same array or dict */
    uint32_t child; /* the first; of a reference the object's number */
    uint8_t type;   /* enum pdf_type */
    bool gone;      /* taken out by whoever works on the tree */
};

enum pdf_place { PDF_ABSENT, PDF_PLAIN, PDF_PACKED };

struct pdf_object {
    uint8_t place; /* enum pdf_place */
    bool known;    /* a table said what it is */
    bool loaded, loading;
    uint32_t in;         /* packed: the number of the stream with it */
    uint64_t at;         /* plain: its offset; packed: which one in there */
    uint32_t node;       /* its value, once loaded */
    const uint8_t *data; /* of a stream, packed as it is; NULL: no stream */
    size_t data_len;
    struct vlt_buf *opened; /* of a stream with objects, unpacked */
    struct vlt_buf *index;  /* of the same: number and place, u32 each */
    uint32_t number; /* for the writer: its number in the copy; 0: none */
    bool free_names; /* for the writer: keys are names somebody chose */
    bool page;       /* for the writer: in the tree of pages */
    bool counted;    /* for the writer: told as left out */
};

struct pdf {
    const uint8_t *p; /* from its header on */
    size_t n;
    struct pdf_node *node;
    uint32_t nodes, nodes_room;
    struct pdf_object *object;
    uint32_t objects; /* highest number + 1 */
    uint32_t trailer; /* node of the newest trailer */
    unsigned tables;
    bool linear;           /* two tables are one version there */
    bool older;            /* a later table replaces an object of an earlier */
    size_t unpacked;       /* bytes, so far */
    uint64_t parsed;       /* bytes, so far */
    struct vlt_buf **pool; /* texts that stand nowhere in the file */
    size_t pools;
};

/*
 * Find the newest trailer and all objects. The bytes are borrowed.
 *   VAULT_E_USAGE, VAULT_E_LIMIT, VAULT_E_MEMORY
 */
VAULT_CHECKED enum vault_status pdf_open(struct pdf *f, const uint8_t *p,
    size_t n, struct vault_error *err);
void pdf_close(struct pdf *f);

/* The object of this number; *out is NULL when there is none. Moves f->node. */
VAULT_CHECKED enum vault_status pdf_load(struct pdf *f, uint32_t number,
    struct pdf_object **out, struct vault_error *err);
/* The value itself, where a reference leads; 0 for nothing. Moves f->node. */
VAULT_CHECKED enum vault_status pdf_follow(struct pdf *f, uint32_t node,
    uint32_t *out, struct vault_error *err);
/* The value of a key of a dict (or of no dict: 0), as it stands there. */
uint32_t pdf_get(const struct pdf *f, uint32_t dict, const char *key);
/* The same, followed. */
VAULT_CHECKED enum vault_status pdf_want(struct pdf *f, uint32_t dict,
    const char *key, uint32_t *out, struct vault_error *err);
bool pdf_is_name(const struct pdf *f, uint32_t node, const char *name);
bool pdf_is_type(const struct pdf *f, uint32_t node, enum pdf_type type);
/* A whole number, not negative; false when it is something else. */
bool pdf_uint(const struct pdf *f, uint32_t node, uint64_t *out);

/* ---- for those inside ---- */

struct pdf_text {
    const uint8_t *p;
    size_t n, at;
};
bool pdf_is_space(unsigned c);
bool pdf_is_delimiter(unsigned c);
void pdf_skip_space(struct pdf_text *t); /* and comments */
/* The next word is this one: step over it. */
bool pdf_take_word(struct pdf_text *t, const char *word);
/* A whole number; false leaves t where it was. */
bool pdf_take_uint(struct pdf_text *t, uint64_t *out);
/* A value and all inside it. */
VAULT_CHECKED enum vault_status pdf_parse(struct pdf *f, struct pdf_text *t,
    uint32_t *out, struct vault_error *err);
/* "N G obj", its value and its stream, at this offset. */
VAULT_CHECKED enum vault_status pdf_read_plain(struct pdf *f, uint64_t at,
    uint32_t *number, uint32_t *node, const uint8_t **data, size_t *data_len,
    struct vault_error *err);
/* A stream unpacked: no filter, or Flate with or without a predictor. */
VAULT_CHECKED enum vault_status pdf_unpack(struct pdf *f, uint32_t dict,
    const uint8_t *data, size_t n, struct vlt_buf *out,
    struct vault_error *err);
/* A buffer that lives as long as f; NULL without memory. */
struct vlt_buf *pdf_pool(struct pdf *f, size_t max);
/* Read all tables. */
VAULT_CHECKED enum vault_status pdf_read_tables(struct pdf *f,
    struct vault_error *err);
enum vault_status pdf_broken(struct vault_error *err, uint64_t at);

#endif
