"""A video on its way from the form to the boards: it waits, is drawn anew, and is approved only then."""

from __future__ import annotations

import fcntl
import shutil
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from displays import filming
from displays.filming import DRAFTED_AGAIN, FULL, LOOKS, MOST_TRIES, Filming
from displays.media import FOLDER, ROOM_TO_MAKE, SENT, beside
from hallqueue.actions import drafting, videos
from hallqueue.actions.command import THE_HALL, new_key
from hallqueue.errors import Refused
from hallqueue.files import evidence
from hallqueue.models import Event, Notice
from hallqueue.texts import text
from hallqueue.workers import AT_ONCE
from tests.displays.films import UPRIGHT, Seen, film, lying, turned
from tests.displays.test_film_refusals import Disk
from tests.displays.test_notice_pages import WORDS, as_role, drafted, kept_files, moved
from tests.displays.videos import mp4
from tests.hall import SmallHall

KILLED = (sys.executable, "-c", "import os; print('{\"part\": 0.37}', flush=True); os.kill(os.getpid(), 9)")
SLEEPS = (sys.executable, "-c", "import time; time.sleep(600)")
GOES_ON = (sys.executable, "-c", "import time; print('{\"part\": 0.1}', flush=True); time.sleep(600)")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def sent(hall: SmallHall, raw: bytes | None = None) -> Notice:
    """A video that somebody of the desk just sent."""
    assert drafted(hall, "video", raw or film()).status_code == 303
    return Notice.objects.latest("pk")


def page_of(hall: SmallHall, role: str = "manager") -> str:
    return as_role(hall, role).get("/small/notices/").content.decode()


def waiting_files(folder: Path) -> list[str]:
    return sorted(each.suffix for each in (folder / SENT).rglob("*.*"))


def test_a_video_waits_is_drawn_anew_and_only_then_approved_and_shown(
    small_hall: SmallHall, folder: Path
) -> None:
    notice = sent(small_hall, turned(film(), UPRIGHT))
    assert (notice.file, notice.state, notice.seconds) == ("", "draft", 2)
    assert text("notices.video_next") in page_of(small_hall)
    assert 'value="approve"' not in page_of(small_hall)
    refused = moved(small_hall, "manager", "approve")
    assert text("errors.video_not_made") in refused.content.decode()

    assert Filming().look() == AT_ONCE
    made = Notice.objects.get()
    assert (made.sent, made.fault, made.version, made.seconds) == ("", {}, 2, 2)
    assert waiting_files(folder) == []
    seen = Seen(evidence.path_of(made.file, FOLDER))
    assert (seen.codec, seen.sizes) == ("h264", {(90, 160)})
    assert made.bytes == evidence.path_of(made.file, FOLDER).stat().st_size
    for verb in ("approve", "show"):
        assert moved(small_hall, "manager", verb).status_code == 303
    media = as_role(small_hall, "clerk1").get(f"/small/notices/media/{made.file}")
    assert (media.status_code, media["Content-Type"]) == (200, "video/mp4")
    assert Filming().look() == LOOKS
    told = Event.objects.get(kind="notice.video_made")
    assert (told.by, told.data["notice"]) == ("hall", made.pk)


def test_who_read_it_before_the_video_was_ready_reads_it_again(small_hall: SmallHall) -> None:
    notice = sent(small_hall)
    Filming().look()
    refused = moved(small_hall, "manager", "approve", version=notice.version)
    assert text("errors.notice_changed") in refused.content.decode()


def test_nobody_can_ask_for_a_video_as_it_was_sent(small_hall: SmallHall) -> None:
    notice = sent(small_hall)
    address = f"/small/notices/media/{notice.sent}"
    assert as_role(small_hall, "manager").get(address).status_code == 404


@pytest.mark.parametrize("state", ["approved", "shown"])
def test_the_schema_itself_lets_nothing_half_made_be_approved_or_shown(
    small_hall: SmallHall, state: str
) -> None:
    notice = sent(small_hall)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(state=state, approved_by="user:0")


def test_a_video_of_which_none_can_be_made_is_refused_with_a_sentence_and_may_be_sent_anew(
    small_hall: SmallHall, folder: Path
) -> None:
    notice = sent(small_hall, mp4())
    Filming().look()
    refused = Notice.objects.get()
    assert refused.fault == {"code": "video_empty", "detail": ""}
    assert (refused.file, waiting_files(folder)) == ("", [])
    for role in ("manager", "desk"):
        page = page_of(small_hall, role)
        assert text("errors.video_empty") in page
        assert text("notices.video_again") in page
        assert 'value="approve"' not in page
    assert text("errors.video_not_made") in moved(small_hall, "manager", "approve").content.decode()
    assert Filming().look() == LOOKS

    desk = as_role(small_hall, "desk")
    words = WORDS | {"form": "video", "zh": "换了字"}
    assert desk.post(f"/small/notices/{notice.pk}/", words | {"key": new_key()}).status_code == 303
    assert Notice.objects.get().fault == refused.fault  # other words do not make the video better
    better = words | {"file": SimpleUploadedFile("better", film()), "key": new_key()}
    assert desk.post(f"/small/notices/{notice.pk}/", better).status_code == 303
    assert Notice.objects.get().fault == {}
    Filming().look()
    assert Notice.objects.get().file


def test_words_changed_meanwhile_leave_the_video_its_place(small_hall: SmallHall) -> None:
    notice = sent(small_hall)
    words = WORDS | {"form": "video", "zh": "换了字", "key": new_key()}
    assert as_role(small_hall, "desk").post(f"/small/notices/{notice.pk}/", words).status_code == 303
    Filming().look()
    assert (Notice.objects.get().zh, Notice.objects.get().sent) == ("换了字", "")


def test_a_process_that_was_killed_is_begun_again(small_hall: SmallHall) -> None:
    notice = sent(small_hall)
    assert Filming(KILLED).look() == AT_ONCE
    assert Notice.objects.get().sent == notice.sent
    assert text("notices.video_making", part=37) in page_of(small_hall)
    Filming().look()
    assert Notice.objects.get().file


def test_a_video_that_kills_its_process_each_time_is_refused(small_hall: SmallHall, folder: Path) -> None:
    sent(small_hall)
    for _ in range(MOST_TRIES):
        Filming(KILLED).look()
    assert Notice.objects.get().fault["code"] == "video_unmade"
    assert text("errors.video_unmade") in page_of(small_hall)
    assert waiting_files(folder) == []


def test_a_process_that_takes_too_long_is_ended(small_hall: SmallHall) -> None:
    sent(small_hall)
    assert Filming(SLEEPS, longest=0.1).look() == AT_ONCE
    assert Notice.objects.get().fault == {}
    for _ in range(MOST_TRIES - 1):
        Filming(SLEEPS, longest=0.1).look()
    assert Notice.objects.get().fault["code"] == "video_unmade"


def test_the_process_is_told_neither_the_secret_nor_the_database(
    small_hall: SmallHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HALLQUEUE_SECRET", "not for strangers")
    told = "import json, os; print(json.dumps({'code': 'video_unmade', 'detail': ' '.join(sorted(os.environ))[:60]}))"
    sent(small_hall)
    Filming((sys.executable, "-c", told)).look()
    known = Notice.objects.get().fault["detail"].split()
    assert "PATH" in known
    assert not [name for name in known if "HALLQUEUE" in name]


def test_on_a_full_disk_the_video_waits_and_is_made_when_there_is_room(
    small_hall: SmallHall, folder: Path
) -> None:
    notice = sent(small_hall)
    made = beside(notice.sent, "made")
    for _ in range(MOST_TRIES + 1):
        made.symlink_to("/dev/full")
        assert Filming().look() == FULL
        assert waiting_files(folder) == [".mp4"]  # nothing half made takes what room there is
    assert (Notice.objects.get().sent, Notice.objects.get().fault) == (notice.sent, {})
    Filming().look()
    assert Notice.objects.get().file
    assert waiting_files(folder) == []


def test_a_video_is_not_begun_with_the_room_that_the_hall_needs_and_the_page_says_so(
    small_hall: SmallHall, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(small_hall)
    room = ROOM_TO_MAKE - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(room, 0, room))
    assert Filming(GOES_ON).look() == FULL
    assert waiting_files(folder) == [".mp4"]
    assert text("notices.video_room") in page_of(small_hall)
    room += 1
    assert text("notices.video_next") in page_of(small_hall)
    assert Filming().look() == AT_ONCE
    assert Notice.objects.get().file


def test_what_was_withdrawn_is_erased_on_a_full_disk_too(
    small_hall: SmallHall, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(small_hall)
    moved(small_hall, "manager", "withdraw")
    Notice.objects.update(ended_at=timezone.now() - DRAFTED_AGAIN - timedelta(minutes=1))
    waiting = sent(small_hall)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(1, 1, 0))
    assert Filming(GOES_ON).look() == FULL
    assert [each.name for each in (folder / SENT).rglob("*.mp4")] == [
        evidence.path_of(waiting.sent, SENT).name
    ]


def test_one_video_is_made_at_a_time_whatever_processes_there_are(
    small_hall: SmallHall, folder: Path
) -> None:
    sent(small_hall)
    with (folder / SENT / filming.ONE_AT_A_TIME).open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        assert Filming(KILLED).look() == LOOKS
    assert Notice.objects.get().sent
    assert waiting_files(folder) == [".mp4"]  # nothing was begun


def test_videos_come_in_the_order_they_were_sent(small_hall: SmallHall) -> None:
    first, second = sent(small_hall), sent(small_hall)
    Filming().look()
    assert list(Notice.objects.exclude(file="")) == [first]
    Filming().look()
    assert Notice.objects.exclude(file="").count() == len({first.pk, second.pk})


def test_what_was_withdrawn_on_the_way_is_given_up_and_goes_on_when_it_is_drafted_again(
    small_hall: SmallHall, folder: Path
) -> None:
    notice = sent(small_hall)
    moved(small_hall, "manager", "withdraw")
    beside(notice.sent, "made").write_bytes(b"half")
    Filming(GOES_ON).make(notice)  # as it stood when the process began
    assert waiting_files(folder) == [".mp4"]
    assert Filming().look() == LOOKS
    moved(small_hall, "desk", "redraft")
    Filming().look()
    assert Notice.objects.get().file


def test_what_was_sent_for_a_withdrawn_draft_is_erased_after_a_day(
    small_hall: SmallHall, folder: Path
) -> None:
    notice = sent(small_hall)
    moved(small_hall, "manager", "withdraw")
    Notice.objects.update(ended_at=timezone.now() - DRAFTED_AGAIN + timedelta(minutes=1))
    assert Filming().look() == LOOKS
    assert waiting_files(folder) == [".mp4"]
    Notice.objects.update(ended_at=timezone.now() - DRAFTED_AGAIN - timedelta(minutes=1))
    assert Filming().look() == LOOKS
    assert waiting_files(folder) == []
    moved(small_hall, "desk", "redraft")
    assert text("errors.video_gone") in page_of(small_hall)
    words = WORDS | {"form": "video", "file": SimpleUploadedFile("x", film()), "key": new_key()}
    assert as_role(small_hall, "desk").post(f"/small/notices/{notice.pk}/", words).status_code == 303
    Filming().look()
    assert Notice.objects.get().file


def test_a_video_sent_anew_takes_the_place_of_the_one_under_way(small_hall: SmallHall, folder: Path) -> None:
    notice = sent(small_hall)
    words = WORDS | {"form": "video", "file": SimpleUploadedFile("x", film((80, 60))), "key": new_key()}
    assert as_role(small_hall, "desk").post(f"/small/notices/{notice.pk}/", words).status_code == 303
    assert waiting_files(folder) == [".mp4"]  # the first is gone
    Filming(GOES_ON).make(notice)
    Filming().look()
    made = Notice.objects.get()
    assert Seen(evidence.path_of(made.file, FOLDER)).sizes == {(80, 60)}
    assert [each.name for each in kept_files(folder) if each.suffix] == [made.file]


def test_a_video_that_was_made_too_late_for_its_notice_leaves_nothing(
    small_hall: SmallHall, folder: Path
) -> None:
    notice = sent(small_hall)
    Notice.objects.filter(pk=notice.pk).update(sent="", file="")
    filming._settle(notice, {"code": "video_broken", "detail": ""})
    assert Notice.objects.get().fault == {}


def test_a_video_lost_from_the_data_folder_gets_a_sentence(small_hall: SmallHall) -> None:
    notice = sent(small_hall)
    evidence.path_of(notice.sent, SENT).unlink()
    Filming().look()
    assert Notice.objects.get().fault["code"] == "video_unmade"


def test_only_the_program_itself_says_what_became_of_a_video(small_hall: SmallHall) -> None:
    notice = sent(small_hall)
    told = {"notice": notice.pk, "sent": notice.sent}
    say = (small_hall.hall.pk, small_hall.actor("manager"))
    with pytest.raises(Refused, match="not_allowed"):
        videos.make(*say, new_key(), **told, file="x", weight=1, seconds=1)
    with pytest.raises(Refused, match="not_allowed"):
        videos.refuse(*say, new_key(), **told, code="video_broken", detail="")
    with pytest.raises(Refused, match="notice_changed"):
        videos.refuse(say[0], THE_HALL, new_key(), notice=notice.pk, sent="other", code="x", detail="")


def test_a_video_from_before_there_was_an_encoder_goes_on_as_it_is(small_hall: SmallHall) -> None:
    written = {"form": "video", "kind": "public", "zh": "旧视频", "file": f"{'0' * 64}.webm", "seconds": 4}
    pk = small_hall.hall.pk
    notice = drafting.draft(pk, small_hall.actor("desk"), new_key(), **written)["notice"]
    for verb in ("approve", "show"):
        drafting.say(pk, small_hall.actor("manager"), new_key(), notice=notice, verb=verb, version=1)
    assert Filming().look() == LOOKS
    assert Notice.objects.get().state == "shown"


def test_a_video_longer_than_its_header_says_is_refused_like_any_other(small_hall: SmallHall) -> None:
    sent(small_hall, lying(film(moments=range(0, 8000, 500)), 1))
    Filming().look()
    assert Notice.objects.get().fault == {"code": "video_longer", "detail": "1"}
