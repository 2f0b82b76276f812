"""Slips that belong to no ticket: what a design looks like before anybody takes a number, and what a test slip says."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.utils import timezone

from hallqueue.models import Hall, Wording
from hallqueue.texts import text, worded
from printers.content import (
    documents_mn,
    documents_of,
    dressed,
    heading_of,
    issued_words,
    slip_of,
    spoken_in,
    steps_of,
)
from printers.designs import STANDARD, Design, design_for
from printers.models import PrintJob
from printers.slip import Slip

LONGEST_NAME = (  # 98 characters
    "除从事剧毒、易制爆、汽油加油站、专用危化品仓储的企业外，除中央企业所属省级、设区的市级公司从事危险化学品"
    "经营活动的企业，不带有储存设施经营除剧毒化学品、易制爆危险化学品以外的其他危险化学品企业许可"
)
_SERVICE = {"zh": "企业设立登记", "mn": "ᠠᠵᠤ ᠠᠬᠤᠢ ᠪᠦᠷᠢᠳᠬᠡᠯ", "en": "Company registration"}
_WAY = (
    ("企业设立登记", "A区"),
    ("公章刻制备案", "A区"),
    ("税务登记与发票申领", "B区"),
    ("社保开户登记", "C区"),
)
_STAGES = (0, 1, 2, 2)
_DOCUMENTS = ("法定代表人身份证原件", "住所使用证明", "公司章程")


def slip_for(job: PrintJob) -> Slip:
    """What a job prints, as its printer's design wants it."""
    design = design_for(job.printer)
    if job.ticket is None:
        return example_slip(job.example, job.hall, design)
    with worded(Wording.overlay(job.hall)):
        return slip_of(job, job.ticket, design)


def example_slip(name: str, hall: Hall, design: Design = STANDARD, language: str = "zh") -> Slip:
    """One of EXAMPLES in this hall; it says of itself that it is none."""
    lang = spoken_in(language)
    with worded(Wording.overlay(hall)):
        made = EXAMPLES[name](_ordinary(hall, lang), lang)
        told = _told_mn() if language == "mn" else ""
        papers = documents_mn(hall, _DOCUMENTS, language)
        whole = dressed(made, hall, design, language)
        return replace(whole, class_word=_test_word(made, lang), told_mn=told, documents_mn=papers)


def _told_mn() -> str:
    wait = text("slip.wait", "mn", low=15, high=25)
    return f"{text('slip.ahead', 'mn', count=6)} {wait} {text('slip.place', 'mn', zone='A')}"


def _test_word(slip: Slip, lang: str) -> str:
    test = text("slip.test", lang)
    return f"{slip.class_word} · {test}" if slip.class_word else test


def _ordinary(hall: Hall, lang: str) -> Slip:
    """Everything an ordinary slip says."""
    return Slip(
        number="A017",
        hall={},
        service=_SERVICE,
        url=f"{settings.ENVIRONMENT.url}/",
        ahead=text("slip.ahead", lang, count=6),
        waiting=text("slip.wait", lang, low=15, high=25),
        place=text("slip.place", lang, zone="A区"),
        documents=documents_of(hall, _DOCUMENTS, lang),
        issued=issued_words(hall, timezone.now(), lang),
    )


def _journey(slip: Slip, lang: str) -> Slip:
    name = {"zh": "开办企业一件事", "mn": "", "en": "Starting a company"}
    return replace(slip, number="Y003", service=name, steps=steps_of(_WAY, heading_of(_STAGES, lang)))


def _long_name(slip: Slip, lang: str) -> Slip:
    return replace(slip, number="C1204", service={"zh": LONGEST_NAME})


def _rare_names(slip: Slip, lang: str) -> Slip:
    return replace(
        slip, service={"zh": "䶮镇㐀村𫖯巷 便民服务代办"}, place=text("slip.place", lang, zone="䶮㐀𫖯 区")
    )


def _appointment(slip: Slip, lang: str) -> Slip:
    return replace(
        slip, number="A002", class_word=text("words.class.appointment", lang), ahead=text("slip.first", lang)
    )


def _reprint(slip: Slip, lang: str) -> Slip:
    return replace(slip, copy_mark=text("slip.copy", lang, copy=2))


EXAMPLES: dict[str, Callable[[Slip, str], Slip]] = {
    "ordinary": lambda slip, _: slip,
    "journey": _journey,
    "long_name": _long_name,
    "rare_names": _rare_names,
    "appointment": _appointment,
    "reprint": _reprint,
}
