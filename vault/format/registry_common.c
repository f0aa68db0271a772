/* SPDX-License-Identifier: Apache-2.0 */
/* registry_common.c: the fields that records of every type have */
#include "registry.h"
#include "fail.h"

static const struct vault_form_field head[] = {
    VLT_ROW("title", TEXT, 'T', "EJ", N_("Title"),
        N_("A few words by which the record is found in a list.")),
    VLT_ROW("tag.N", TEXT, 'T', "EJ", N_("Tag"),
        N_("A word under which records are found together.")),
    VLT_ROW("link.N", LINK, 'T', "ESF link records; PREMIS",
        N_("Link to another record"),
        N_("A relation and the record. sanduq link makes it.")),
    VLT_ROW("resolves.N", BYTES, 'T', "PREMIS", N_("Other version resolved"),
        N_("Set when a conflict of two versions is ended.")),
};

static const struct vault_form_field times[] = {
    VLT_ROW("time.claimed", DATE, 'T', "BP; SWGDE", N_("Time as it was told"),
        N_("When it was made or happened, as people say; the clock's times "
           "are kept apart.")),
    VLT_ROW("clock.source", TEXT, 'T', "BP; SWGDE; RFC 3161",
        N_("Clock of the device"),
        N_("Which clock gave the device's times: phone network, GPS, by "
           "hand.")),
    VLT_ROW("clock.doubt", LANG_TEXT, 'T', "BP; SWGDE",
        N_("Doubt about the clock"),
        N_("How far it was off, and how that is known.")),
};

static const struct vault_form_field set[] = {
    VLT_SET("type", TEXT, "PREMIS", N_("Type of the record"),
        N_("testimony, letter, contact, consent, file or note.")),
    VLT_SET("time.sealed", TIME, "PREMIS; NIST", N_("Sealed at"),
        N_("By the clock of the machine that sealed it.")),
    VLT_SET("time.doubt", TEXT, "SWGDE; BP", N_("Doubt about that clock"),
        N_("behind: it stood before a time that was known; implausible: no "
           "clock of today stands there; said: a person doubts it.")),
    VLT_SET("time.known", TIME, "SWGDE; BP", N_("Later time that was known"),
        N_("Of an earlier line of the log, when the clock stood before it.")),
    VLT_SET("body", BODY, "CID; BagIt; BP", N_("The original"),
        N_("Its bytes, with their number and SHA-256.")),
    VLT_SET("file.name", TEXT, "CID; BagIt", N_("File name"),
        N_("The original's name.")),
    VLT_SET("file.name.raw", BYTES, "CID; BagIt", N_("File name, its bytes"),
        N_("Only when the name is not text.")),
    VLT_SET("file.path", TEXT, "CID; BagIt", N_("Path of the file"),
        N_("Where it lay in the folder that was imported.")),
    VLT_SET("file.media", TEXT, "CID; BagIt", N_("Media type"),
        N_("As its first bytes tell.")),
    VLT_SET("file.modified", TIME, "CID; BP", N_("Last changed"),
        N_("As the file system said when it was sealed.")),
};

const struct vlt_registry_part vlt_registry_common[] = {
    {N_("Finding it again"), head, VLT_COUNT(head)},
    {N_("Times that people tell"), times, VLT_COUNT(times)},
    {N_("Set by the program"), set, VLT_COUNT(set)},
    {NULL, NULL, 0},
};

static const struct vault_form_field plain[] = {
    VLT_ROW("record.code", TEXT, 'P', "OHCHR", N_("Record code"),
        N_("Random; no name in it and no serial count.")),
    VLT_ROW("language", LANGUAGE, 'T', "ESF 2510; CID", N_("Language"),
        N_("A language tag such as kk, ug, zh, ru; texts without one of "
           "their own are taken to be in it.")),
    VLT_ROW("script", SCRIPT, 'T', "CID 15924", N_("Script"),
        N_("Four letters: Cyrl, Latn, Arab, Hani.")),
    VLT_ROW("description", LONG_TEXT, 'T', "EJ; ESF 9001-9011",
        N_("Description"), N_("What it is and what can be seen or heard.")),
    VLT_ROW("text", LONG_TEXT, 'T', "EJ", N_("Text"),
        N_("The words themselves.")),
    VLT_ROW("device", TEXT, 'T', "BP; EJ", N_("Device"),
        N_("What made it: camera, phone, program.")),
    VLT_ROW("consent.id", TEXT, 'P', "27560", N_("Consent"),
        N_("The id of the consent under which it is kept.")),
};

const struct vlt_registry_part vlt_registry_plain[] = {
    {N_("The record"), plain, VLT_COUNT(plain)},
    {NULL, NULL, 0},
};
