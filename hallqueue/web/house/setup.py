"""The set-up page of a hall, and the import of its catalogue from a file."""

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house.catalogue import Plan, import_plan, plan_import
from hallqueue.models import HANDS, Series
from hallqueue.sheets.catalogue import RowError
from hallqueue.sheets.reading import MAX_BYTES
from hallqueue.texts import has_text, text
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.places import set_up_places_of

LONGEST_LIST = 200


@allowed(*HANDS)
@require_GET
def overview(request: HallRequest, hall: str) -> HttpResponse:
    """Everything that can be arranged in this hall."""
    user = request.viewer.user
    found = set_up_places_of(user, request.hall) if user else {}
    groups = [(f"door.group.{name}", places) for name, places in found.items() if places]
    return page(request, "hallqueue/setup.html", {"groups": groups})


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def catalogue(request: HallRequest, hall: str) -> HttpResponse:
    """Choose a file, see what it would change, row by row what is wrong with it, and import it: all or nothing."""
    context = {
        "key": new_key(),
        "series": list(Series.objects.filter(hall=request.hall, is_active=True).order_by("letter")),
        "limit": MAX_BYTES // (1024 * 1024),
    }
    if request.method == "POST":
        context |= _answer(request)
    return page(request, "hallqueue/setup_catalogue.html", context)


def _answer(request: HallRequest) -> dict[str, object]:
    """What the file would change, and whether it has been imported."""
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile) or not upload.name:
        return {"missing": True}
    if (upload.size or 0) > MAX_BYTES:
        return {"too_large": True}
    plan = plan_import(request.hall, upload.read(), request.POST.get("series", "")[:3])
    imported = "import" in request.POST and not plan.errors
    if imported:
        import_plan(request.hall, actor_of(request), request.POST.get("key", ""), plan)
    return {"plan": plan, "imported": imported, "name": upload.name, **_lists(plan, language_of(request))}


def _lists(plan: Plan, lang: str) -> dict[str, object]:
    """What is wrong and what was left out, as sentences with their places in the file."""
    return {
        "errors": [_line(each, lang) for each in plan.errors[:LONGEST_LIST]],
        "notes": [_line(each, lang) for each in plan.notes[:LONGEST_LIST]],
        "more": max(0, len(plan.errors) - LONGEST_LIST),
    }


def _line(error: RowError, lang: str) -> dict[str, object]:
    column = f"catalogue.column.{error.column}"
    return {
        "row": error.row or "",
        "column": text(column, lang) if has_text(column) else error.column,
        "sentence": error.sentence(lang),
    }


urls = [
    path("<slug:hall>/setup/", overview, name="setup"),
    path("<slug:hall>/setup/catalogue/", catalogue, name="setup-catalogue"),
]
