"""The page where a hall decides what its slips say, with a preview made from the very bytes a printer would get."""

import base64
from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from hallqueue.actions.command import new_key
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Hall, User
from hallqueue.problems import sentence_of
from hallqueue.topics.reading import iso
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page, page_data
from hallqueue.web.reading import LONGEST_TEXT
from printers import setting_up
from printers.designs import Design, design_in, scopes_of
from printers.examples import EXAMPLES, example_slip
from printers.logo import LARGEST_FILE, encoded, picture_of
from printers.models import Printer, SlipDesign
from printers.parts import PAPER_58, PAPER_80, Paper
from printers.slip import LINES, slip_bytes
from printers.twin_commands import print_on_twin

SHOWN_VERSIONS = 20


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def design(request: HallRequest, hall: str) -> HttpResponse:
    """What slips say, for a width of paper or for one printer; a mistake is said in a sentence and changes nothing."""
    scope = request.GET.get("scope", "80")
    said: dict[str, Any] = {}
    if request.method == "POST":
        try:
            _save(request, scope)
            said = {"done": True}
        except Refused as refusal:
            said = {"sentence": sentence_of(refusal, language_of(request))}
    request.hall.refresh_from_db()
    status = 400 if "sentence" in said else 200
    return page(request, "printers/design.html", _context(request, scope) | said, status=status)


@allowed(*HANDS)
@require_POST
def preview(request: HallRequest, hall: str) -> JsonResponse:
    """The slip as it would come out of the printer, in both ways of printing: picture, bytes, what it stumbles over."""
    scope, printer = _scope(request, request.GET.get("scope", "80"))
    example, language = request.POST.get("example", ""), request.POST.get("language", "zh")
    if example not in EXAMPLES or language not in ("zh", "mn", "en"):
        raise Refused("bad_input", 400, detail="example")
    drafted = _draft(request, design_in(request.hall, scope, printer))
    request.hall.slip_rules = "\n".join(_rules(request))
    slip = example_slip(example, request.hall, drafted, language)
    paper = _paper(scope, printer)
    both = (replace(paper, text="gb18030"), replace(paper, text="raster"))
    return JsonResponse({each.text: _shown(slip_bytes(slip, each), each) for each in both})


def _shown(data: bytes, paper: Paper) -> dict[str, Any]:
    """These bytes as the printer twin prints them."""
    slips = print_on_twin(data, paper.dots, paper.rom)
    pictures = [f"data:image/png;base64,{base64.b64encode(each.png()).decode()}" for each in slips]
    return {
        "pictures": pictures,
        "bytes": len(data),
        "errors": [error for each in slips for error in each.errors],
    }


def _scope(request: HallRequest, scope: str) -> tuple[str, Printer | None]:
    """A scope of this hall and its printer; raises Refused("unknown_scope")."""
    known = scopes_of(request.hall)
    if scope not in known:
        raise Refused("unknown_scope", 404)
    return scope, known[scope]


def _paper(scope: str, printer: Printer | None) -> Paper:
    if printer is not None:
        return printer.paper
    return PAPER_58 if scope == "58" else PAPER_80


def _draft(request: HallRequest, before: Design) -> Design:
    """What is typed and ticked, not stored."""
    form, logo = request.POST, _logo(request)
    picture = before.logo if logo is None else picture_of(logo) if logo else None
    return Design(
        lines=tuple(name for name in form.getlist("line") if name in LINES),
        both_languages="both" in form,
        footer=form.get("footer", "")[:LONGEST_TEXT],
        footer_mn=form.get("footer_mn", "")[:LONGEST_TEXT],
        logo=picture,
    )


def _logo(request: HallRequest) -> bytes | None:
    """The uploaded logo drawn anew; empty: it is taken away; None: nothing was said about it."""
    if "no_logo" in request.POST:
        return b""
    upload = request.FILES.get("logo")
    if not isinstance(upload, UploadedFile):
        return None
    if (upload.size or 0) > LARGEST_FILE:
        raise Refused("logo_too_large", 413, limit=LARGEST_FILE // (1024 * 1024))
    return encoded(upload.read())


def _rules(request: HallRequest) -> list[str]:
    return [line.strip() for line in request.POST.get("rules", "").splitlines() if line.strip()]


def _save(request: HallRequest, scope: str) -> None:
    by, form = actor_of(request), request.POST
    key, version = form.get("key", ""), form.get("version", "")
    if version:
        number = int(version) if version.isascii() and version.isdecimal() and len(version) < 6 else 0
        setting_up.bring_back_design(request.hall.pk, by, key, scope=scope, version=number)
        return
    logo = _logo(request)
    setting_up.design_slip(
        request.hall.pk,
        by,
        key,
        scope=scope,
        lines=form.getlist("line"),
        both_languages="both" in form,
        footer=form.get("footer", ""),
        footer_mn=form.get("footer_mn", ""),
        logo=None if logo is None else base64.b64encode(logo).decode(),
        rules=_rules(request),
    )


def _context(request: HallRequest, wanted: str) -> dict[str, Any]:
    scope, printer = _scope(request, wanted)
    now = design_in(request.hall, scope, printer)
    rows = SlipDesign.objects.filter(hall=request.hall, scope=scope).order_by("-version")
    versions = [_version(row, request.hall) for row in rows.defer("logo")[:SHOWN_VERSIONS]]
    known = scopes_of(request.hall)
    rest = [name for name in LINES if name not in now.lines]
    printers = [each for each in known.values() if each and (scope == str(each.width) or each == printer)]
    data = page_data(request, "design", scope=scope, key=new_key())
    return {
        "data": data,
        "scope": scope,
        "scopes": [(name, each.name if each else "") for name, each in known.items()],
        "design": now,
        "lines": [(name, name in now.lines) for name in (*now.lines, *rest)],
        "examples": list(EXAMPLES),
        "versions": versions,
        "printers": printers,
        "rules": request.hall.slip_rules,
        "key": new_key(),
    }


def _version(row: SlipDesign, hall: Hall) -> dict[str, Any]:
    number = row.made_by.removeprefix("user:")
    user = User.objects.filter(pk=int(number)).first() if number.isdecimal() else None
    return {
        "version": row.version,
        "by": str(user or row.made_by),
        "at": row.made_at,
        "iso": iso(row.made_at),
    }
