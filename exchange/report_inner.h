/* SPDX-License-Identifier: Apache-2.0 */
/* report_inner.h: what a report keeps, and the parts that write it */
#ifndef EXCHANGE_REPORT_INNER_H
#define EXCHANGE_REPORT_INNER_H

#include "html.h"
#include "report.h"

/* How many of each are shown; what is beyond is counted, and said. */
enum {
    REPORT_LINES = 400, /* findings of one level */
    REPORT_CARDS = 32,
    REPORT_LOGS = 200,   /* in the table */
    REPORT_DRAWN = 16,   /* with a drawing */
    REPORT_BINS = 400,   /* of one drawing */
    REPORT_POINTS = 100, /* checkpoints of one drawing */
    REPORT_OUTSIDE = 200,
    REPORT_BAD = 300,   /* records that do not match */
    REPORT_ODD = 150,   /* that were withdrawn, or are untrusted */
    REPORT_DOUBT = 100, /* there, and not known to hold */
    REPORT_PLAIN = 150, /* there, and hold */
    REPORT_SAID = 200,
    REPORT_VALUE = 8192 /* bytes of a disclosed value */
};

struct report_line {
    char kind[24];
    bool has_record;
    uint8_t record[VAULT_ID];
    uint32_t version;
    char *message;
};
struct report_lines {
    struct report_line *v;
    size_t n;
    uint64_t all;
};

struct report_card {
    enum vault_evidence_state state;
    uint32_t generation;
    bool compared, own;
    uint8_t fingerprint[VAULT_HASH];
    char letters[VAULT_FINGERPRINT];
    char digits[64];
};

/* Kinds of lines that stand in one row of the drawing. */
enum report_lane {
    LANE_SEAL,     /* seal, take */
    LANE_WITHDRAW, /* withdraw, drop */
    LANE_SHARE,    /* share, import, merge, ask, ack, note */
    LANE_KEYS,     /* genesis, card, slots, settings, rekey, join, revoke */
    LANE_STAMP,    /* stamp */
    LANE_OTHER,    /* words that this version does not know */
    LANES
};
struct report_bin {
    uint32_t count[LANES];
    int64_t time; /* the first one that is claimed in it, or -1 */
    bool doubt;   /* a line in it is not known to hold */
};
struct report_point {
    uint64_t size;
    enum vault_evidence_state state;
};
struct report_log {
    char *origin;
    enum vault_evidence_state state;
    bool session, own;
    uint8_t device[8];
    uint8_t card[VAULT_HASH];
    uint32_t number;
    uint64_t size;
    uint8_t root[VAULT_HASH];
    uint64_t lanes[LANES];
    uint64_t unheld;        /* lines that are not known to hold */
    uint64_t end;           /* highest index told, and 1 */
    struct report_bin *bin; /* REPORT_BINS, when it is drawn */
    uint64_t width;         /* lines of a bin */
    int64_t first, last;    /* times claimed by events; -1 */
    struct report_point point[REPORT_POINTS];
    uint64_t points;
};

/* A cosignature or a stamp. */
struct report_outside {
    enum vault_evidence_kind kind;
    enum vault_evidence_state state;
    char *origin, *word, *vkey;
    uint64_t size;
    bool in_policy;
    int64_t time;
};

struct report_record {
    uint8_t id[VAULT_ID];
    uint32_t version;
    enum vault_evidence_state state;
    enum vault_record_state how;
    char word[8];
};
struct report_records {
    struct report_record *v;
    size_t n;
    uint64_t all;
};

struct report_value {
    char *name, *text; /* text NULL: longer than is shown */
    bool proved, disclosed, beside, body;
    uint64_t bytes;
    uint8_t sha256[VAULT_HASH];
};

struct report {
    const struct report_words *w;
    bool failed; /* something was not kept for want of memory */
    struct report_lines line[4];
    struct report_card *card;
    size_t cards;
    uint64_t cards_all;
    struct report_log *log;
    size_t logs, drawn;
    uint64_t logs_all;
    size_t last; /* the log spoken of last */
    struct report_outside *outside;
    size_t outsides;
    uint64_t outside_all[2]; /* cosignatures, stamps */
    struct report_records bad, odd, doubt, plain;
    struct report_value *said;
    size_t saids;
    uint64_t saids_all;
};

/* Everything in one place while the page is written. */
struct report_page {
    struct html h;
    const struct report *r;
    const struct report_words *w;
    const struct report_about *a;
    unsigned section; /* number of the last one */
};

enum report_lane report_lane_of(const char *word);
const char *report_lane_text(const struct report_words *w, enum report_lane l);
const char *report_state_text(const struct report_words *w,
    enum vault_evidence_state s);
/* CSS class of a state: held, failed, unknown, before. */
const char *report_state_class(enum vault_evidence_state s);

/* ---- pieces that all parts use ---- */
void page_section(struct report_page *p, const char *id, const char *title);
void page_section_end(struct report_page *p);
void page_table(struct report_page *p, const char *cls, const char *caption,
    const char *const *heads, size_t n);
void page_table_end(struct report_page *p);
/* One row of two columns: a heading and a text, a quoted text or a code. */
void page_row(struct report_page *p, const char *head, const char *text);
void page_row_quote(struct report_page *p, const char *head, const char *text);
void page_row_code(struct report_page *p, const char *head, const char *text);
void page_cell(struct report_page *p, const char *cls, const char *text);
void page_cell_code(struct report_page *p, const char *text);
void page_cell_number(struct report_page *p, uint64_t n);
/* "and 17 more; sanduq verify --json --evidence lists all". */
void page_more(struct report_page *p, uint64_t shown, uint64_t all);
/* Shape and word of a state: never a colour alone. */
void page_state(struct report_page *p, enum vault_evidence_state s);
void page_time(struct report_page *p, int64_t t);
/* A kind of finding or of text, in the language of the page. */
const char *report_kind_text(const struct report_words *w, const char *kind);
/* Whether this option was given. */
bool page_asked(const struct report_page *p, const char *option);

/* ---- parts, in the order of the page ---- */
extern const char report_style[];
void report_put_verdict(struct report_page *p);
void report_put_file(struct report_page *p);
void report_put_asked(struct report_page *p);
void report_put_found(struct report_page *p);
void report_put_cards(struct report_page *p);
void report_put_logs(struct report_page *p);
void report_put_timeline(struct report_page *p, size_t log);
void report_put_outside(struct report_page *p);
void report_put_records(struct report_page *p);
void report_put_said(struct report_page *p);
void report_put_check(struct report_page *p);
void report_put_limits(struct report_page *p);

#endif
