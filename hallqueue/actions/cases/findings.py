"""Findings (堵点): noted in two taps while walking, described by words, photos and voice, several to a step."""

import re
from typing import Any

from hallqueue.actions.cases.concern_words import long_text
from hallqueue.actions.cases.finding_rights import may_say, seen_by
from hallqueue.actions.cases.walkthroughs import choice_of, moment_of, own_walkthrough
from hallqueue.actions.command import Answer, Command, command
from hallqueue.actions.numbering import numbered
from hallqueue.cases.finding_states import move as say_finding
from hallqueue.cases.moves import keep_line
from hallqueue.cases.walkthrough_states import move
from hallqueue.errors import Refused
from hallqueue.models import Finding, FindingFile, Walkthrough

MOST_FINDINGS = 60
MOST_FILES = {"photo": 6, "memo": 3}

_REF = re.compile(r"[A-Za-z0-9_-]{8,64}")


@command
def note_finding(
    c: Command, *, walkthrough: int, ref: str, kind: str, severity: int, at: int = 0, note: str = ""
) -> Answer:
    """Something is in the way; `ref` is the phone's own name for it. Answers {finding, number}.

    Raises Refused: unknown_walkthrough, walkthrough_state, bad_input, finding_limit.
    """
    walk = own_walkthrough(c, walkthrough)
    if not _REF.fullmatch(ref) or walk.findings.filter(ref=ref).exists():
        raise Refused("bad_input", 400, detail="ref")
    if severity not in Finding.Severity.values:
        raise Refused("bad_input", 400, detail="severity")
    if walk.findings.count() >= MOST_FINDINGS:
        raise Refused("finding_limit", limit=MOST_FINDINGS)
    found = Finding(hall=c.hall, walkthrough=walk, ref=ref, severity=severity, **numbered(c, Finding, "D"))
    found.note = long_text(note, 1000)
    found.kind = choice_of("kind", kind, Finding.Kind.values)
    found.found_at = moment_of(c, walk, at)
    found.save()
    seq = move(c.log, walk, "find", told={"finding": found.pk, "label": found.label, "kind": kind})
    keep_line(c.log, found, seq)
    return {"finding": found.pk, "number": found.label}


@command
def describe_finding(c: Command, *, walkthrough: int, ref: str, note: str) -> Answer:
    """What it is, in words; said again, the later words stand."""
    walk, found = _own(c, walkthrough, ref)
    found.note = long_text(note, 1000)
    move(c.log, walk, "describe", told={"finding": found.pk, "label": found.label})
    found.save(update_fields=["note"])
    return {"finding": found.pk}


@command
def add_file(
    c: Command, *, walkthrough: int, ref: str, kind: str, file: str, size: int, seconds: int = 0
) -> Answer:
    """A photo or a memo that is kept already. Raises Refused: unknown_finding, finding_photos, finding_memos."""
    walk, found = _own(c, walkthrough, ref)
    choice_of("kind", kind, FindingFile.Kind.values)
    move(c.log, walk, "describe", told={"finding": found.pk, "label": found.label, "kind": kind})
    _keep_file(c, found, kind=kind, file=file, size=size, seconds=seconds)
    return {"finding": found.pk}


@command
def add_evidence(c: Command, *, finding: int, file: str, size: int) -> Answer:
    """A photo of what was done, by the owner or a manager, that is kept already.

    Raises Refused: unknown_finding, not_allowed, finding_state, finding_photos.
    """
    found = Finding.objects.filter(seen_by(c.by), hall=c.hall, pk=finding).first()
    if found is None:
        raise Refused("unknown_finding", 404)
    if not may_say(c.by, found, "evidence"):
        raise Refused("not_allowed", 403)
    _keep_file(c, found, kind=FindingFile.Kind.PHOTO, file=file, size=size)
    say_finding(c.log, found, "evidence")
    return {"finding": found.pk}


def _keep_file(c: Command, finding: Finding, *, kind: str, **kept: Any) -> None:
    """One more file of a finding. Raises Refused: finding_photos, finding_memos."""
    if finding.files.filter(kind=kind, added_by=c.by.name).count() >= MOST_FILES[kind]:
        raise Refused(f"finding_{kind}s", 400, limit=MOST_FILES[kind])
    by = {"added_by": c.by.name, "added_at": c.now}
    FindingFile.objects.create(hall=c.hall, finding=finding, kind=kind, **by, **kept)


def _own(c: Command, walkthrough: int, ref: str) -> tuple[Walkthrough, Finding]:
    walk = own_walkthrough(c, walkthrough)
    found = walk.findings.filter(ref=ref[:64].replace("\x00", "")).first()
    if found is None:
        raise Refused("unknown_finding", 404)
    return walk, found
