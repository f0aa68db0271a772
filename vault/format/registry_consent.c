/* SPDX-License-Identifier: Apache-2.0 */
/* registry_consent.c: the fields of a consent and of its withdrawal */
#include "registry.h"
#include "fail.h"

static const struct vault_form_field asked[] = {
    VLT_ROW("consent.id", TEXT, 'S', "27560; OHCHR", N_("Consent id"),
        N_("Random; no name in it.")),
    VLT_ROW("schema", TEXT, 'S', "27560", N_("Version of the consent form"),
        N_("Which text was read out or signed.")),
    VLT_ROW("language", LANGUAGE, 'S', "27560; OHCHR",
        N_("Language in which it was explained"),
        N_("A language tag such as kk, ug, zh, ru.")),
    VLT_ROW("interpreter.code", TEXT, 'S', "27560; OHCHR",
        N_("Interpreter, code"), N_("Never the name.")),
    VLT_ROW("controller", LANG_TEXT, 'S', "27560; IP; MC", N_("Organisation"),
        N_("Who answers for the data.")),
    VLT_ROW("asked.by", TEXT, 'S', "27560; IP; MC", N_("Asked by, code"),
        N_("Never the name.")),
    VLT_ROW("asked.date", DATE, 'S', "27560; IP; MC", N_("Asked on"),
        N_("The day.")),
    VLT_ROW("asked.place", LANG_TEXT, 'S', "27560; IP; MC", N_("Asked at"),
        N_("As exact as is safe.")),
    VLT_CHOICE("asked.manner", 'S', "27560; IP; MC",
        "written|voice|thumb|witnessed", N_("How it was given"),
        N_("Signature, recording, thumb print, before a witness.")),
    VLT_CHOICE("giver", 'S', "WGEID; ESF 2303", "self|parent|relative|other",
        N_("Who gave it"), N_("A relative speaks for one who disappeared.")),
    VLT_ROW("giver.relation", LANG_TEXT, 'S', "WGEID; ESF 2303", N_("Relation"),
        N_("Of the giver to the person.")),
};

#define PURPOSE(name, label, help)                                          \
    VLT_CHOICE("purpose." name, 'S', "Primero; TW; EJ", "yes|no|ask first", \
        label, help)

static const struct vault_form_field purpose[] = {
    PURPOSE("keep", N_("May it be kept"), N_("In this vault.")),
    PURPOSE("share-inside", N_("May it be shared inside"),
        N_("With colleagues of the organisation.")),
    PURPOSE("share-org", N_("May it be shared with named organisations"),
        N_("Only with those named next.")),
    VLT_ROW("purpose.share-org.N", TEXT, 'S', "Primero; TW; EJ",
        N_("Which organisation"), N_("One at a time.")),
    PURPOSE("un", N_("May the UN have it"),
        N_("Working groups, rapporteurs, the High Commissioner.")),
    PURPOSE("court", N_("May a court have it"),
        N_("The ICC and other courts and prosecutors.")),
    PURPOSE("media", N_("May the media have it"),
        N_("Newspapers, television, films.")),
    PURPOSE("public-list", N_("May it stand in a public list"),
        N_("As a case that anyone can read.")),
    PURPOSE("name-public", N_("May the name be public"), N_("In any form.")),
    PURPOSE("face", N_("May the face be shown"), N_("In pictures and films.")),
    PURPOSE("voice", N_("May the voice be heard"), N_("Unchanged.")),
    PURPOSE("place", N_("May the place be named"), N_("Village or town.")),
    PURPOSE("translation", N_("May it be translated"),
        N_("By somebody who has to read it.")),
    PURPOSE("research", N_("May it be used for research"),
        N_("By scholars, without the name.")),
    PURPOSE("contact-again", N_("May the person be contacted again"),
        N_("With questions or news.")),
};

static const struct vault_form_field limits[] = {
    VLT_ROW("conditions", LANG_TEXT, 'S', "27560", N_("Conditions"),
        N_("In the person's own words.")),
    VLT_ROW("embargo", DATE, 'S', "27560", N_("Not before"),
        N_("Nothing leaves before that day.")),
    VLT_ROW("expiry", DATE, 'S', "27560", N_("Ends on"),
        N_("Nothing leaves after that day.")),
    VLT_ROW("review", DATE, 'S', "27560", N_("Ask again on"),
        N_("When to go through it again.")),
    VLT_CHOICE("told.risks", 'S', "MC; IP; EJ", "yes|no",
        N_("Told of the risks"), N_("In words that were understood.")),
    VLT_CHOICE("told.limits", 'S', "MC; IP; EJ", "yes|no",
        N_("Told of the limits"), N_("What cannot be kept secret.")),
    VLT_CHOICE("told.stop", 'S', "MC; IP; EJ", "yes|no",
        N_("Told of the right to stop"), N_("At any time, without reason.")),
    VLT_CHOICE("told.understood", 'S', "MC; IP; EJ", "yes|no",
        N_("Questions understood"), N_("The person could say them back.")),
    VLT_CHOICE("told.no-promise", 'S', "MC; IP; EJ", "yes|no",
        N_("No promise and no payment"), N_("Neither was given.")),
    VLT_ROW("signature.ref", TEXT, 'S', "27560; Kantara",
        N_("Signature or voice statement"), N_("The record that holds it.")),
    VLT_ROW("signature.sha256", SHA256, 'S', "27560; Kantara",
        N_("Its SHA-256"), N_("64 hex digits.")),
    VLT_CHOICE("receipt", 'S', "27560; Kantara", "yes|no", N_("Receipt given"),
        N_("It must not expose whoever carries it.")),
};

static const struct vault_form_field withdrawal[] = {
    VLT_ROW("withdrawal.date", DATE, 'S', "NNEDV; 27560; MC",
        N_("Withdrawn on"), N_("The day.")),
    VLT_CHOICE("withdrawal.channel", 'S', "NNEDV; 27560; MC",
        "spoken|written|message|other", N_("How"), N_("Spoken is enough.")),
    VLT_ROW("withdrawal.scope", LANG_TEXT, 'S', "NNEDV; 27560; MC",
        N_("What of it"), N_("All, or which purposes.")),
    VLT_ROW("withdrawal.by", TEXT, 'S', "NNEDV; 27560; MC",
        N_("Taken by, code"), N_("Never the name.")),
    VLT_ROW("withdrawal.effect", TIME, 'S', "NNEDV; 27560; MC",
        N_("In effect since"), N_("A time: 2031-11-04T09:00:00Z.")),
    VLT_ROW("withdrawal.told.N", TEXT, 'S', "NNEDV; 27560; MC",
        N_("Told to give up their copy"), N_("One at a time.")),
    VLT_ROW("withdrawal.not-reached.N", TEXT, 'S', "NNEDV; 27560; MC",
        N_("Copies not reached"), N_("One at a time.")),
};

const struct vlt_registry_part vlt_registry_consent[] = {
    {N_("Asking"), asked, VLT_COUNT(asked)},
    {N_("Purposes"), purpose, VLT_COUNT(purpose)},
    {N_("Limits, and what was told"), limits, VLT_COUNT(limits)},
    {N_("Withdrawal"), withdrawal, VLT_COUNT(withdrawal)},
    {NULL, NULL, 0},
};
