"""Walkthroughs: filled by the queue itself, findings in two taps, the same tap once; memos are what they say."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from PIL import Image

from hallqueue.actions.cases import findings, walkthroughs
from hallqueue.actions.command import Answer, new_key
from hallqueue.cases.moves import SAME
from hallqueue.cases.walkthrough_states import MOVES
from hallqueue.errors import Refused
from hallqueue.files.memos import checked_memo
from hallqueue.models import Finding, FindingFile, Service, Ticket, Walkthrough
from hallqueue.reporting.walkthroughs.timeline import figures_of
from hallqueue.texts import has_text
from tests.cases.test_concern_evidence import bomb, encoded
from tests.hall import SmallHall
from tests.memos import PLACE, memo

pytestmark = pytest.mark.both_databases


def say(small: SmallHall, verb: str, by: str = "manager", key: str = "", **said: Any) -> Answer:
    room = findings if hasattr(findings, verb) and verb != "move" else walkthroughs
    answer: Answer = getattr(room, verb)(small.hall.pk, small.actor(by), key or new_key(), **said)
    return answer


def begun(small: SmallHall, **details: Any) -> int:
    wanted = {"mode": "beside", "service": "id-card"} | details
    return int(say(small, "start_walkthrough", **wanted)["walkthrough"])


def refused(small: SmallHall, verb: str, **said: Any) -> str:
    with pytest.raises(Refused) as refusal:
        say(small, verb, **said)
    assert has_text(f"errors.{refusal.value.code}")
    return refusal.value.code


def element(name: str, body: bytes) -> bytes:
    """An element of EBML with a length of eight bytes."""
    return bytes.fromhex(name) + (len(body) | 1 << 56).to_bytes(8, "big") + body


def webm(seconds: int = 3, kind: bytes = b"webm") -> bytes:
    """A memo as Chromium records it: clusters of ten seconds in a segment of unknown length."""
    clusters = b""
    for begin in range(0, seconds + 1, 10):
        block = element("a3", b"\x81" + min(9_000, (seconds - begin) * 1000).to_bytes(2, "big") + b"\x80opus")
        clusters += element("1f43b675", element("e7", (begin * 1000).to_bytes(4, "big")) + block)
    head = element("1a45dfa3", element("4282", kind))
    return head + bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7 + clusters


def ogg(seconds: int = 3) -> bytes:
    def page(position: int, body: bytes) -> bytes:
        return b"OggS\0\2" + position.to_bytes(8, "little") + bytes(12) + b"\1" + bytes([len(body)]) + body

    return page(0, b"OpusHead" + bytes(11)) + page(seconds * 48_000, b"sound")


def mp4(seconds: int = 3) -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + kind + body

    scale = bytes(12) + (1000).to_bytes(4, "big") + bytes(8)
    moov = box(b"moov", box(b"trak", box(b"mdia", box(b"mdhd", scale))))
    moof = box(b"moof", box(b"traf", box(b"tfdt", bytes(4) + (seconds * 1000).to_bytes(4, "big"))))
    return box(b"ftyp", b"iso5") + moov + moof + box(b"mdat", b"sound")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ticket": "A001"}, "consent_required"),
        ({"ticket": "A099", "consent": True}, "walkthrough_ticket_unknown"),
        ({"ticket": "王秀英", "consent": True}, "walkthrough_ticket_unknown"),
        ({"ticket": "https://hall/t/" + "x" * 22 + "/", "consent": True}, "walkthrough_ticket_unknown"),
        ({"service": ""}, "matter_required"),
        ({"service": "none"}, "unknown_service"),
        ({"mode": "fly"}, "bad_input"),
        ({"began": 10**15}, "walkthrough_began"),
        ({"began": 1}, "walkthrough_began"),
    ],
)
def test_a_beginning_that_makes_no_sense_is_refused_with_a_sentence(
    small_hall: SmallHall, said: dict[str, Any], code: str
) -> None:
    small_hall.issue()
    assert (
        refused(small_hall, "start_walkthrough", **({"mode": "beside", "service": "id-card"} | said)) == code
    )
    assert not Walkthrough.objects.exists()


def test_a_slip_scanned_by_any_phone_leads_the_staff_to_the_walk_and_the_record_says_what_was_reused(
    small_hall: SmallHall,
) -> None:
    Service.objects.filter(code="id-card").update(documents="户口簿\n旧身份证\n")
    address = f"/t/{small_hall.issue()['token']}/"
    assert "walkthroughs/new" not in Client().get(address).content.decode()
    assert "walkthroughs/new" not in _client(small_hall, "auditor").get(address).content.decode()
    assert "/small/walkthroughs/new/?ticket=A001" in _client(small_hall, "desk").get(address).content.decode()
    walk = begun(small_hall, ticket="A001", consent=True, service="", by="desk")
    say(small_hall, "tell_facts", by="desk", walkthrough=walk, trips=2, reused="营业执照")
    small_hall.call_next()
    small_hall.say("start")
    small_hall.say("finish", papers="居住证")
    row = Walkthrough.objects.get()
    assert [each["name"] for each in row.materials if each["guide"]] == ["户口簿", "旧身份证"]
    say(small_hall, "finish_walkthrough", by="desk", walkthrough=walk)
    record = _client(small_hall, "desk").get(f"/small/walkthroughs/{walk}/").content.decode()
    assert "营业执照；居住证" in record


def test_a_ticket_of_another_day_or_one_that_is_accompanied_begins_nothing(small_hall: SmallHall) -> None:
    token = Ticket.objects.get(pk=small_hall.issue()["ticket"]).token
    begun(small_hall, ticket=f"https://hall.example/t/{token}/?lang=zh", consent=True, service="")
    with_ticket: dict[str, Any] = {"mode": "beside", "ticket": "A001", "consent": True}
    assert refused(small_hall, "start_walkthrough", **with_ticket) == "walkthrough_ticket_taken"
    Ticket.objects.update(business_date=small_hall.hall.business_date(timezone.now()) - timedelta(days=1))
    assert refused(small_hall, "start_walkthrough", **with_ticket) == "walkthrough_ticket_day"


def test_a_scanned_link_is_shown_as_todays_number_and_only_as_todays(small_hall: SmallHall) -> None:
    token = Ticket.objects.get(pk=small_hall.issue()["ticket"]).token
    link = f"https://hall.example/t/{token}/"
    address, client = "/small/walkthroughs/new/", _client(small_hall, "desk")
    assert 'value="A001"' in client.get(address, {"ticket": link}).content.decode()
    Ticket.objects.update(business_date=small_hall.hall.business_date(timezone.now()) - timedelta(days=1))
    page = client.get(address, {"ticket": link}).content.decode()
    assert link in page
    assert 'value="A001"' not in page, "today's A001 is somebody else"


def test_every_move_stands_in_the_table_and_what_is_over_is_over(small_hall: SmallHall) -> None:
    walk = begun(small_hall)
    step = say(small_hall, "take_step", walkthrough=walk, kind="copy")["step"]
    say(small_hall, "note_finding", walkthrough=walk, ref="phone-0001", kind="time", severity=2)
    say(small_hall, "finish_walkthrough", walkthrough=walk)
    said: dict[str, dict[str, Any]] = {
        "take_step": {"kind": "form"},
        "strike_step": {"step": step},
        "note_finding": {"ref": "phone-0002", "kind": "time", "severity": 1},
        "describe_finding": {"ref": "phone-0001", "note": "慢"},
        "compare_material": {"name": "户口簿", "guide": True, "asked": True},
        "tell_facts": {"trips": 2},
        "finish_walkthrough": {},
    }
    for verb, fields in said.items():
        assert refused(small_hall, verb, walkthrough=walk, **fields) == "walkthrough_state"
    assert refused(small_hall, "drop_walkthrough", walkthrough=walk, reason=" ") == "reason_required"
    say(small_hall, "drop_walkthrough", walkthrough=walk, reason="测试")
    assert refused(small_hall, "drop_walkthrough", walkthrough=walk, reason="再来") == "walkthrough_state"
    assert {rule.target for rule in MOVES.values()} == {SAME, "finished", "dropped"}
    assert Walkthrough.objects.get().state == "dropped"


def test_a_tap_sent_again_is_one_tap_and_a_wrong_clock_does_no_harm(small_hall: SmallHall) -> None:
    walk = begun(small_hall)
    for at in (1, 10**17, -(10**17)):
        say(small_hall, "take_step", walkthrough=walk, kind="copy", at=at)
    key = new_key()
    finding: dict[str, Any] = {"walkthrough": walk, "ref": "phone-0001", "kind": "materials", "severity": 3}
    answers = [say(small_hall, "note_finding", key=key, **finding) for _ in range(2)]
    assert answers[0] == answers[1]
    assert refused(small_hall, "note_finding", **finding) == "bad_input"
    row = Walkthrough.objects.get()
    assert (row.findings.count(), row.own_steps.count()) == (1, 3)
    assert all(row.started_at <= each.began_at <= timezone.now() for each in row.own_steps.all())


def test_only_the_walker_taps_and_only_watchers_see_it_too(small_hall: SmallHall) -> None:
    walk = begun(small_hall, by="clerk1")
    assert (
        refused(small_hall, "take_step", by="clerk2", walkthrough=walk, kind="ask") == "unknown_walkthrough"
    )
    assert refused(small_hall, "start_walkthrough", by="auditor", mode="self") == "not_allowed"
    address = f"/small/walkthroughs/{walk}/"
    seen = {
        who: _client(small_hall, who).get(address).status_code
        for who in ("clerk1", "clerk2", "desk", "auditor")
    }
    assert seen == {"clerk1": 200, "clerk2": 404, "desk": 404, "auditor": 200}
    assert "data-step" not in _client(small_hall, "auditor").get(address).content.decode()


def test_papers_are_compared_and_the_next_walk_begins_with_the_guides(small_hall: SmallHall) -> None:
    walk = begun(small_hall)
    for name, guide, asked in (
        ("户口簿", True, True),
        ("照片", True, False),
        ("证明", False, True),
        ("错", True, True),
    ):
        say(small_hall, "compare_material", walkthrough=walk, name=name, guide=guide, asked=asked)
    say(small_hall, "compare_material", walkthrough=walk, name="错", guide=False, asked=False)
    figures = figures_of(Walkthrough.objects.get(), timezone.now())
    assert (figures.guide, figures.asked, figures.beyond) == (2, 2, 1)
    later = Walkthrough.objects.get(pk=begun(small_hall))
    assert [(each["name"], each["asked"]) for each in later.materials] == [("户口簿", False), ("照片", False)]


@pytest.mark.parametrize(("make", "ending"), [(webm, "webm"), (ogg, "ogg"), (mp4, "mp4")])
def test_a_memo_of_each_browser_is_measured(make: Any, ending: str) -> None:
    assert checked_memo(make(3))[1] == pytest.approx(3, abs=0.1)
    assert checked_memo(make(119))[0] == ending
    with pytest.raises(Refused) as refusal:
        checked_memo(make(3600))
    assert refusal.value.code == "memo_too_long"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "memo_unreadable"),
        (b"OggS", "memo_unreadable"),
        (b"ID3 song", "memo_unreadable"),
        (webm(kind=b"matroska"), "memo_unreadable"),
        (webm()[:40], "memo_unreadable"),
        (mp4()[:30], "memo_unreadable"),
        (b"\x1aE\xdf\xa3" + b"\x18\x53\x80\x67\x01" * 4000, "memo_unreadable"),
        (webm() + bytes(2 * 1024 * 1024), "memo_too_large"),
    ],
)
def test_what_is_no_memo_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        checked_memo(raw)
    assert refusal.value.code == code


def _client(small: SmallHall, who: str) -> Client:
    client = Client()
    client.force_login(small.people[who])
    return client


def test_evidence_comes_with_the_finding_and_a_bad_file_leaves_nothing(
    small_hall: SmallHall, settings: Any, tmp_path: Any
) -> None:
    settings.DATA = tmp_path
    walk = begun(small_hall)
    say(small_hall, "note_finding", walkthrough=walk, ref="phone-0001", kind="system", severity=1)
    client, url = _client(small_hall, "manager"), f"/small/walkthroughs/{walk}/files/"

    def sent(name: str, content: bytes, **more: str) -> tuple[int, str]:
        form = {"key": new_key(), "ref": "phone-0001"} | more
        answer = client.post(url, form | {name: io.BytesIO(content)}, headers={"Accept": "application/json"})
        return answer.status_code, answer.json().get("code", "")

    key = new_key()
    assert [sent("photos", encoded(), key=key)[0] for _ in range(2)] == [200, 200]
    key = new_key()
    assert [sent("memo", memo("safari"), key=key)[0] for _ in range(2)] == [200, 200]
    for name, content, more, code in (
        ("photos", bomb(), {}, "photo_too_many_pixels"),
        ("memo", webm(3600), {}, "memo_too_long"),
        ("memo", memo("firefox"), {"ref": "phone-0009"}, "unknown_finding"),
        ("memo", webm(), {}, "memo_unreadable"),
        ("other", b"", {}, "file_required"),
    ):
        assert sent(name, content, **more)[1] == code
    kept = [each for each in (tmp_path / "evidence").rglob("*") if each.is_file()]
    assert (FindingFile.objects.count(), len(kept)) == (2, 2)
    photo, spoken = FindingFile.objects.order_by("id")
    with Image.open(io.BytesIO(b"".join(client.get(f"{url}{photo.pk}/")))) as drawn:
        assert drawn.format == "JPEG"
    answer = client.get(f"{url}{spoken.pk}/")
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert PLACE.encode() not in b"".join(answer)
    assert _client(small_hall, "clerk1").get(f"{url}{spoken.pk}/").status_code == 404


def test_the_pages_answer_with_sentences_and_keep_what_was_typed(small_hall: SmallHall) -> None:
    client = _client(small_hall, "desk")
    form = {"key": new_key(), "mode": "beside", "walker": "official", "place": "online", "scope": "whole"}
    answer = client.post("/small/walkthroughs/new/", form | {"situation": "带着老人", "service": ""})
    assert answer.status_code == 400
    assert "请选择事项" in answer.content.decode()
    assert "带着老人" in answer.content.decode()
    began = (timezone.now() - timedelta(days=2)).astimezone(small_hall.hall.local_zone)
    form |= {"key": new_key(), "service": "发票申领", "began": f"{began:%Y-%m-%dT%H:%M}"}
    answer = client.post("/small/walkthroughs/new/", form, follow=True)
    assert "发票申领" in answer.content.decode()
    row = Walkthrough.objects.get()
    assert row.business_date == small_hall.hall.business_date(began)
    said = {"key": new_key(), "kind": "ask"}
    for verb, fields, status in (("step", said, 200), ("step", {"key": new_key()}, 400), ("fly", said, 404)):
        url = f"/small/walkthroughs/{row.pk}/{verb}/"
        assert client.post(url, fields, content_type="application/json").status_code == status
    assert row.label in client.get("/small/walkthroughs/").content.decode()
    assert not Finding.objects.exists()
