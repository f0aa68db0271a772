/* SPDX-License-Identifier: Apache-2.0 */
/* vault/disclose.h: single fields of a record, for anyone to check */
#ifndef VAULT_DISCLOSE_H
#define VAULT_DISCLOSE_H

#include <vault/vault.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A disclosure is a text with some fields of one record version in clear and
 * all that is needed to check, without any secret, that the record committed
 * to them when it was logged. Whoever has it reads these fields and can prove
 * them to anyone, for good; it is not sealed and cannot be taken back. What
 * else is in the record stays hidden, but for its id, its vault's id and key,
 * its place in the log and how many fields it has at most.
 *
 * vault_verify checks it. docs/format.md, section 9.5.
 */
struct vault_disclosure;

struct vault_disclose_options {
    uint32_t version;          /* 0: the current one */
    const uint8_t *statement;  /* of the version meant (32 bytes), or NULL */
    const char *const *fields; /* names; none: the proof of one record */
    size_t fields_len;
};
/* What everyone learns beside the fields. */
struct vault_disclosure_facts {
    uint8_t vault[VAULT_ID]; /* of the record's origin */
    uint8_t record[VAULT_ID];
    uint32_t version;
    uint8_t statement[VAULT_HASH];
    char fingerprint[VAULT_FINGERPRINT]; /* of the card in it */
    char origin[129];                    /* of the log that proves it */
    uint64_t index;                      /* of its line */
    uint64_t size;                       /* of the checkpoint */
    unsigned leaves; /* the record has at most so many fields; 0: not told */
    bool foreign;    /* another vault's record, not this one's */
    bool withdrawn; /* vault_disclosure_prove: a line of the log withdraws it */
    bool beside;    /* the original is among them, as a file that lies beside */
};

/*
 * Make one of a record that can be read here, own or foreign, whole or in
 * part; what was made is checked as a reader would. Writes nothing.
 *   VAULT_E_LOCKED
 *   VAULT_E_NOT_FOUND  no such record, version or field; err names it
 *   VAULT_E_AMBIGUOUS  two versions in conflict
 *   VAULT_E_USAGE      a field is named twice
 *   VAULT_E_LIMIT      it would be longer than 32 MiB
 *   VAULT_E_TAMPERED   the record does not fit its log
 */
VAULT_API VAULT_CHECKED enum vault_status vault_disclosure_make(struct vault *v,
    const uint8_t id[VAULT_ID], const struct vault_disclose_options *opt,
    struct vault_disclosure **out, struct vault_error *err);
/*
 * The proof of one record: the same text without fields. Of an own record it
 * works locked, and of a withdrawn one too (facts say so): nothing of it is
 * secret. version 0: the newest that is not withdrawn, else the newest;
 * statement (32 bytes) or NULL.
 *   VAULT_E_NOT_FOUND  no such record or version
 *   VAULT_E_AMBIGUOUS  two statements stand for it
 *   VAULT_E_LOCKED     not an own record, or one of which only the unlocked
 *                      vault knows whether a revoked device sealed it
 *   VAULT_E_POLICY     a revoked device sealed it after its last good state
 *   VAULT_E_TAMPERED   it does not fit its log
 */
VAULT_API VAULT_CHECKED enum vault_status vault_disclosure_prove(struct vault
                                                                     *v,
    const uint8_t id[VAULT_ID], uint32_t version, const uint8_t *statement,
    struct vault_disclosure **out, struct vault_error *err);
/* For programs that know nothing of this one. */
enum vault_stock {
    VAULT_STOCK_PROOF, /* C2SP tlog-proof */
    VAULT_STOCK_LEAF,  /* the bytes of the line that it is of */
    VAULT_STOCK_LOG    /* the log's key, a C2SP vkey, with a line end */
};
/* Borrowed until the next call. */
VAULT_API VAULT_CHECKED enum vault_status
vault_disclosure_stock(struct vault_disclosure *d, enum vault_stock what,
    const char **text, size_t *len, struct vault_error *err);
/* Wipes; NULL is fine. */
VAULT_API void vault_disclosure_free(struct vault_disclosure *d);
/* All below is borrowed from d. The text has a 0 behind it, not counted. */
VAULT_API const char *vault_disclosure_text(const struct vault_disclosure *d,
    size_t *len);
VAULT_API const struct vault_disclosure_facts *vault_disclosure_facts(
    const struct vault_disclosure *d);
VAULT_API size_t vault_disclosure_fields(const struct vault_disclosure *d);
/* The i-th, ascending by name. Of a body beside the value is its SHA-256. */
VAULT_API void vault_disclosure_field(struct vault_disclosure *d, size_t i,
    struct vault_field *out);

#ifdef __cplusplus
}
#endif
#endif
