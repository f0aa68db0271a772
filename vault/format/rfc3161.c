/* SPDX-License-Identifier: Apache-2.0 */
/* rfc3161.c: a question to a time stamping authority, and its answer */
#include "rfc3161.h"
#include <string.h>
#include "der.h"
#include "fail.h"
#include "text.h"

/* ---- the question ---- */

#define SHA256_OID "\x60\x86\x48\x01\x65\x03\x04\x02\x01"

void
vlt_rfc3161_request(uint8_t out[VLT_RFC3161_REQUEST], const uint8_t imprint[32])
{
    /* SEQUENCE { 1, { { sha256, NULL }, imprint }, certReq TRUE } */
    static const uint8_t head[] =
        "\x30\x39\x02\x01\x01\x30\x31\x30\x0d\x06\x09" SHA256_OID
        "\x05\x00\x04\x20";
    static const uint8_t tail[] = "\x01\x01\xff";
    size_t at = sizeof head - 1;

    memcpy(out, head, at);
    memcpy(out + at, imprint, 32);
    memcpy(out + at + 32, tail, sizeof tail - 1);
}

/* ---- the answer ---- */

static bool
is_oid(const struct vlt_der_element *e, const char *oid, size_t len)
{
    return e->tag == VLT_DER_OID && e->len == len &&
        memcmp(e->p, oid, len) == 0;
}
#define IS_OID(e, oid) is_oid(e, oid, sizeof(oid) - 1)

#define SIGNED_DATA    "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define TST_INFO       "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x04"

static bool
read_imprint(struct vlt_der *r, struct vlt_rfc3161 *out)
{
    struct vlt_der imprint, algorithm;
    struct vlt_der_element oid, hash;

    if (!vlt_der_enter(r, VLT_DER_SEQUENCE, &imprint) ||
        !vlt_der_enter(&imprint, VLT_DER_SEQUENCE, &algorithm) ||
        !vlt_der_take(&algorithm, VLT_DER_OID, &oid) ||
        !vlt_der_rest(&algorithm) ||
        !vlt_der_take(&imprint, VLT_DER_OCTETS, &hash) ||
        !vlt_der_end(&imprint))
        return false;
    out->sha256 = IS_OID(&oid, SHA256_OID);
    if (out->sha256 && hash.len != sizeof out->imprint)
        return false;
    if (out->sha256)
        memcpy(out->imprint, hash.p, sizeof out->imprint);
    return true;
}

static bool
read_serial(struct vlt_der *r, struct vlt_rfc3161 *out)
{
    struct vlt_der_element e;

    if (!vlt_der_take(r, VLT_DER_INTEGER, &e) || e.len == 0 ||
        e.len > VLT_RFC3161_SERIAL)
        return false;
    vlt_hex(out->serial, e.p, e.len);
    return true;
}

/* n digits at p as a number; false when one is none. */
static bool
digits(const uint8_t *p, size_t n, int64_t *out)
{
    int64_t v = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        v = v * 10 + (p[i] - '0');
    }
    *out = v;
    return true;
}

/* Days from 1970-01-01, years 0 to 9999 of the Gregorian calendar. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
    static const int16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243,
        273, 304, 334};
    int64_t y = year - (month <= 2); /* leap days up to the end of February */

    return year * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] + day -
        1 - (1970 * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400);
}

static bool
is_day(int64_t year, int64_t month, int64_t day)
{
    static const int8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
        31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return month >= 1 && month <= 12 && day >= 1 &&
        day <= days[month - 1] + (month == 2 && leap);
}

/* YYYYMMDDhhmmss, perhaps a dot and digits that do not end in 0, then Z. */
static bool
read_time(struct vlt_der *r, struct vlt_rfc3161 *out)
{
    struct vlt_der_element e;
    int64_t year, month, day, hour, minute, second, part;

    if (!vlt_der_take(r, VLT_DER_GENERALIZED_TIME, &e) || e.len < 15 ||
        e.p[e.len - 1] != 'Z' || !digits(e.p, 4, &year) || year < 1 ||
        !digits(e.p + 4, 2, &month) || !digits(e.p + 6, 2, &day) ||
        !is_day(year, month, day) || !digits(e.p + 8, 2, &hour) || hour > 23 ||
        !digits(e.p + 10, 2, &minute) || minute > 59 ||
        !digits(e.p + 12, 2, &second) || second > 60)
        return false;
    if (e.len > 15 &&
        (e.p[14] != '.' || e.len < 17 || e.len > 32 || e.p[e.len - 2] == '0' ||
            !digits(e.p + 15, e.len - 16 > 18 ? 18 : e.len - 16, &part)))
        return false;
    out->time =
        ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

/* What the authority signed. */
static bool
read_info(const struct vlt_der_element *octets, struct vlt_rfc3161 *out)
{
    struct vlt_der r, info;
    struct vlt_der_element e;
    uint32_t version = 0;

    vlt_der_init(&r, octets->p, octets->len);
    if (!vlt_der_enter(&r, VLT_DER_SEQUENCE, &info) || !vlt_der_end(&r) ||
        !vlt_der_take(&info, VLT_DER_INTEGER, &e) ||
        !vlt_der_small(&e, &version) || version != 1 ||
        !vlt_der_take(&info, VLT_DER_OID, &e) ||
        !vlt_der_oid_text(&e, out->policy, sizeof out->policy))
        return false;
    return read_imprint(&info, out) && read_serial(&info, out) &&
        read_time(&info, out) && vlt_der_rest(&info);
}

/* ContentInfo { signedData, [0] SignedData { version, digests, { tstInfo, [0]
 * OCTET STRING } ... } }. */
static bool
read_token(struct vlt_rfc3161 *out, const struct vlt_der_element *token)
{
    struct vlt_der in, wrap, data, content, inner;
    struct vlt_der_element e;

    vlt_der_init(&in, token->p, token->len);
    if (!vlt_der_take(&in, VLT_DER_OID, &e) || !IS_OID(&e, SIGNED_DATA) ||
        !vlt_der_enter(&in, VLT_DER_CONTEXT_0, &wrap) || !vlt_der_end(&in) ||
        !vlt_der_enter(&wrap, VLT_DER_SEQUENCE, &data) || !vlt_der_end(&wrap))
        return false;
    if (!vlt_der_take(&data, VLT_DER_INTEGER, &e) ||
        !vlt_der_take(&data, VLT_DER_SET, &e) ||
        !vlt_der_enter(&data, VLT_DER_SEQUENCE, &content) ||
        !vlt_der_rest(&data))
        return false;
    if (!vlt_der_take(&content, VLT_DER_OID, &e) || !IS_OID(&e, TST_INFO) ||
        !vlt_der_enter(&content, VLT_DER_CONTEXT_0, &inner) ||
        !vlt_der_end(&content) || !vlt_der_take(&inner, VLT_DER_OCTETS, &e) ||
        !vlt_der_end(&inner))
        return false;
    out->token = token->whole;
    out->token_len = token->whole_len;
    return read_info(&e, out);
}

/* PKIStatusInfo { status, { text ... } OPTIONAL, failure OPTIONAL }. */
static bool
read_status(struct vlt_der *r, struct vlt_rfc3161 *out)
{
    struct vlt_der status, texts;
    struct vlt_der_element e;

    if (!vlt_der_enter(r, VLT_DER_SEQUENCE, &status) ||
        !vlt_der_take(&status, VLT_DER_INTEGER, &e) ||
        !vlt_der_small(&e, &out->status))
        return false;
    if (vlt_der_is(&status, VLT_DER_SEQUENCE)) {
        (void)vlt_der_enter(&status, VLT_DER_SEQUENCE, &texts);
        if (vlt_der_is(&texts, VLT_DER_UTF8) && vlt_der_any(&texts, &e) &&
            vlt_utf8_valid(e.p, e.len)) {
            out->said = (const char *)e.p;
            out->said_len = e.len;
        }
        if (!vlt_der_rest(&texts))
            return false;
    }
    return vlt_der_rest(&status);
}

static bool
read_answer(struct vlt_rfc3161 *out, const void *p, size_t len)
{
    struct vlt_der r, in;
    struct vlt_der_element whole, token;

    vlt_der_init(&r, p, len);
    if (!vlt_der_take(&r, VLT_DER_SEQUENCE, &whole) || !vlt_der_end(&r))
        return false;
    vlt_der_init(&in, whole.p, whole.len);
    if (vlt_der_is(&in, VLT_DER_OID))
        return read_token(out, &whole);
    if (!read_status(&in, out))
        return false;
    if (out->status > 1)
        return vlt_der_end(&in);
    return vlt_der_take(&in, VLT_DER_SEQUENCE, &token) && vlt_der_end(&in) &&
        read_token(out, &token);
}

enum vault_status
vlt_rfc3161_read(struct vlt_rfc3161 *out, const void *p, size_t len,
    struct vault_error *err)
{
    struct vlt_rfc3161 a;

    memset(&a, 0, sizeof a);
    if (len > VLT_RFC3161_MAX)
        return vlt_fail(err, VAULT_E_LIMIT,
            "a time token of %zu bytes is longer than is kept", len);
    if (!read_answer(&a, p, len))
        return vlt_fail(err, VAULT_E_FORMAT,
            "this is no whole answer of a time stamping authority (RFC 3161, "
            "DER)");
    *out = a;
    return VAULT_OK;
}

bool
vlt_rfc3161_is(const void *p, size_t len)
{
    return len > 1 && *(const uint8_t *)p == VLT_DER_SEQUENCE;
}

static void
put_length(struct vlt_buf *out, size_t n)
{
    unsigned bytes = n < 0x100 ? 1 : n < 0x10000 ? 2 : n < 0x1000000 ? 3 : 4;

    if (n < 0x80) {
        vlt_buf_put_u8(out, (uint8_t)n);
        return;
    }
    vlt_buf_put_u8(out, (uint8_t)(0x80 | bytes));
    while (bytes-- > 0)
        vlt_buf_put_u8(out, (uint8_t)(n >> (8 * bytes)));
}

void
vlt_rfc3161_wrap(struct vlt_buf *out, const void *token, size_t len)
{
    static const uint8_t granted[] = {0x30, 0x03, 0x02, 0x01, 0x00};

    vlt_buf_put_u8(out, VLT_DER_SEQUENCE);
    put_length(out, sizeof granted + len);
    vlt_buf_put(out, granted, sizeof granted);
    vlt_buf_put(out, token, len);
}
