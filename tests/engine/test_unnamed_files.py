"""Uploads whose command never came: their files go after a day; what a row names stays, whatever the mark says."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from hallqueue import erasing
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.files import evidence, unnamed
from hallqueue.models import Notice
from tests.cases.test_concern_evidence import encoded
from tests.cases.test_concerns import raised
from tests.cases.test_findings import PLAN, client_of, found, say
from tests.hall import SmallHall, midday

HOUR = 3600.0
FOLDERS = (evidence.FOLDER, evidence.NOTICES, evidence.SENT)


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder of its own."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    return tmp_path


def uploaded(hours: float, folder: str = evidence.FOLDER) -> Path:
    """A file that was written so many hours ago."""
    name = evidence.file_name(new_key(), b"picture")
    evidence.keep(name, b"picture", folder)
    aged(name, hours, folder)
    return evidence.path_of(name, folder)


def aged(name: str, hours: float, folder: str = evidence.FOLDER) -> None:
    then = time.time() - hours * HOUR
    os.utime(settings.DATA / unnamed.MARKS / folder / name, (then, then))


def left(data: Path) -> Iterator[str]:
    """The names of all that lies in the folder."""
    return (path.name for path in data.rglob("*") if path.is_file())


@pytest.mark.both_databases
@pytest.mark.parametrize("folder", FOLDERS)
def test_an_upload_killed_before_its_command_leaves_nothing_for_longer_than_a_day(
    small_hall: SmallHall, data: Path, folder: str
) -> None:
    running, killed = uploaded(23, folder), uploaded(25, folder)
    erasing.look()
    assert (running.exists(), killed.exists()) == (True, False)
    aged(running.name, 25, folder)
    erasing.look()
    assert list(left(data)) == []


def test_one_killed_while_it_was_written_leaves_nothing_either(small_hall: SmallHall, data: Path) -> None:
    half = uploaded(25)
    half.rename(half.with_suffix(".part"))
    erasing.look()
    assert list(left(data)) == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_what_was_left_half_written_goes_with_the_first_look_and_what_is_being_written_stays(
    small_hall: SmallHall, data: Path, folder: str
) -> None:
    """A film is copied for seconds; its process may be killed in the middle, or be another one that lives."""
    dead = uploaded(0, folder)
    dead.rename(dead.with_suffix(".part"))
    name = evidence.file_name(new_key(), b"picture")

    def write(file: IO[bytes]) -> None:
        file.write(b"half")
        erasing.look()
        file.write(b" and half")

    evidence.keep_by(name, write, folder)
    assert evidence.path_of(name, folder).read_bytes() == b"half and half"
    assert not list(data.rglob("*.part"))


def test_who_sends_a_file_twice_at_once_has_it_whole(small_hall: SmallHall, data: Path) -> None:
    name, begun = evidence.file_name(new_key(), b"picture"), threading.Event()

    def first(file: IO[bytes]) -> None:
        file.write(b"pic")
        file.flush()
        begun.set()
        time.sleep(0.1)
        file.write(b"ture")

    def second(file: IO[bytes]) -> None:
        assert evidence.path_of(name).read_bytes() == b"picture"  # what lies there is never cut
        file.write(b"picture")

    with ThreadPoolExecutor(1) as other:
        writing = other.submit(evidence.keep_by, name, first)
        begun.wait(10)
        evidence.keep_by(name, second)
        writing.result(10)
    assert evidence.path_of(name).read_bytes() == b"picture"


@pytest.mark.both_databases
def test_what_a_row_names_stays(small_hall: SmallHall, data: Path) -> None:
    photo, poster, video = uploaded(25), uploaded(25, evidence.NOTICES), uploaded(25, evidence.SENT)
    raised(small_hall, photos=[[photo.name, 7]])
    draft = {"state": "draft", "put_at": timezone.now()}
    Notice.objects.create(hall=small_hall.hall, zh="海报", form="picture", file=poster.name, **draft)
    Notice.objects.create(hall=small_hall.hall, zh="短片", form="video", sent=video.name, **draft)
    for _ in range(2):
        erasing.look()
    assert sorted(left(data)) == sorted([photo.name, poster.name, video.name])


def test_who_sends_it_again_has_another_day(small_hall: SmallHall) -> None:
    """A telephone says a command again with its key, and the file has the same name again."""
    again = uploaded(25)
    evidence.keep(again.name, b"picture")
    erasing.look()
    assert again.exists()


def test_the_file_of_another_database_is_let_be(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = uploaded(25)
    monkeypatch.setattr("hallqueue.files.unnamed._database", lambda: "another")
    erasing.look()
    assert theirs.exists()


def test_a_file_that_nobody_marked_is_let_be(small_hall: SmallHall) -> None:
    older = uploaded(25)
    unnamed.unmark(older.name, evidence.FOLDER)
    erasing.look()
    assert older.exists()


def test_while_a_large_upload_comes_its_file_has_no_name(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Django's own would lie in the machine's folder of temporary files for ever once the process is killed."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    seen: list[tuple[int, list[Path]]] = []

    def look(request: Any, *_: Any) -> None:
        seen.extend((len(each.read()), list(folder.iterdir())) for each in request.FILES.getlist("photos"))
        raise Refused("photo_unreadable", 400)

    monkeypatch.setattr("hallqueue.web.cases.findings.kept_photos", look)
    finding = found(small_hall)
    photo = SimpleUploadedFile("a.jpg", b"x" * 3_000_000)
    answer = client_of(small_hall, "manager").post(
        f"/small/findings/{finding.pk}/photos/", {"key": new_key(), "photos": photo}
    )
    assert answer.status_code == 400
    assert seen == [(3_000_000, [])]


def test_a_photo_that_is_sent_again_elsewhere_and_refused_stays_where_it_belongs(
    small_hall: SmallHall,
) -> None:
    """The same picture under the same key has the same name: who may not give it to a finding takes it from no case."""
    concern, finding, client = raised(small_hall), found(small_hall), client_of(small_hall, "clerk1")
    say(small_hall, finding, "assign", **PLAN)
    key = new_key()
    posted = client.post(
        f"/small/concerns/{concern.pk}/photos/",
        {"key": key, "photos": SimpleUploadedFile("a.jpg", encoded("JPEG"))},
    )
    assert posted.status_code == 200
    again = client.post(
        f"/small/findings/{finding.pk}/photos/",
        {"key": key, "photos": SimpleUploadedFile("a.jpg", encoded("JPEG"))},
    )
    assert again.status_code == 409
    assert evidence.path_of(concern.photos.get().file).exists()


@pytest.mark.both_databases
def test_sessions_that_are_over_do_not_stay(small_hall: SmallHall) -> None:
    """Who never signs out leaves one each day."""
    with midday(small_hall) as clock:
        client_of(small_hall, "clerk1")
        clock.shift(timedelta(hours=11))
        client_of(small_hall, "clerk2")
        clock.shift(timedelta(hours=2))
        erasing.look()
        assert Session.objects.count() == 1
