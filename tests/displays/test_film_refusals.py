"""What becomes of a film, or of a form, that cannot be taken: the hall's own page says so, and nothing is left."""

from __future__ import annotations

import shutil
import tempfile
from collections import namedtuple
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from hallqueue.bodies import COPIES, ROOM_KEPT
from hallqueue.pages import MOST_AT_ONCE
from hallqueue.texts import text
from tests.displays.test_notice_pages import WORDS, kept_files
from tests.displays.videos import mp4
from tests.hall import SmallHall

Disk = namedtuple("Disk", "total used free")
FILM = 200 * 2**20
NEEDED = MOST_AT_ONCE * COPIES * FILM + ROOM_KEPT


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def strict(hall: SmallHall, name: str = "desk") -> Client:
    """A signed-in browser that has to prove, as any, that its forms are the hall's."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(hall.people[name])
    return client


@pytest.mark.parametrize(("free", "status"), [(NEEDED, 204), (NEEDED - 1, 507)])
def test_a_film_for_which_there_is_no_room_is_refused_before_it_comes(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch, free: int, status: int
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(free, 0, free))
    answer = strict(small_hall).post("/small/notices/new/", headers={"X-Body-Ahead": str(FILM)})
    assert answer.status_code == status
    assert (text("errors.disk_full") in answer.content.decode()) == (status == 507)


def test_a_disk_that_fills_while_a_film_is_unpacked_is_said_in_the_hall_s_frame(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    def on_a_full_disk(dir: Path) -> IO[bytes]:  # noqa: A002
        return Path("/dev/full").open("w+b")

    monkeypatch.setattr(tempfile, "TemporaryFile", on_a_full_disk)
    film = SimpleUploadedFile("film.mp4", mp4() + bytes(3 * 2**20))
    answer = strict(small_hall).post("/small/notices/new/", WORDS | {"form": "video", "file": film})
    assert answer.status_code == 507
    assert text("errors.disk_full") in answer.content.decode()
    assert "/small/notices/" in answer.content.decode()
    assert kept_files(folder) == []


@pytest.mark.parametrize("kind", ["multipart", "plain"])
def test_a_form_with_more_words_than_any_page_takes_is_refused_in_the_hall_s_frame(
    small_hall: SmallHall, kind: str
) -> None:
    words, desk = "字" * 400_000, strict(small_hall)
    if kind == "multipart":
        answer = desk.post("/small/notices/new/", {"zh": words})
    else:
        plain = "application/x-www-form-urlencoded"
        answer = desk.post("/small/notices/new/", f"zh={words}", content_type=plain)
    assert answer.status_code == 413
    assert text("errors.too_large", limit="1 MB") in answer.content.decode()
    assert "/small/notices/" in answer.content.decode()


def test_asking_before_sending_changes_nothing_whatever_else_is_said(small_hall: SmallHall) -> None:
    manager = strict(small_hall, "manager")
    said = {"zh": "请有序离开", "key": "an-emergency-nobody-meant"}
    answer = manager.post("/small/notices/emergency/", said, headers={"X-Body-Ahead": "5"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert manager.post("/small/notices/emergency/", said).status_code == 403
    assert text("notices.emergency_stands") not in manager.get("/small/notices/").content.decode()
