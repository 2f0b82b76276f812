"""The translator's file: every public text out as XLSX or CSV, and back with a dry run and errors row by row."""

from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house.wordings import LARGEST_FILE, take_file
from hallqueue.errors import Refused
from hallqueue.models import Hall
from hallqueue.problems import sentence_of
from hallqueue.sheets.reading import MAX_BYTES, BadFileError
from hallqueue.sheets.wordings import FileRow, as_csv, as_workbook, mark_of, read_wordings
from hallqueue.texts import has_text, text
from hallqueue.transactions import one_read
from hallqueue.web.access import TRANSLATOR, HallRequest, actor_of, allowed
from hallqueue.web.house.wordings import room_name
from hallqueue.web.pages import language_of, page
from hallqueue.web.sights import XLSX, exported
from hallqueue.wordings import PublicText, Shelf

TYPES = {"csv": (as_csv, "text/csv; charset=utf-8"), "xlsx": (as_workbook, XLSX)}
LONGEST_LIST = 200


class Plan(NamedTuple):
    """What a file would do: rows for `take_file`, how many texts change, what is wrong (row, language, refusal)."""

    rows: list[dict[str, Any]]
    changed: list[tuple[int, PublicText, str]]
    errors: list[tuple[int, str, Refused]]
    reviewed: int


@allowed("administrator", TRANSLATOR)
@require_GET
def export(request: HallRequest, hall: str, kind: str) -> HttpResponse:
    """Every public text; `?state=missing` or `unreviewed` leaves out the others."""
    if kind not in TYPES:
        raise Refused("page_unknown", 404)
    writer, media = TYPES[kind]
    wanted, lang = request.GET.get("state", ""), language_of(request)
    with one_read():
        found = Shelf(request.hall).everything()
    rows = [
        _row(each, lang) for each in found if wanted not in ("missing", "unreviewed") or each.state == wanted
    ]
    return exported(request, writer(rows), media, "texts", f"texts-{request.hall.slug}.{kind}")


@allowed("administrator", TRANSLATOR)
@require_http_methods(["GET", "POST"])
def upload(request: HallRequest, hall: str) -> HttpResponse:
    """Choose a file, see what it would change and row by row what is wrong, and take it: all or nothing."""
    context: dict[str, Any] = {"key": new_key(), "limit": MAX_BYTES // (1024 * 1024)}
    if request.method == "POST":
        context |= _answer(request)
    return page(request, "hallqueue/setup_texts_file.html", context)


def plan_of(hall: Hall, content: bytes) -> Plan:
    """Compare a file with the hall; writes nothing. Raises BadFileError, Refused("wording_rows")."""
    rows = read_wordings(content)
    if len(rows) > LARGEST_FILE:
        raise Refused("wording_rows", 400, limit=LARGEST_FILE)
    shelf, plan, seen = Shelf(hall), Plan([], [], [], 0), dict[str, int]()
    texts = {each.subject: each for each in shelf.everything(public=False)}
    for row in rows:
        found = texts.get(row.subject)
        if found is None:
            plan.errors.append((row.row, "subject", Refused("unknown_wording", subject=row.subject[:80])))
        elif row.subject in seen:
            plan.errors.append((row.row, "subject", Refused("wording_twice", first=seen[row.subject])))
        else:
            _compare(plan, row, found)
        seen.setdefault(row.subject, row.row)
    return plan._replace(reviewed=sum(bool(row["reviewed"]) for row in plan.rows))


def _compare(plan: Plan, row: FileRow, found: PublicText) -> None:
    """Add what a row changes, or what is wrong with it."""
    stale = row.mark != mark_of(found.mn, found.en)
    for lang, typed in (("mn", row.mn), ("en", row.en)):
        now = found.in_language(lang)
        if typed is None or (not typed.strip() and not now):
            continue
        wanted = lang == "mn" and row.reviewed and bool(typed) and not (typed == now and found.reviewed_at)
        if typed == now and not wanted:
            continue
        try:
            found.check(lang, typed if typed.strip() else "")
            if typed != now and stale:
                raise Refused("wording_changed_since", now=now)
        except Refused as refusal:
            plan.errors.append((row.row, lang, refusal))
            continue
        plan.rows.append(
            {"subject": found.subject, "lang": lang, "text": typed, "was": now, "reviewed": wanted}
        )
        if typed != now:
            plan.changed.append((row.row, found, typed))


def _answer(request: HallRequest) -> dict[str, Any]:
    given, lang = request.FILES.get("file"), language_of(request)
    if not isinstance(given, UploadedFile) or not given.name:
        return {"sentence": text("catalogue.page.missing", lang)}
    if (given.size or 0) > MAX_BYTES:
        return {"sentence": text("catalogue.file_too_large", lang, limit=MAX_BYTES // (1024 * 1024))}
    try:
        with one_read():
            plan = plan_of(request.hall, given.read())
        taken = "import" in request.POST and not plan.errors
        if taken and plan.rows:
            take_file(request.hall.pk, actor_of(request), request.POST.get("key", ""), rows=plan.rows)
    except BadFileError as bad:
        own = f"wordings.file.{bad.code}"
        return {"sentence": text(own if has_text(own) else f"catalogue.{bad.code}", lang, **bad.params)}
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, lang)}
    lines = [(row, f"wordings.language.{at}", sentence_of(why, lang)) for row, at, why in plan.errors]
    return {
        "plan": plan,
        "taken": taken,
        "name": given.name,
        "errors": lines[:LONGEST_LIST],
        "changed": plan.changed[:LONGEST_LIST],
        "more": max(0, max(len(lines), len(plan.changed)) - LONGEST_LIST),
    }


def _row(each: PublicText, lang: str) -> dict[str, str]:
    key, plain = room_name(each.room)
    return {
        "subject": each.subject,
        "kind": text(key, lang) if key else plain,
        "zh": each.zh,
        "mn": each.mn,
        "en": each.en,
        "state": text(f"wordings.state.{each.state}", lang),
        "reviewed": "是" if each.state == "reviewed" else "",
        "mark": mark_of(each.mn, each.en),
    }


urls: list[URLPattern] = [
    path("<slug:hall>/setup/texts/export.<slug:kind>", export, name="setup-texts-export"),
    path("<slug:hall>/setup/texts/file/", upload, name="setup-texts-file"),
]
