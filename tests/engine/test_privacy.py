"""Privacy: personal words go in by every way there is; after the purges of the schedule none is found anywhere."""

from __future__ import annotations

import io
import logging
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from PIL import Image

from hallqueue import watch
from hallqueue.actions import appointments, helping, lending, messages
from hallqueue.actions.cases import concerns, rating_cases
from hallqueue.actions.command import new_key
from hallqueue.actions.house import slots
from hallqueue.actions.line import fallback, tickets
from hallqueue.chain import anchoring
from hallqueue.environment import database_of
from hallqueue.files import evidence
from hallqueue.models import ConcernPhoto, FindingFile, Rating
from tests.cases.test_findings import PLAN, found
from tests.cases.test_findings import say as move_finding
from tests.cases.test_ratings import bad, rate, served
from tests.cases.test_ratings import say as move_rating
from tests.cases.test_walkthroughs import begun
from tests.cases.test_walkthroughs import say as tap
from tests.hall import SmallHall, midday
from tests.project_hall import TEAM, opened
from tests.project_hall import say as move_project

NAME, GAPPED = "欧阳铁柱柱", "欧阳 铁柱柱"
PHONES = ("13812345678", "138 1234 5678", "138-1234-5678", "138.1234.5678", "１３８１２３４５６７８")
CARDS = ("150302199003071234", "150302 19900307 1234", "１５０３０２１９９００３０７１２３４")
WORDS = f"电话{'或'.join(PHONES)}，身份证{'即'.join(CARDS)}"
MARKS = (NAME, GAPPED, *PHONES, *CARDS)
KEPT_AS_THEY_ARE = ("hallqueue.Event.", "hallqueue.Receipt.")
LONG_AFTER = timedelta(days=70)
EXPORTS = (
    "audit/lines.csv",
    "audit/lines.xlsx",
    "concerns/ledger.xlsx",
    "ratings/export.csv",
    "ratings/export.json",
    "ledger/ledger.xlsx",
)


def photo() -> bytes:
    """A picture that says in its metadata whose it is."""
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = PHONES[0] + CARDS[0]
    Image.new("RGB", (64, 64)).save(out, "JPEG", exif=exif, comment=PHONES[0].encode())
    return out.getvalue()


def kept(ending: str = "jpg") -> dict[str, Any]:
    """A piece of evidence in the data folder."""
    content = evidence.redrawn(photo()) if ending == "jpg" else f"{NAME}{PHONES[0]}".encode()
    name = evidence.file_name(new_key(), content, ending)
    evidence.keep(name, content)
    return {"file": name, "size": len(content)}


def tell_tickets(small: SmallHall) -> None:
    """Notes for the next clerk, reasons, deposits, calls for help, messages to windows."""
    hall, manager, clerk = small.hall.pk, small.actor("manager"), small.actor("desk")
    first = small.issue(note=f"{NAME}，{WORDS}")
    small.call_next()
    small.say("note", people=2, note=f"{NAME}和家人，{WORDS}")
    small.say("park", reason=WORDS)
    small.say("pick", ticket=first["ticket"], reason=WORDS)
    small.say("transfer", service="invoice", reason=WORDS)
    small.call_next(2)
    fallback.refuse(hall, small.at(2), new_key(), window=2, kind="other", words=WORDS)
    cancelled = small.issue("housing")
    tickets.cancel(hall, clerk, new_key(), ticket=cancelled["ticket"], reason=WORDS)
    helping.ask_for_help(
        hall, clerk, new_key(), kind="other", place="desk", spot="门口", note=f"{NAME}{PHONES[0]}"
    )
    lending.load_items(hall, manager, new_key(), rows=[{"code": "umbrella", "name": "雨伞", "total": 2}])
    lent = lending.lend(hall, clerk, new_key(), item="umbrella", deposit=f"{NAME}的社保卡")
    lending.bring_back(hall, clerk, new_key(), loan=lent["loan"])
    messages.send(hall, manager, new_key(), text=WORDS)
    small.say("pause", 9, reason=WORDS[:90])


def tell_cases(small: SmallHall) -> None:
    """A concern from its first word to its archive, with a photo; a rating, good and bad, each with who it was."""
    manager, who = small.actor("manager"), {"name": NAME, "phone": PHONES[0]}
    words, picture = f"{NAME}即{GAPPED}说{WORDS}", kept()
    told: dict[str, Any] = {"failed": words, "step": words[:60], "wish": words, **who}
    photos = [[picture["file"], picture["size"]]]
    raised = concerns.raise_concern(
        small.hall.pk, manager, new_key(), kind="slow", channel="window", photos=photos, **told
    )
    for verb, said in (
        ("accept", {}),
        ("classify", {"kind": "slow", "grade": "ordinary"}),
        ("assign", {"handler": "small-clerk1", "reason": words}),
        ("note", {"note": words}),
        ("resolve", {"answer": words, "cause": "材料要求不清", "improvement": words}),
        ("tell", {"how": words[:60]}),
        ("call_back", {"satisfaction": 5, "note": words}),
        ("archive", {}),
    ):
        concerns.move_concern(small.hall.pk, manager, new_key(), concern=raised["concern"], verb=verb, **said)
    concerns.reveal(small.hall.pk, manager, new_key(), concern=raised["concern"], reason=words)
    rate(small, served(small, 3, "housing"), 5, comment=words, **who)
    case = bad(small, comment=words, **who)
    rating_cases.reveal_rater(small.hall.pk, manager, new_key(), case=case.pk, reason=words)
    for verb, said in (
        ("call_back", {"note": words}),
        ("classify", {"sort": "explain", "reason": words}),
        ("note", {"note": words}),
        ("answer", {"answer": words}),
        ("close", {}),
    ):
        move_rating(small, case, verb, **said)


def tell_walks(small: SmallHall) -> None:
    """A walkthrough with its words, a finding with photo and memo, a project."""
    walk = begun(small, situation=WORDS, place_note="大厅")
    tap(small, "note_finding", walkthrough=walk, ref="phone-0009", kind="materials", severity=1, note=WORDS)
    for kind, ending in (("photo", "jpg"), ("memo", "webm")):
        tap(small, "add_file", walkthrough=walk, ref="phone-0009", kind=kind, **kept(ending))
    tap(small, "tell_facts", walkthrough=walk, reused=WORDS, suggestion=WORDS)
    tap(small, "drop_walkthrough", walkthrough=walk, reason=WORDS)
    finding = found(small)
    move_finding(small, finding, "assign", **PLAN)
    move_finding(small, finding, "note", "clerk1", note=WORDS)
    project = opened(small, problem=WORDS, aim=WORDS)
    move_project(small, project, "start", **TEAM)
    move_project(small, project, "note", "clerk1", step="advance", note=WORDS)


def book(small: SmallHall) -> None:
    """An appointment under a name, and one that is called off."""
    hall, manager = small.hall.pk, small.actor("manager")
    day = small.hall.local_date(timezone.now()) + timedelta(days=1)
    about = {"service": "housing", "day": str(day), "start": "10:00", "end": "10:30", "capacity": 2}
    slot = slots.make_slot(hall, manager, new_key(), **about)["slot"]
    appointments.book(hall, small.actor("desk"), new_key(), slot=slot, name=NAME, phone=PHONES[0])


def come_to_the_door(small: SmallHall) -> None:
    """Typed where it does not belong: a name and number into the sign-in and the search."""
    cache.clear()
    browser = Client()
    browser.post("/sign-in/", {"username": f"{NAME}{PHONES[0]}", "password": CARDS[0]})
    browser.force_login(small.people["desk"])
    browser.get("/small/tickets/", {"q": NAME})
    browser.get("/small/desk/find/", {"q": PHONES[0]})


def columns() -> Iterator[tuple[str, str]]:
    """Every column of every row of every table, as text."""
    for model in apps.get_models():
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._default_manager.values_list(*names):
            yield from (
                (f"{model._meta.label}.{name}", str(value)) for name, value in zip(names, row, strict=True)
            )


def files(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes().decode("utf-8", "replace")


def exports(small: SmallHall) -> Iterator[tuple[str, str]]:
    browser = Client()
    browser.force_login(small.people["administrator"])
    for name in EXPORTS:
        answer = browser.get(f"/small/{name}")
        assert answer.status_code == 200, name
        yield name, unpacked(answer.content)


def unpacked(content: bytes) -> str:
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def personal(places: Iterator[tuple[str, str]]) -> set[tuple[str, str]]:
    return {(place, mark) for place, content in places for mark in MARKS if mark in content}


def test_what_is_erased_is_overwritten_in_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "hall.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        options: Any = database_of("", tmp_path)["OPTIONS"]
        database.execute("PRAGMA secure_delete=OFF")  # as most builds begin, though not Debian's
        database.executescript(options["init_command"])
        database.execute("CREATE TABLE told (words TEXT)")
        database.executemany("INSERT INTO told VALUES (?)", [(NAME * 40,), (GAPPED,), (NAME * 4000,)])
        database.execute("UPDATE told SET words = '' WHERE words <> ?", (GAPPED,))
        database.execute("DELETE FROM told")
    assert personal(files(tmp_path)) == set()


@pytest.mark.slow
def test_after_the_purge_no_personal_text_is_found_anywhere(
    small_hall: SmallHall,
    settings: Any,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.DATA, settings.ANCHORS = tmp_path, tmp_path / "anchors.txt"
    caplog.set_level(logging.INFO)
    with midday(small_hall) as clock:
        for way_in in (tell_tickets, tell_cases, tell_walks, book, come_to_the_door):
            way_in(small_hall)
        log = {place for place, _ in personal(columns()) if place.startswith(KEPT_AS_THEY_ARE)}
        assert log == set(), "it may not get in at all"
        assert personal(columns()), "it was there"
        assert ConcernPhoto.objects.exists()
        assert FindingFile.objects.exists()
        assert Rating.objects.exclude(phone_sealed="").count() == 2
        clock.shift(LONG_AFTER)
        with django_capture_on_commit_callbacks(execute=True):  # files go once the transaction stands
            for _ in range(3):
                watch.Watch().look()
        anchoring.look()
        assert personal(columns()) == set()
        assert personal(files(tmp_path)) == set()
        assert personal(exports(small_hall)) == set()
    assert personal(iter([("server's log", caplog.text)])) == set()
    assert not [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    assert not Rating.objects.exclude(phone_sealed="", name_sealed="").exists()
