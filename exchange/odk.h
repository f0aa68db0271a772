/* SPDX-License-Identifier: Apache-2.0 */
/* odk.h: submissions of ODK Collect and Central */
#ifndef EXCHANGE_ODK_H
#define EXCHANGE_ODK_H

#include "form.h"

/*
 * A submission is an XML file beside its media. Its root has the form's id
 * and version; every answered question is an element with text.
 *
 * Fields, all of them texts, because a submission does not say of what kind
 * an answer is (`2031` may be a year, a count or a code; choices of many
 * are words with spaces between): a mapping to fields of the registry makes
 * dates and numbers of them.
 *
 *   odk.GROUP.QUESTION     below the root; a namespace prefix is dropped,
 *                          letters are made small, `_` and `.` become `-`,
 *                          other characters uHEX
 *   odk.GROUP.2.QUESTION   the second time that GROUP stands there (a
 *                          repeat); the first has no number
 *   odk.….location         a position, or several: latitude, longitude,
 *                          altitude, accuracy
 *   odk.….at-NAME          an attribute
 *   submission.form, .version, .instance, .NAME
 *                          id, version and other attributes of the root; the
 *                          instance id stands here only
 *
 * Names that differ, but not after that (`Name`, `name`), are told apart: the
 * one that was changed ends in `-x` and eight hex digits of its spelling. So
 * does a name that would be longer than 96 characters. Unanswered questions
 * give no field.
 */
struct odk_submission {
    char *form_id;
    char *version;     /* "" when there is none */
    char *instance_id; /* as uuid:..., "" when there is none */
    struct form form;
    /* Names of files that answers seem to refer to (a plain name with the
     * ending of a picture, recording or document), each once. Nobody has
     * looked whether they are there; none has a separator in it. */
    char **media;
    size_t medias;
};

enum {
    ODK_MAX = 16 * 1024 * 1024, /* bytes of one submission */
    ODK_DEPTH = 64,
    ODK_NODES = 10000,
    ODK_FIELDS = 1000
};

/*
 *   VAULT_E_FORMAT  no XML, no submission, with a DOCTYPE, or encrypted by
 *                   ODK (the message says which)
 *   VAULT_E_LIMIT   beyond a ceiling above
 */
VAULT_CHECKED enum vault_status odk_read(const void *xml, size_t n,
    struct odk_submission *out, struct vault_error *err);
/* Whether it is a submission, encrypted or not: a form id at its root, and an
 * instance id where OpenRosa has it. Any other XML is not. */
bool odk_looks(const void *xml, size_t n);
/* Wipes. */
void odk_clear(struct odk_submission *s);

#endif
