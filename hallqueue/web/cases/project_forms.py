"""The form that opens a project: from a root cause, a concern or a finding, or from nothing yet."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from hallqueue.actions.cases.project_causes import SOURCES
from hallqueue.actions.cases.projects import open_project
from hallqueue.actions.command import new_key
from hallqueue.cases.project_dates import PILOT, STEPS, usual_days
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Concern, ConcernCause, Finding, Project
from hallqueue.problems import sentence_of
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.cases.projects import cases_of, offers_of
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure

WORDS = ("title", "problem", "aim", "cause", "department")
Context = dict[str, Any]


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def new(request: HallRequest, hall: str) -> HttpResponse:
    """The questions before a project; a refusal leaves what was typed."""
    kind = request.GET.get("kind", PILOT)
    kind = kind if kind in STEPS else PILOT
    context, status = _begun(request), 200
    if request.method == "POST":
        try:
            opened = _open(request, kind)
            return redirect("project", request.hall.slug, opened["project"])
        except Refused as refusal:
            context = _typed(request) | {"error": sentence_of(refusal, language_of(request))}
            status = refusal.status
    cause = ConcernCause.objects.filter(hall=request.hall, name=context["form"]["cause"]).first()
    context |= {
        "kind": kind,
        "kinds": [
            (each, f"project.kind.{each}", f"project.kind_lead.{each}") for each in Project.Kind.values
        ],
        "asked": _address(request),
        "steps": _steps(request, kind),
        "key": new_key(),
        **offers_of(request),
        **cases_of(request, cause),
    }
    return page(request, "hallqueue/project_new.html", context, status=status)


def _begun(request: HallRequest) -> Context:
    """What is known before anything is typed: where one came from."""
    form: Context = dict.fromkeys(WORDS, "")
    concerns: set[int] = set()
    cause = ConcernCause.objects.filter(hall=request.hall, pk=_whole(request, "cause")).first()
    concern = Concern.objects.filter(hall=request.hall, pk=_whole(request, "concern")).first()
    finding = Finding.objects.filter(hall=request.hall, pk=_whole(request, "finding")).first()
    if concern is not None:
        form |= {
            "problem": concern.failed,
            "department": concern.department.code if concern.department else "",
        }
        concerns, cause = {concern.pk}, cause or concern.cause
    if finding is not None:
        form |= {"problem": finding.note, "aim": finding.measure[:500]}
    if cause is not None:
        form |= {"cause": cause.name}
        concerns |= set(Concern.objects.filter(cause=cause).values_list("pk", flat=True))
    return {
        "form": form,
        "concerns": concerns,
        "findings": {finding.pk} if finding else set(),
        "ratings": {_whole(request, "rating")},
    }


def _typed(request: HallRequest) -> Context:
    form = {name: request.POST.get(name, "") for name in WORDS}
    return {"form": form} | {name: set(_ticked(request, name)) for name in SOURCES}


def _open(request: HallRequest, kind: str) -> Context:
    said: Context = {name: request.POST.get(name, "") for name in WORDS}
    said |= {name: _ticked(request, name) for name in SOURCES}
    steps = {
        step: [request.POST.get(f"{name}-{step}", "") for name in ("begins", "ends", "owner")]
        for step in STEPS[kind]
    }
    key = request.POST.get("key", "")
    opened: Context = open_project(request.hall.pk, actor_of(request), key, kind=kind, steps=steps, **said)
    return opened


def _steps(request: HallRequest, kind: str) -> list[Context]:
    """Each step with its days and owner, as typed or as usual."""
    usual = usual_days(kind, request.hall.business_date(timezone.now()))
    return [
        {
            "kind": step,
            "key": f"project.step_of.{kind}.{step}",
            "begins": request.POST.get(f"begins-{step}") or days.begins_on.isoformat(),
            "ends": request.POST.get(f"ends-{step}") or days.ends_on.isoformat(),
            "owner": request.POST.get(f"owner-{step}", ""),
        }
        for step, days in usual.items()
    ]


def _ticked(request: HallRequest, name: str) -> list[int]:
    return [
        int(each)
        for each in request.POST.getlist(name)
        if each.isascii() and each.isdecimal() and len(each) < 12
    ]


def _whole(request: HallRequest, name: str) -> int:
    return max(0, figure(request.GET.get(name, "")))


def _address(request: HallRequest) -> str:
    """Where one came from, kept when another kind is chosen."""
    return "".join(
        f"&{name}={found}"
        for name in ("cause", "concern", "finding", "rating")
        if (found := _whole(request, name))
    )


urls: list[URLPattern] = [path("<slug:hall>/projects/new/", new, name="project-new")]
