"""The auditor's page: who did what when, on which screen, and why; the log's head, to be noted down; files of both."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from hallqueue.audit import sheet
from hallqueue.audit.lines import BY_GROUPS, Asked, asked_for, page_of
from hallqueue.audit.words import in_words, nouns, screens
from hallqueue.chain import anchors
from hallqueue.chain.anchors import Anchor, BadAnchors
from hallqueue.errors import Refused
from hallqueue.models import Hall, User
from hallqueue.problems import sentence_of
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.sights import XLSX, exported

TYPES = {"csv": (sheet.as_csv, "text/csv; charset=utf-8"), "xlsx": (sheet.as_workbook, XLSX)}
FIELDS = ("by", "noun", "subject", "window", "screen", "day")
READERS = ("auditor", "administrator")


@allowed(*READERS)
@require_GET
def audit(request: HallRequest, hall: str) -> HttpResponse:
    """Lines of the log, newest first."""
    lang, status = language_of(request), 200
    typed = {name: request.GET.get(name, "") for name in FIELDS}
    context: dict[str, Any] = {"typed": typed, "query": urlencode({k: v for k, v in typed.items() if v})}
    try:
        asked = asked_for(request.GET.dict())
    except Refused as refusal:
        asked, status = Asked(), refusal.status
        context["sentence"] = sentence_of(refusal, lang)
    with one_read():
        head = Hall.objects.get(pk=request.hall.pk)
        found = page_of(head, asked)
        context |= {"lines": in_words(found.lines, lang), "found": found, "head": head}
        people = User.objects.filter(hall=head).order_by("name", "username")
        context["people"] = [(f"user:{each.pk}", str(each)) for each in people]
    context["columns"] = [f"audit.column.{name}" for name in (*list(sheet.COLUMNS)[:7], "data")]
    context |= {"groups": [(group, f"story.by.{group}") for group in BY_GROUPS if group != "user"]}
    context |= {"nouns": nouns(lang), "screens": screens(lang), "anchor": _anchor(head), "asked": asked}
    context |= {
        "link": [head.link[at : at + 8] for at in range(0, len(head.link), 8)],
        "most": sheet.MOST_ROWS,
    }
    return page(request, "hallqueue/audit.html", context, status=status)


@allowed(*READERS)
@require_GET
def file(request: HallRequest, hall: str, kind: str) -> HttpResponse:
    """The lines that are asked for as a file, the newest `MOST_ROWS` of them; that somebody took it is a line too."""
    if kind not in TYPES:
        raise Refused("page_unknown", 404)
    writer, media = TYPES[kind]
    asked, lang = asked_for(request.GET.dict()), language_of(request)
    with one_read():
        head = Hall.objects.get(pk=request.hall.pk)
        found = page_of(head, asked, sheet.MOST_ROWS, most_looked=head.seq)
        lines = in_words(found.lines, lang)
    name = f"audit-{head.slug}-{asked.day or head.business_date(head.moved_at)}.{kind}"
    return exported(request, writer(lines, head.local_zone, lang), media, "audit", name)


def _anchor(hall: Hall) -> Anchor | None:
    """The newest line of the anchors' file; None without one that can be read."""
    try:
        return anchors.last(settings.ANCHORS, hall.slug)
    except BadAnchors:
        return None


urls: list[URLPattern] = [
    path("<slug:hall>/audit/", audit, name="audit"),
    path("<slug:hall>/audit/lines.<slug:kind>", file, name="audit-file"),
]
