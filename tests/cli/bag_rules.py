#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# bag_rules.py: the rules of RFC 8493 on a folder, by a second implementation
# that knows nothing of ours. Prints what is wrong, and ends with 1 then.
import hashlib
import os
import re
import sys

bag = sys.argv[1]
wrong = []


def rule(holds, text):
    if not holds:
        wrong.append(text)


def read(name):
    with open(os.path.join(bag, name), "rb") as f:
        return f.read()


def digest(name, algorithm):
    h = hashlib.new(algorithm)
    h.update(read(name))
    return h.hexdigest()


files = set()
for folder, folders, names in os.walk(bag):
    for n in folders + names:
        rule(not os.path.islink(os.path.join(folder, n)), f"{n} is a link")
    for n in names:
        files.add(os.path.relpath(os.path.join(folder, n), bag))
payload = {f for f in files if f.startswith("data/")}

# 2.1.1
rule(
    read("bagit.txt")
    == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
    "bagit.txt",
)


def manifest(name, algorithm):
    sums = {}
    for line in read(name).decode("utf-8").split("\n")[:-1]:
        m = re.fullmatch(r"([0-9a-f]+)[ \t]+(.+)", line)
        rule(m is not None, f"{name}: {line}")
        if m is None:
            continue
        path = m.group(2)
        # 2.1.3: LF, CR and % are encoded, and nothing else
        rule(re.search(r"%(?!0A|0D|25)", path) is None, f"{name}: {path}")
        path = re.sub("%0A", "\n", path)
        path = re.sub("%0D", "\r", path)
        path = re.sub("%25", "%", path)
        rule(path not in sums, f"{name}: {path} twice")
        rule(not path.startswith("/") and ".." not in path.split("/"), path)
        sums[path] = m.group(1)
    for path, want in sums.items():
        rule(path in files, f"{name}: {path} is missing")
        if path in files:
            rule(digest(path, algorithm) == want, f"{name}: {path}")
    return set(sums)


for algorithm in "sha256", "sha512":
    # 2.1.3, 3: each payload manifest lists all of the payload
    listed = manifest(f"manifest-{algorithm}.txt", algorithm)
    rule(listed == payload, f"{algorithm}: {listed ^ payload}")
    # 2.2.1: tag manifests list tags, never payload or tag manifests
    listed = manifest(f"tagmanifest-{algorithm}.txt", algorithm)
    rest = {f for f in files - payload if not f.startswith("tagmanifest-")}
    rule(listed == rest, f"tags of {algorithm}: {listed ^ rest}")

# 2.2.2
info = {}
for line in read("bag-info.txt").decode("utf-8").split("\n")[:-1]:
    label, _, value = line.partition(": ")
    rule(value != "" and label not in info, f"bag-info.txt: {line}")
    info[label] = value
size = sum(os.path.getsize(os.path.join(bag, f)) for f in payload)
rule(info.get("Payload-Oxum") == f"{size}.{len(payload)}", "Payload-Oxum")
rule(
    re.fullmatch(r"\d{4}-\d{2}-\d{2}", info.get("Bagging-Date", "")),
    "Bagging-Date",
)
rule(re.fullmatch(r"[0-9a-f]{32}", info.get("External-Identifier", "")), "id")
rule("Bag-Software-Agent" in info, "Bag-Software-Agent")
rule("fetch.txt" not in files, "fetch.txt")

for text in wrong:
    print(text)
sys.exit(1 if wrong else 0)
