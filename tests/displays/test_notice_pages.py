"""The staff's pages of notices, playlists and boards: what they show, take and refuse, and who gets the media."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from displays import media
from displays.filming import Filming
from displays.media import FOLDER, LONGEST_SIDE
from displays.models import Board, Playlist
from hallqueue.actions.command import new_key
from hallqueue.files import evidence
from hallqueue.models import Notice
from hallqueue.texts import text
from tests.cases.test_concern_evidence import bomb, on_a_full_disk
from tests.displays.films import film
from tests.displays.videos import mp4, track, webm
from tests.hall import SmallHall, make_small_hall

LARGEST = 3 * 2**20
PLACE = b"Wuhai 39.65N 106.81E"
WORDS = {"kind": "public", "zh": "第一次来", "first_day": "", "last_day": ""}


def picture() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = PLACE.decode()
    Image.new("RGB", (640, 360), "navy").save(out, "JPEG", exif=exif)
    return out.getvalue()


def as_role(hall: SmallHall, name: str) -> Client:
    client = Client()
    client.force_login(hall.people[name])
    return client


def drafted(hall: SmallHall, form: str, content: bytes, by: str = "desk", key: str = "") -> Any:
    file = SimpleUploadedFile("from a phone", content)
    written = WORDS | {"form": form, "file": file, "key": key or new_key()}
    return as_role(hall, by).post("/small/notices/new/", written)


def kept_files(folder: Path) -> list[Path]:
    return [each for each in folder.glob("notices*/**/*") if each.is_file()]


def moved(hall: SmallHall, by: str, verb: str, **details: Any) -> Any:
    notice = Notice.objects.latest("pk")
    said = {"notice": notice.pk, "verb": verb, "key": new_key(), "version": notice.version, **details}
    return as_role(hall, by).post("/small/notices/", said)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_a_picture_goes_from_the_form_to_the_boards_without_what_the_camera_noted(
    small_hall: SmallHall,
) -> None:
    assert drafted(small_hall, "picture", picture()).status_code == 303
    notice = Notice.objects.get()
    page = as_role(small_hall, "manager").get("/small/notices/").content.decode()
    assert text("notices.verb.approve") in page
    for verb in ("approve", "show"):
        assert moved(small_hall, "manager", verb).status_code == 303
    shown = as_role(small_hall, "clerk1").get(f"/small/notices/media/{notice.file}")
    assert shown["Content-Type"] == "image/jpeg"
    assert "immutable" in shown["Cache-Control"]
    content = shown.getvalue()
    assert PLACE not in content
    with Image.open(io.BytesIO(content)) as image:
        assert (image.size, dict(image.getexif())) == ((640, 360), {})


def test_media_are_for_the_hall_and_its_boards_alone(small_hall: SmallHall) -> None:
    drafted(small_hall, "video", film(notes={"title": PLACE.decode()}))
    Filming().look()
    notice = Notice.objects.get()
    assert (notice.seconds, notice.form) == (2, "video")
    address = f"/small/notices/media/{notice.file}"
    assert PLACE not in as_role(small_hall, "desk").get(address).getvalue()
    other = make_small_hall((), slug="other")
    assert as_role(other, "desk").get(f"/other/notices/media/{notice.file}").status_code == 404
    assert Client().get(address).status_code == 302
    assert as_role(small_hall, "desk").get("/small/notices/media/..%2Fsecret").status_code == 404


@pytest.mark.parametrize(
    ("form", "content", "code", "params"),
    [
        ("picture", b"GIF89a no picture", "photo_unreadable", {}),
        ("picture", bomb(), "photo_too_many_pixels", {"limit": 40}),
        ("picture", mp4(), "photo_unreadable", {}),
        ("picture", picture()[:-400], "photo_unreadable", {}),
        ("video", picture(), "video_unknown", {}),
        ("video", bytes(LARGEST + 1), "video_too_large", {"limit": "3 MB"}),
        ("video", mp4(track(b"vide", b"mp4v", 8)), "video_codec", {"detail": "mp4v"}),
        ("video", webm()[:-3], "video_broken", {"detail": "18538067"}),
    ],
)
def test_what_is_no_picture_or_video_of_ours_gets_a_sentence_and_leaves_nothing(
    small_hall: SmallHall,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    content: bytes,
    code: str,
    params: dict[str, Any],
) -> None:
    monkeypatch.setattr(media, "LARGEST_VIDEO", LARGEST)
    answer = drafted(small_hall, form, content)
    assert answer.status_code in (400, 413)
    assert text(f"errors.{code}", **params) in answer.content.decode()
    assert WORDS["zh"] in answer.content.decode()  # what was typed is not lost
    assert not Notice.objects.exists()
    assert kept_files(folder) == []


def test_a_full_disk_is_said_and_leaves_neither_a_notice_nor_half_a_file(
    small_hall: SmallHall, folder: Path
) -> None:
    key, content = new_key(), evidence.redrawn(picture(), LONGEST_SIDE)
    on_a_full_disk(evidence.path_of(evidence.file_name(key, content, "jpg"), FOLDER))
    answer = drafted(small_hall, "picture", picture(), key=key)
    assert answer.status_code == 507
    assert text("errors.disk_full") in answer.content.decode()
    assert (Notice.objects.count(), kept_files(folder)) == (0, [])
    assert drafted(small_hall, "picture", picture()).status_code == 303


def test_a_file_whose_words_are_refused_is_not_kept(small_hall: SmallHall, folder: Path) -> None:
    said = WORDS | {
        "form": "picture",
        "zh": " ",
        "file": SimpleUploadedFile("x", picture()),
        "key": new_key(),
    }
    assert as_role(small_hall, "desk").post("/small/notices/new/", said).status_code == 400
    assert kept_files(folder) == []


def test_a_playlist_is_made_on_its_page_and_an_empty_one_refused(small_hall: SmallHall) -> None:
    drafted(small_hall, "picture", picture())
    notice = Notice.objects.get().pk
    manager = as_role(small_hall, "manager")
    said: dict[str, Any] = {"name": "日常", "is_active": "1", "key": new_key()}
    refused = manager.post("/small/playlists/new/", said)
    assert text("errors.playlist_empty") in refused.content.decode()
    said |= {
        "notices": [notice],
        f"place{notice}": "1",
        f"seconds{notice}": "30",
        "weekdays": ["0"],
        "key": new_key(),
    }
    assert manager.post("/small/playlists/new/", said | {"hours": "9:00-17:00"}).status_code == 303
    row = Playlist.objects.get()
    assert (row.weekdays, row.spans, row.entries.get().seconds) == ([0], [["09:00", "17:00"]], 30)
    page = manager.get(f"/small/playlists/{row.pk}/").content.decode()
    assert "09:00-17:00" in page
    backwards = said | {"first_day": "2027-02-01", "last_day": "2027-01-01", "key": new_key()}
    assert (
        text("errors.ends_before_start")
        in manager.post(f"/small/playlists/{row.pk}/", backwards).content.decode()
    )
    assert (
        manager.post(f"/small/playlists/{row.pk}/", {"verb": "remove", "key": new_key()}).status_code == 303
    )


def test_one_press_begins_an_emergency_and_one_ends_it(small_hall: SmallHall) -> None:
    manager, key = as_role(small_hall, "manager"), new_key()
    for _ in range(2):  # the same key twice is one emergency
        assert manager.post("/small/notices/emergency/", {"zh": "请有序离开", "key": key}).status_code == 303
    assert Notice.objects.get().is_emergency
    assert text("notices.emergency_stands") in manager.get("/small/notices/").content.decode()
    refused = manager.post("/small/notices/emergency/", {"zh": "再来", "key": new_key()})
    assert text("errors.emergency_stands") in refused.content.decode()
    assert manager.post("/small/notices/emergency/", {"verb": "end", "key": new_key()}).status_code == 303
    assert Notice.objects.get().ended_at is not None


def test_a_board_is_laid_out_on_its_page_and_seen_before_it_is_saved(small_hall: SmallHall) -> None:
    manager = as_role(small_hall, "manager")
    choices: dict[str, Any] = {
        "name": "入口",
        "main": "big",
        "side": "areas",
        "glass": "1920x1080",
        "dress": "timed",
        "night": "",
    }
    choices |= {"zones": ["A区"], "glass_mm": "680", "farthest_m": "12.5"}
    preview = manager.get("/small/board/preview/", choices | {"crowd": "many"})
    assert "frame-ancestors 'self'" in preview["Content-Security-Policy"]
    assert preview["X-Frame-Options"] == "SAMEORIGIN"
    assert text("board.example") in preview.content.decode()
    reach = manager.get("/small/setup/boards/reach.json", choices).json()
    assert (reach["reached"], "31" in reach["sentence"]) == (True, True)
    far = manager.get(
        "/small/setup/boards/reach.json", choices | {"main": "calls", "side": "none", "farthest_m": "60"}
    )
    assert far.json()["reached"] is False
    assert not Board.objects.exists()
    assert manager.post("/small/setup/boards/new/", choices | {"key": new_key()}).status_code == 303
    board = Board.objects.get()
    assert (board.main, float(board.farthest_m or 0), board.zones) == ("big", 12.5, ["A区"])
    assert "入口" in manager.get("/small/setup/boards/").content.decode()
    wrong = manager.post(f"/small/setup/boards/{board.pk}/", choices | {"zones": ["Z区"], "key": new_key()})
    assert text("errors.zone_unknown", zone="Z区") in wrong.content.decode()
    unclear = manager.get("/small/board/preview/", choices | {"farthest_m": "12.55"})
    assert "“最远的座位（米）”要在 1 到 200 之间" in unclear.content.decode()
    shown = manager.get(f"/small/board/?board={board.pk}")
    assert 'data-main="big"' in shown.content.decode()
    assert (
        manager.get("/small/board/programme.json", {"board": board.pk}).json()["topic"]
        == f"board:small:#{board.pk}"
    )
    assert manager.get("/small/board/?board=999").status_code == 404
    assert manager.get("/small/board/?zone=Z区").status_code == 404
    assert (
        manager.post(f"/small/setup/boards/{board.pk}/", {"verb": "remove", "key": new_key()}).status_code
        == 303
    )
