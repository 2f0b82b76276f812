"""The set-up page of the house rules: when a number is passed, how it comes back, and from when alarms are given."""

from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house import setup
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Hall, Rules
from hallqueue.problems import sentence_of
from hallqueue.texts import LANGUAGES
from hallqueue.topics.rules import rule_sentences
from hallqueue.transactions import one_read
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page
from hallqueue.web.reading import figure

PASSED = ("calls_before_no_show", "seconds_between_calls")
BACK = ("requeue_within_numbers", "requeue_within_minutes", "requeue_limit")
BEHIND = ("requeue_after",)
FIGURES = (*PASSED, *BACK, *BEHIND)
CHOICES = {"requeue_place": Rules.Place.values, "requeue_late": Rules.Late.values}
SWITCHES = ("citizens_requeue", "citizens_cancel")


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def house_rules(request: HallRequest, hall: str) -> HttpResponse:
    """Two forms, one for passed numbers and one for alarms; a mistake keeps what was typed in its form."""
    typed = {name: str(value) for name, value in request.POST.items()}
    said = _save(request, typed) if typed else {}
    with one_read():
        request.hall.refresh_from_db()
        context = _context(request.hall, {} if "done" in said else typed, language_of(request))
    status = 400 if "sentence" in said else 200
    context |= said | {"key": new_key()}
    return page(request, "hallqueue/setup_rules.html", context, status=status)


def _save(request: HallRequest, typed: dict[str, str]) -> dict[str, Any]:
    say = (request.hall.pk, actor_of(request), typed.get("key", ""))
    try:
        if typed.get("form") == "alarms":
            limits = {name: figure(typed.get(name, "")) for name in setup.ALARM_LIMITS}
            setup.set_alarm_limits(*say, limits=limits)
        else:
            rules: dict[str, Any] = {name: figure(typed.get(name, "")) for name in FIGURES}
            rules |= {name: typed.get(name, "") for name in CHOICES}
            setup.set_rules(*say, rules=rules | {name: name in typed for name in SWITCHES})
    except Refused as refusal:
        return {"sentence": sentence_of(refusal, language_of(request))}
    return {"done": True}


def _context(hall: Hall, typed: dict[str, str], lang: str) -> dict[str, Any]:
    rules = Rules.of(hall)
    mine = typed if typed.get("form") == "rules" else {}
    form = {name: mine.get(name, getattr(rules, name)) for name in (*FIGURES, *CHOICES)}
    form |= {name: name in mine if mine else getattr(rules, name) for name in SWITCHES}
    alarms = {name: typed.get(name, getattr(hall, name)) for name in setup.ALARM_LIMITS}
    rows = {"passed": PASSED, "back": BACK, "behind": BEHIND, "limits": tuple(alarms)}
    return {
        "form": form,
        "stands": [(each, f"house.place.{each}") for each in CHOICES["requeue_place"]],
        "lates": [(each, f"house.late.{each}") for each in CHOICES["requeue_late"]],
        "sentences": [(each, rule_sentences(rules, each)) for each in LANGUAGES if each in (lang, "zh")],
        **{part: [_figure(name, (form | alarms)[name]) for name in names] for part, names in rows.items()},
    }


def _figure(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "value": value, "label": f"errors.field.{name}", "hint": f"house.hint.{name}"}


urls: list[URLPattern] = [path("<slug:hall>/setup/rules/", house_rules, name="setup-rules")]
