/* SPDX-License-Identifier: Apache-2.0 */
/* registry.h: the tables behind vault/forms.h */
#ifndef VLT_REGISTRY_H
#define VLT_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <vault/forms.h>

/* A few fields under one heading; types share parts. `repeats` and `part` of
 * the rows are filled in by vlt_registry_at. */
struct vlt_registry_part {
    const char *title;
    const struct vault_form_field *row;
    size_t n;
};
enum { VLT_REGISTRY_REPEATS = 999 };

/* Each ends with a part without a title. */
extern const struct vlt_registry_part vlt_registry_testimony[],
    vlt_registry_letter[], vlt_registry_contact[], vlt_registry_consent[],
    vlt_registry_plain[], vlt_registry_common[];

/* In a table: marked for translation, see cli/tr.h. */
#define N_(text) text
#define VLT_ROW(n, k, d, s, l, h)                                            \
    {                                                                        \
        .name = (n), .kind = VAULT_FORM_##k, .domain = (d), .standard = (s), \
        .label = (l), .help = (h)                                            \
    }
#define VLT_CHOICE(n, d, s, w, l, h)                             \
    {                                                            \
        .name = (n), .kind = VAULT_FORM_CHOICE, .domain = (d),   \
        .standard = (s), .label = (l), .help = (h), .words = (w) \
    }
#define VLT_SET(n, k, s, l, h)                                           \
    {                                                                    \
        .name = (n), .kind = VAULT_FORM_##k, .domain = 'T', .set = true, \
        .standard = (s), .label = (l), .help = (h)                       \
    }
/* A name with what the general rules ask of every name. */
#define VLT_NAME(n, d, l, h)                                               \
    VLT_ROW(n, TEXT, d, "ESF 0903, 0904; CID", l, h),                      \
        VLT_ROW(n ".script", SCRIPT, d, "ESF 0903, 0904; CID 15924",       \
            N_("Script of the name"),                                      \
            N_("Found by the program when all letters are of one script: " \
               "Latn, Cyrl, Arab, Hani.")),                                \
        VLT_ROW(n ".language", LANGUAGE, d, "CID 639",                     \
            N_("Language of the name"),                                    \
            N_("A language tag such as kk, ug or zh.")),                   \
        VLT_CHOICE(n ".kind", d, "ESF 0903, 0904",                         \
            "birth|passport|pinyin|cyrillic|uyghur|nickname|other",        \
            N_("Kind of the name"),                                        \
            N_("The name at birth, the one in the passport, its pinyin, ..."))

/* How many fields a form has; 0: no such type. */
size_t vlt_registry_count(const char *type);
void vlt_registry_at(const char *type, size_t i, struct vault_form_field *out);
/* Whether `name` is the field that `pattern` (with its N) speaks of. */
bool vlt_registry_match(const char *pattern, const char *name);

/* Days of a gregorian or julian date exist; other calendars pass. `s` is
 * what vlt_edtf_ok accepted. */
bool vlt_registry_days_ok(const char *calendar, size_t calendar_len,
    const char *s, size_t len);
/* RFC 3339 with its offset; false when it is not, or no such time. */
bool vlt_registry_time(const char *s, size_t n, int64_t *out);
/* A well-formed BCP 47 tag (RFC 5646): language, script, region, variants,
 * private use; not looked up. */
bool vlt_registry_tag_ok(const char *s, size_t n);

#endif
