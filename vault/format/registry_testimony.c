/* SPDX-License-Identifier: Apache-2.0 */
/* registry_testimony.c: the fields of a testimony */
#include "registry.h"
#include "fail.h"

#define LEVELS "country|province|county|town|address"
#define RISKS  "none|low|medium|high"
#define SURE   "certain|likely|unsure|unknown"

static const struct vault_form_field record[] = {
    VLT_ROW("record.code", TEXT, 'P', "OHCHR", N_("Record code"),
        N_("Random; no name in it and no serial count.")),
    VLT_ROW("language", LANGUAGE, 'T', "ESF 2510; CID", N_("Language"),
        N_("A language tag such as kk, ug, zh, ru; texts without one of "
           "their own are taken to be in it.")),
    VLT_ROW("language.other.N", LANGUAGE, 'T', "ESF 2510; CID",
        N_("Another language"), N_("That was spoken too.")),
    VLT_ROW("script", SCRIPT, 'T', "CID 15924", N_("Script"),
        N_("Four letters: Cyrl, Latn, Arab, Hani.")),
    VLT_ROW("translation.of", TEXT, 'T', "CID; OHCHR", N_("Translation of"),
        N_("The record code of the original; none when this is the "
           "original.")),
    VLT_ROW("translator.code", TEXT, 'T', "CID; OHCHR", N_("Translator, code"),
        N_("Never the name.")),
};

static const struct vault_form_field interview[] = {
    VLT_ROW("interview.date", DATE, 'T', "OHCHR; EJ", N_("Interview date"),
        N_("A day, a month, a year, or about: 2031-11-04, 2031-11, 2031~.")),
    VLT_ROW("interview.place", LANG_TEXT, 'T', "OHCHR; EJ",
        N_("Interview place"), N_("As exact as is safe.")),
    VLT_CHOICE("interview.place.level", 'T', "OHCHR; EJ", LEVELS,
        N_("How exact the place is"), N_("The smallest thing it names.")),
    VLT_ROW("interview.duration", TEXT, 'T', "OHCHR; EJ", N_("Duration"),
        N_("How long it took.")),
    VLT_CHOICE("interview.mode", 'T', "OHCHR; EJ",
        "in person|call|written petition|video", N_("How it was held"),
        N_("Face to face, by telephone, in writing, by video.")),
    VLT_ROW("interviewer.code", TEXT, 'S', "OHCHR; TW", N_("Interviewer, code"),
        N_("Never the name.")),
    VLT_ROW("interpreter.code", TEXT, 'S', "OHCHR; TW", N_("Interpreter, code"),
        N_("Never the name.")),
    VLT_ROW("present.N", TEXT, 'S', "OHCHR; TW", N_("Others present"),
        N_("One at a time: a code, or what they are to the witness.")),
    VLT_ROW("check.by", TEXT, 'S', "OHCHR; TW", N_("Second check by, code"),
        N_("Who read it again against the recording.")),
    VLT_ROW("check.date", DATE, 'S', "OHCHR; TW", N_("Second check, date"),
        N_("When that was.")),
};

static const struct vault_form_field witness[] = {
    VLT_ROW("witness.relation", LANG_TEXT, 'T', "ESF 2303, 2409",
        N_("What the witness is to the victim"),
        N_("Sister, neighbour, cell mate, the victim.")),
    VLT_ROW("witness.source", LANG_TEXT, 'T', "ESF 2509, 2512",
        N_("How the witness knows"),
        N_("Saw it, heard it from whom, has a document.")),
    VLT_CHOICE("witness.account", 'T', "TW", "primary|additional",
        N_("Which source this is"),
        N_("The main account of the case, or one more.")),
    VLT_CHOICE("account.first", 'T', "EJ; MC", "yes|no", N_("First account"),
        N_("No when it was told to somebody who took it down before.")),
    VLT_ROW("account.before.N.date", DATE, 'T', "EJ; MC",
        N_("Told before, when"), N_("Asked to spare a second interview.")),
    VLT_ROW("account.before.N.whom", LANG_TEXT, 'T', "EJ; MC",
        N_("Told before, to whom"), N_("An organisation, a court, a paper.")),
};

static const struct vault_form_field victim[] = {
    VLT_NAME("victim.N.name.N", 'C', N_("Name of the victim"),
        N_("As it is written, one spelling at a time.")),
    VLT_CHOICE("victim.N.sex", 'C', "ESF 0903-0947", "female|male|other",
        N_("Sex"), N_("As the person or the family says.")),
    VLT_ROW("victim.N.birth.date", DATE, 'C', "ESF 0903-0947", N_("Birth date"),
        N_("1987-05-02, 1987-05, 1987, 1987~ (about).")),
    VLT_ROW("victim.N.birth.place", LANG_TEXT, 'C', "ESF 0903-0947",
        N_("Birth place"), N_("As exact as is known.")),
    VLT_ROW("victim.N.ethnic-group", LANG_TEXT, 'C', "ESF 0903-0947",
        N_("Ethnic group"), N_("In the person's own word.")),
    VLT_ROW("victim.N.citizenship", LANG_TEXT, 'C', "ESF 0903-0947",
        N_("Citizenship"), N_("One or more countries.")),
    VLT_CHOICE("victim.N.id.N.type", 'C', "ESF 0903-0947",
        "identity card|passport|birth certificate|other",
        N_("Identity document"), N_("Which one.")),
    VLT_ROW("victim.N.id.N.number", TEXT, 'C', "ESF 0903-0947",
        N_("Number of the document"),
        N_("Lists are searched by it; copy it with care.")),
    VLT_ROW("victim.N.occupation", LANG_TEXT, 'C', "ESF 0903-0947",
        N_("Occupation"), N_("Before it happened.")),
    VLT_ROW("victim.N.health", LANG_TEXT, 'C', "ESF 0903-0947", N_("Health"),
        N_("Illness, disability, medicine needed.")),
    VLT_ROW("victim.N.family", LANG_TEXT, 'C', "ESF 0903-0947",
        N_("Family status"), N_("Married, children, dependants.")),
};

static const struct vault_form_field event[] = {
    VLT_ROW("event.N.type", LANG_TEXT, 'T', "ESF 2109-2115; WGEID",
        N_("What happened"), N_("Taken from home, beaten, sentenced.")),
    VLT_ROW("event.N.date", DATE, 'T', "ESF 2109-2115; WGEID", N_("When"),
        N_("A day, a month, a year, about, or from/until: 2029-10~, "
           "2029/2030.")),
    VLT_ROW("event.N.place", LANG_TEXT, 'T', "ESF 2109-2115; WGEID",
        N_("Where"), N_("As exact as is known.")),
    VLT_CHOICE("event.N.place.level", 'T', "TW; ESF", LEVELS,
        N_("How exact the place is"), N_("The smallest thing it names.")),
    VLT_ROW("event.N.reason.stated", LANG_TEXT, 'T', "TW; WGEID",
        N_("Reason that was given"), N_("By those who did it; or none.")),
    VLT_ROW("event.N.reason.suspected", LANG_TEXT, 'T', "TW; WGEID",
        N_("Reason that is suspected"), N_("By the witness or the family.")),
    VLT_ROW("event.N.method", LANG_TEXT, 'T', "ESF 2109-2115", N_("How"),
        N_("How it was done.")),
    VLT_ROW("event.N.responsible.N.name", LANG_TEXT, 'T', "ESF 2109-2115",
        N_("Who is responsible"), N_("A name or a description.")),
    VLT_ROW("event.N.responsible.N.force", LANG_TEXT, 'T', "ESF; WGEID",
        N_("Which force"), N_("Police, army, officials, guards.")),
    VLT_ROW("event.N.responsible.N.unit", LANG_TEXT, 'T', "ESF; WGEID",
        N_("Which unit"), N_("Station, rank, number of a vehicle.")),
    VLT_ROW("event.N.attribution", LANG_TEXT, 'T', "ESF 2109-2115",
        N_("How that is known"), N_("Uniform, papers, their words.")),
};

static const struct vault_form_field detention[] = {
    VLT_ROW("detention.N.place.type", LANG_TEXT, 'T', "ESF 3112-3120; WGEID",
        N_("Kind of place"), N_("Police station, camp, prison, house.")),
    VLT_ROW("detention.N.place", LANG_TEXT, 'T', "ESF 3112-3120; WGEID",
        N_("Which place"), N_("Its name and where it is.")),
    VLT_ROW("detention.N.date", DATE, 'T', "ESF 3112-3120; WGEID",
        N_("From and until"), N_("2029-10/2031, or 2029-10/ when not ended.")),
    VLT_ROW("detention.N.conditions", LONG_TEXT, 'T', "ESF 3112-3120",
        N_("Conditions"), N_("Room, food, light, work, care.")),
    VLT_ROW("detention.N.whereabouts", LANG_TEXT, 'T', "WGEID",
        N_("Was the family told where"), N_("By whom, and when.")),
    VLT_ROW("detention.N.contact", LANG_TEXT, 'T', "WGEID",
        N_("Contact with outside"), N_("Visits, calls, letters.")),
    VLT_ROW("detention.N.counsel", LANG_TEXT, 'T', "ESF 3112-3120",
        N_("Lawyer"), N_("Whether there was one, chosen by whom.")),
    VLT_ROW("detention.N.court", LANG_TEXT, 'T', "ESF 3112-3120; WGEID",
        N_("Court"), N_("Which, and whether it was open.")),
    VLT_ROW("detention.N.sentence", LANG_TEXT, 'T', "ESF 3112-3120; WGEID",
        N_("Sentence"), N_("For what, and how long.")),
    VLT_ROW("detention.N.sentence.date", DATE, 'T', "ESF 3112-3120",
        N_("Date of the sentence"), N_("Of the day it was spoken.")),
    VLT_ROW("detention.N.sentence.end", DATE, 'T', "ESF 3112-3120",
        N_("End of the sentence"), N_("As it was spoken.")),
};

static const struct vault_form_field status[] = {
    VLT_ROW("status", LANG_TEXT, 'T', "TW; ESF 2123", N_("Status now"),
        N_("Free, in prison, whereabouts unknown, dead.")),
    VLT_ROW("status.as-of", DATE, 'T', "TW; ESF 2123", N_("As of"),
        N_("The day for which that is said.")),
    VLT_ROW("status.source", LANG_TEXT, 'T', "TW", N_("Known from"),
        N_("Who or what says so.")),
    VLT_CHOICE("status.certainty", 'T', "TW", SURE, N_("How sure"),
        N_("In the judgement of whoever takes it down.")),
    VLT_ROW("status.before.N", LANG_TEXT, 'T', "TW; ESF 2123",
        N_("Status before"), N_("One at a time, the oldest first.")),
    VLT_ROW("status.before.N.as-of", DATE, 'T', "TW; ESF 2123", N_("As of"),
        N_("The day for which that was said.")),
    VLT_ROW("status.before.N.source", LANG_TEXT, 'T', "TW", N_("Known from"),
        N_("Who or what said so.")),
    VLT_CHOICE("status.before.N.certainty", 'T', "TW", SURE, N_("How sure"),
        N_("In the judgement of whoever takes it down.")),
};

static const struct vault_form_field steps[] = {
    VLT_CHOICE("step.N.type", 'T', "WGEID; ESF 2609-2651",
        "petition|police|embassy|court|other", N_("Step of the family"),
        N_("What was tried.")),
    VLT_ROW("step.N.date", DATE, 'T', "WGEID; ESF 2609-2651", N_("When"),
        N_("The day, month or year.")),
    VLT_ROW("step.N.text", LANG_TEXT, 'T', "WGEID; ESF 2609-2651",
        N_("What was done"), N_("Where, and with whom.")),
    VLT_ROW("step.N.answer", LANG_TEXT, 'T', "WGEID; ESF 2609-2651",
        N_("Answer"), N_("Or that there was none.")),
    VLT_ROW("step.N.answer.date", DATE, 'T', "WGEID; ESF 2609-2651",
        N_("Date of the answer"), N_("The day, month or year.")),
};

static const struct vault_form_field injury[] = {
    VLT_CHOICE("injury.trained", 'T', "IP 2022; MC", "yes|no",
        N_("Is the interviewer trained to ask about torture"),
        N_("If not, do not ask: skip this part.")),
    VLT_ROW("injury.topics", LANG_TEXT, 'T', "IP 2022", N_("What it was about"),
        N_("Topics of the Istanbul Protocol that came up.")),
    VLT_ROW("injury.text", LONG_TEXT, 'T', "IP 2022; MC",
        N_("In the person's own words"), N_("Only what is told freely.")),
    VLT_CHOICE("injury.referral", 'T', "IP 2022; MC", "yes|no",
        N_("Help offered"), N_("Medical or psychological referral.")),
};

static const struct vault_form_field judged[] = {
    VLT_ROW("reliability", LANG_TEXT, 'S', "ESF 0953, 2553",
        N_("Reliability of the source"), N_("And why.")),
    VLT_ROW("consistency", LANG_TEXT, 'S', "ESF 0953, 2553; TW",
        N_("Consistency"), N_("Within itself and with what is known.")),
    VLT_ROW("corroboration.N", LINK, 'S', "ESF 2553; TW", N_("Corroborated by"),
        N_("A record that says the same.")),
    VLT_CHOICE("duplicate.check", 'S', "TW",
        "not done|none found|possible|found", N_("Is it in the vault already"),
        N_("Look for the names in every spelling.")),
};

static const struct vault_form_field risk[] = {
    VLT_CHOICE("risk.victim", 'S', "TW; EJ; OHCHR", RISKS,
        N_("Risk to the victim"), N_("If it is known that this was told.")),
    VLT_CHOICE("risk.family", 'S', "TW; EJ; OHCHR", RISKS,
        N_("Risk to the family"), N_("If it is known that this was told.")),
    VLT_CHOICE("risk.source", 'S', "TW; EJ; OHCHR", RISKS,
        N_("Risk to the source"), N_("If it is known that this was told.")),
    VLT_CHOICE("risk.interviewer", 'S', "TW; EJ; OHCHR", RISKS,
        N_("Risk to the interviewer"),
        N_("If it is known that this was told.")),
    VLT_ROW("risk.place", LANG_TEXT, 'S', "TW; EJ; OHCHR",
        N_("Risk of the place"), N_("Where the talk was held.")),
    VLT_ROW("risk.retaliation", LANG_TEXT, 'S', "TW; EJ; OHCHR",
        N_("Retaliation seen"), N_("Against whom, and when.")),
    VLT_ROW("risk.surveillance", LANG_TEXT, 'S', "TW; EJ; OHCHR",
        N_("Surveillance"), N_("Of telephone, house, family.")),
    VLT_ROW("risk.review", DATE, 'S', "TW; EJ; OHCHR", N_("Review on"),
        N_("When the risks are looked at again.")),
};

static const struct vault_form_field publishing[] = {
    VLT_CHOICE("public.identity", 'P', "TW", "full|part|none",
        N_("Identity in public"), N_("How much of it may be named.")),
    VLT_CHOICE("public.place", 'P', "TW", "country|province|county|town|none",
        N_("Place in public"), N_("The smallest that may be named.")),
    VLT_CHOICE("public.photo", 'P', "TW", "yes|no", N_("Photo in public"),
        N_("Whether it may be shown.")),
    VLT_ROW("consent.id", TEXT, 'P', "27560; PREMIS", N_("Consent"),
        N_("The id of the consent under which it is kept.")),
    VLT_ROW("consent.other.N", TEXT, 'P', "27560; PREMIS",
        N_("Another consent"), N_("Its id.")),
    VLT_ROW("custody.id", TEXT, 'P', "27560; PREMIS", N_("Custody log"),
        N_("The id of a custody log kept elsewhere.")),
};

static const struct vault_form_field recording[] = {
    VLT_ROW("recording.N.sha256", SHA256, 'T', "BP; EJ",
        N_("SHA-256 of the recording"), N_("64 hex digits.")),
    VLT_ROW("recording.N.media", TEXT, 'T', "BP; EJ", N_("Media type"),
        N_("Such as audio/ogg.")),
    VLT_ROW("recording.N.seconds", NUMBER, 'T', "BP; EJ",
        N_("Length in seconds"), N_("A whole number.")),
    VLT_ROW("recording.N.device", TEXT, 'T', "BP; EJ", N_("Device"),
        N_("Make and model.")),
    VLT_ROW("recording.N.app", TEXT, 'T', "BP; EJ", N_("Program"),
        N_("That recorded it, with its version.")),
};

static const struct vault_form_field story[] = {
    VLT_ROW("text", LONG_TEXT, 'T', "OHCHR; CID", N_("The testimony"),
        N_("In the words in which it was told.")),
    VLT_ROW("translation.N.text", LONG_TEXT, 'T', "CID; OHCHR",
        N_("Translation"), N_("In another language.")),
    VLT_ROW("translation.N.translator", TEXT, 'T', "CID; OHCHR",
        N_("Its translator, code"), N_("Never the name.")),
};

const struct vlt_registry_part vlt_registry_testimony[] = {
    {N_("The record"), record, VLT_COUNT(record)},
    {N_("Interview"), interview, VLT_COUNT(interview)},
    {N_("Witness"), witness, VLT_COUNT(witness)},
    {N_("Victim"), victim, VLT_COUNT(victim)},
    {N_("What happened"), event, VLT_COUNT(event)},
    {N_("Detention"), detention, VLT_COUNT(detention)},
    {N_("Status"), status, VLT_COUNT(status)},
    {N_("Steps of the family"), steps, VLT_COUNT(steps)},
    {N_("Injury and torture"), injury, VLT_COUNT(injury)},
    {N_("The account"), story, VLT_COUNT(story)},
    {N_("Recordings"), recording, VLT_COUNT(recording)},
    {N_("Judging the source"), judged, VLT_COUNT(judged)},
    {N_("Risk"), risk, VLT_COUNT(risk)},
    {N_("What may be public"), publishing, VLT_COUNT(publishing)},
    {NULL, NULL, 0},
};
