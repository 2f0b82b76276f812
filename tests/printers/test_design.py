"""What slips say is decided by the hall: versions, logo, preview from the printer's own bytes, and who may."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageDraw
from pyzbar.pyzbar import ZBarSymbol, decode

from hallqueue.actions.cases.ratings import slip_code
from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.models import Event, Service, Ticket
from printers.examples import EXAMPLES, LONGEST_NAME
from printers.logo import HIGHEST, WIDEST, encoded, picture_of
from printers.models import SlipDesign
from printers.setting_up import bring_back_design, design_slip
from printers.slip import LINES
from tests.hall import SmallHall
from tests.printers.desk import Desk, desk_of

URL = "/small/setup/slip/"


@pytest.fixture
def desk(small_hall: SmallHall) -> Iterator[Desk]:
    with desk_of(small_hall) as made:
        yield made


def emblem(kind: str = "PNG", size: tuple[int, int] = (900, 300)) -> bytes:
    """A red disc on nothing."""
    image = Image.new("RGBA", size)
    ImageDraw.Draw(image).ellipse((10, 10, size[0] // 2, size[1] - 10), fill=(200, 20, 20, 255))
    out = io.BytesIO()
    (image if kind == "PNG" else image.convert("RGB")).save(out, kind)
    return out.getvalue()


def decide(desk: Desk, who: str = "manager", **details: Any) -> Any:
    fields = {"scope": "80", "lines": ["number", "service"], **details}
    return design_slip(desk.small.hall.pk, desk.small.actor(who), new_key(), **fields)


def manager(desk: Desk) -> Client:
    client = Client(headers={"accept": "application/json"})
    client.force_login(desk.small.people["manager"])
    return client


def test_logo_is_drawn_anew_small_and_in_black_and_white() -> None:
    logo = picture_of(encoded(emblem()))
    assert 0 < logo.width <= WIDEST
    assert 0 < logo.height <= HIGHEST
    assert len(encoded(emblem())) < 4000
    assert logo.ink.count(0xFF) > 1000  # an emblem of one colour is black, not grey
    for wrong, code in (
        (b"", "logo_unreadable"),
        (b"GIF89a", "logo_unreadable"),
        (emblem()[:200], "logo_unreadable"),
        (b"x" * (2 * 1024 * 1024 + 1), "logo_too_large"),
        (emblem(size=(5000, 4000)), "logo_too_many_pixels"),
    ):
        with pytest.raises(Refused, match=code):
            encoded(wrong)
    blank = io.BytesIO()
    Image.new("L", (50, 50), 255).save(blank, "PNG")
    with pytest.raises(Refused, match="logo_empty"):
        encoded(blank.getvalue())


def test_slips_say_what_was_decided_last_and_a_printer_may_differ(desk: Desk) -> None:
    Service.objects.filter(code="id-card").update(documents="户口簿\n\n一寸照片")
    desk.issue()
    desk.work()
    assert "□ 户口簿\n□ 一寸照片" in desk.twin.slips[-1].text
    logo = base64.b64encode(encoded(emblem())).decode()
    decide(desk, lines=["code", "logo", "number", "footer"], footer="办事顺心", logo=logo, rules=["只此一条"])
    desk.issue()
    desk.work()
    lines = desk.twin.slips[-1].text.splitlines()
    code = f"评价码 {slip_code(Ticket.objects.get(label='A002'))}"
    assert [line for line in lines if "[picture" not in line][1:] == [
        "扫码看实时进度",
        code,
        "A002",
        "办事顺心",
    ]
    assert lines[0].startswith("[QR]")
    assert any(line.startswith("[picture 2") for line in lines[3:5])
    assert desk.small.fresh().slip_rules == "只此一条"
    decide(desk, scope=f"printer-{desk.printer.pk}", lines=["number"])
    desk.issue()
    desk.work()
    assert desk.twin.slips[-1].text == "A003"
    assert decide(desk, lines=["logo", "number"]) == {"scope": "80", "version": 2}  # the logo stays
    again = bring_back_design(
        desk.small.hall.pk, desk.small.actor("manager"), new_key(), scope="80", version=1
    )
    assert again["version"] == 3
    last = SlipDesign.objects.get(scope="80", version=3)
    assert (last.lines[0], last.footer, bytes(last.logo or b"")) == (
        "code",
        "办事顺心",
        base64.b64decode(logo),
    )
    noted = Event.objects.filter(kind="setup.changed", data__what="slip").order_by("seq")
    assert [each.data["version"] for each in noted if each.data["scope"] == "80"] == [1, 2, 3]
    assert noted[0].by == desk.small.actor("manager").name


@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("not_allowed", {"who": "desk"}),
        ("unknown_scope", {"scope": "printer-999"}),
        ("slip_lines", {"lines": ["service"]}),
        ("slip_lines", {"lines": ["number", "number"]}),
        ("slip_lines", {"lines": ["number", "horoscope"]}),
        ("text_too_long", {"footer": "长" * 201}),
        ("slip_rules", {"rules": ["一条"] * 9}),
    ],
)
def test_nonsense_is_refused_and_leaves_everything_as_it_was(
    desk: Desk, code: str, details: dict[str, Any]
) -> None:
    with pytest.raises(Refused, match=code):
        decide(desk, **details)
    assert not SlipDesign.objects.exists()
    assert desk.small.fresh().slip_rules == ""


def test_page_saves_a_version_and_keeps_what_is_wrong_in_a_sentence(desk: Desk) -> None:
    client = manager(desk)
    upload = SimpleUploadedFile("logo.png", emblem(), "image/png")
    form = {"key": new_key(), "line": ["number", "logo"], "both": "on", "rules": "一\n二", "logo": upload}
    answer = client.post(URL, form)
    assert answer.status_code == 200
    row = SlipDesign.objects.get()
    assert (row.lines, row.both_languages, bool(row.logo)) == (["number", "logo"], True, True)
    wrong = client.post(URL, form | {"key": new_key(), "logo": SimpleUploadedFile("x.png", b"no picture")})
    assert wrong.status_code == 400
    assert "不是能读的图片" in wrong.content.decode()
    assert client.post(URL, {"key": new_key(), "line": "service"}).status_code == 400
    assert client.post(URL, {"key": new_key(), "version": "1"}).status_code == 200
    assert SlipDesign.objects.count() == 2
    assert client.get(f"{URL}?scope=none").status_code == 404


@pytest.mark.parametrize("scope", ["80", "58"])
def test_preview_is_the_paper_of_the_very_bytes_and_its_code_reads_back(desk: Desk, scope: str) -> None:
    client = manager(desk)
    for name in EXAMPLES:
        form = {"line": list(LINES), "both": "on", "example": name, "footer": "䶮㐀𫖯"}
        found = client.post(f"{URL}preview/?scope={scope}", form).json()
        assert found["raster"]["bytes"] > found["gb18030"]["bytes"] > 500
        for shown in found.values():
            assert shown["errors"] == []
            (picture,) = shown["pictures"]
            image = Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2])))
            assert image.width == (576 if scope == "80" else 384) + 48
            assert decode(image.convert("L"), [ZBarSymbol.QRCODE])
    assert client.post(f"{URL}preview/", {"line": "number", "example": "none"}).status_code == 400
    assert len(LONGEST_NAME) == 98
