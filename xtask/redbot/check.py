"""Asks every kind of address of delivery with REDbot, and prints what it finds that docs/PROXIES.md does not explain.

REDbot ends with 0 whatever it found, so what it found is read from its HAR.
"""

import json
import subprocess
import sys
import urllib.request

REDBOT, BASE = sys.argv[1:3]
EXPLAINED = {
    "STORE_PUBLIC_UNNECESSARY": "",
    "CONTENT_TYPE_MISMATCH": "/v1/media/",
    "STATUS_BAD_REQUEST": "/v1/objects/nope",
    "STATUS_NOT_FOUND": "/nope",
}


def read(path):
    with urllib.request.urlopen(BASE + path) as answer:
        return json.load(answer)


def addresses():
    pointer = "/v1/channels/production"
    snapshot = "/v1/snapshots/" + read(pointer)["snapshot"]
    place = snapshot + "/en"
    # Redirects are followed: what is read is the document.
    film = read(place + "/entries/video/same-half")["document"]["sources"][0]["media"]
    picture = read(place + "/entries/image/bars-one-half")["document"]["media"]
    with urllib.request.urlopen(BASE + place + "/entries/exercise/compare-fractions") as answer:
        document = answer.url.removeprefix(BASE)
    route = read(place + "/addresses/lesson/equal-parts")["route"]
    yield pointer
    yield snapshot
    yield place + "/entries"
    yield place + "/entries?kind=video&limit=2"
    yield place + "/entries?key=topic%2Froot"
    yield place + "/entries/topic/root"
    yield place + "/addresses/topic/root"
    yield place + "/routes/"
    yield place + "/routes/" + route
    yield document
    yield "/v1/media/" + film
    yield "/v1/media/" + picture
    yield "/v1/objects/nope"
    yield "/v1/channels/nope"
    yield "/" + pointer


def findings(path):
    har = subprocess.run([REDBOT, "-o", "har", BASE + path], capture_output=True, check=True, timeout=120).stdout
    for asked in json.loads(har)["log"]["entries"]:
        for message in asked.get("_red_messages", []):
            if message["level"] in ("WARN", "BAD"):
                yield message["note_id"], message["summary"]


def main():
    count, faults = 0, []
    for path in addresses():
        count += 1
        for note, summary in findings(path):
            if note not in EXPLAINED or EXPLAINED[note] not in path:
                faults.append(f"{path}: {note}: {summary}")
    print(f"{count} addresses, {len(faults)} findings")
    print("\n".join(faults))
    sys.exit(1 if faults or count == 0 else 0)


main()
