/* SPDX-License-Identifier: Apache-2.0 */
/* registry_contact.c: the fields of a contact */
#include "registry.h"
#include "fail.h"

static const struct vault_form_field person[] = {
    VLT_ROW("contact.code", TEXT, 'C', "OHCHR; 27560", N_("Contact code"),
        N_("Random, and another than any record code.")),
    VLT_NAME("name.N", 'C', N_("Name"),
        N_("As it is written, one spelling at a time.")),
    VLT_ROW("name.preferred", TEXT, 'C', "vCard FN", N_("Preferred name"),
        N_("How the person wants to be called.")),
    VLT_ROW("relation", LANG_TEXT, 'C', "vCard RELATED; ESF 2309",
        N_("What the person is to the victim"), N_("Sister, neighbour.")),
    VLT_ROW("language", LANGUAGE, 'C', "vCard LANG", N_("Language"),
        N_("The one to speak: kk, ug, zh, ru.")),
    VLT_ROW("language.other.N", LANGUAGE, 'C', "vCard LANG",
        N_("Another language"), N_("That the person speaks.")),
    VLT_CHOICE("interpreter.needed", 'C', "vCard LANG", "yes|no",
        N_("Interpreter needed"), N_("To speak with this person.")),
};

static const struct vault_form_field channel[] = {
    VLT_CHOICE("channel.N.type", 'C', "vCard TEL, EMAIL, IMPP; ESF 8001-8011",
        "telephone|mobile|email|messenger|post|visit|other", N_("Channel"),
        N_("One way to reach the person.")),
    VLT_ROW("channel.N.address", TEXT, 'C',
        "vCard TEL, EMAIL, IMPP; ESF 8001-8011", N_("Address or number"),
        N_("With the country code.")),
    VLT_CHOICE("channel.N.safety", 'C', "NNEDV; GBV practice",
        "safe|unsafe|unknown", N_("Is it safe"),
        N_("Only safe channels leave the vault.")),
    VLT_ROW("channel.N.hours", TEXT, 'C', "NNEDV; GBV practice",
        N_("Safe hours"), N_("When the person is alone.")),
    VLT_ROW("channel.N.readers", LANG_TEXT, 'C', "NNEDV; GBV practice",
        N_("Who else sees it"), N_("Family, employer, police.")),
    VLT_ROW("channel.N.code-word", TEXT, 'C', "NNEDV; GBV practice",
        N_("Code word"), N_("Said to show that it is safe to speak.")),
    VLT_ROW("channel.N.checked", DATE, 'C', "NNEDV; GBV practice",
        N_("Last checked"), N_("When it last worked.")),
    VLT_ROW("channel.N.valid", DATE, 'C', "ESF 8001-8011",
        N_("Used from and until"), N_("2029-10/2031, or 2029-10/.")),
};

static const struct vault_form_field care[] = {
    VLT_CHOICE("whereabouts", 'C', "ESF 0910; OHCHR",
        "in country|in exile|in transit|unknown", N_("Whereabouts"),
        N_("No exact place.")),
    VLT_NAME("emergency.N.name", 'C', N_("Emergency person"),
        N_("Whom to ask when contact is lost.")),
    VLT_ROW("emergency.N.address", TEXT, 'C', "OHCHR",
        N_("How to reach that person"), N_("Number or address.")),
    VLT_ROW("lost.days", NUMBER, 'C', "OHCHR", N_("Days without contact"),
        N_("After which something is done.")),
    VLT_ROW("lost.action", LANG_TEXT, 'C', "OHCHR", N_("What is then done"),
        N_("As agreed with the person.")),
    VLT_ROW("protection", LANG_TEXT, 'C', "EJ; MC; IP", N_("Protection needed"),
        N_("And what was promised.")),
    VLT_ROW("referral.N.to", LANG_TEXT, 'C', "EJ; MC; IP", N_("Referred to"),
        N_("Doctor, lawyer, shelter.")),
    VLT_ROW("referral.N.date", DATE, 'C', "EJ; MC; IP", N_("Referred on"),
        N_("The day.")),
    VLT_ROW("referral.N.answer", LANG_TEXT, 'C', "EJ; MC; IP",
        N_("What came of it"), N_("Helped, refused, waiting.")),
};

static const struct vault_form_field identity[] = {
    VLT_ROW("identity.how", LANG_TEXT, 'C', "Martus",
        N_("How the identity was checked"), N_("Papers, a common friend.")),
    VLT_ROW("identity.by", TEXT, 'C', "Martus", N_("Checked by, code"),
        N_("Never the name.")),
    VLT_ROW("identity.fingerprint", TEXT, 'C', "Martus",
        N_("Fingerprint of a key"), N_("Of the person's own vault or key.")),
    VLT_CHOICE("do-not-contact", 'C', "27560", "yes|no", N_("Do not contact"),
        N_("Yes: nobody calls or writes.")),
    VLT_ROW("delete-by", DATE, 'C', "27560", N_("Delete by"),
        N_("The day until which this may be kept.")),
};

const struct vlt_registry_part vlt_registry_contact[] = {
    {N_("Person"), person, VLT_COUNT(person)},
    {N_("Ways to reach the person"), channel, VLT_COUNT(channel)},
    {N_("Care"), care, VLT_COUNT(care)},
    {N_("Identity and keeping"), identity, VLT_COUNT(identity)},
    {NULL, NULL, 0},
};
