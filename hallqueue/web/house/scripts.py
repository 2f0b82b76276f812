"""The one setting of how Chinese and Mongolian stand together: order, size and side, and which screens do without."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from hallqueue.actions.command import new_key
from hallqueue.actions.house.wordings import set_device_script, set_scripts
from hallqueue.errors import Refused
from hallqueue.models import HANDS, Device
from hallqueue.models.hall import MONGOLIAN_SIZES
from hallqueue.problems import sentence_of
from hallqueue.web.access import HallRequest, actor_of, allowed
from hallqueue.web.pages import language_of, page

SCREENS = (Device.Kind.KIOSK, Device.Kind.BOARD, Device.Kind.SCREEN, Device.Kind.PAD)


@allowed(*HANDS)
@require_http_methods(["GET", "POST"])
def scripts(request: HallRequest, hall: str) -> HttpResponse:
    """The setting beside a picture of it, and the screens one by one."""
    said: dict[str, Any] = {"done": "done" in request.GET}
    if request.method == "POST":
        try:
            _say(request)
            return redirect(f"{request.path}?done=1")
        except Refused as refusal:
            said = {"sentence": sentence_of(refusal, language_of(request))}
    devices = Device.objects.filter(hall=request.hall, kind__in=SCREENS, revoked_at=None).order_by(
        "kind", "id"
    )
    context = {"sizes": MONGOLIAN_SIZES, "devices": devices, "key": new_key()} | said
    return page(request, "hallqueue/setup_languages.html", context, status=400 if "sentence" in said else 200)


def _say(request: HallRequest) -> None:
    typed = request.POST
    say = (request.hall.pk, actor_of(request), typed.get("key", ""))
    if "device" in typed:
        device = typed["device"]
        if not device.isdecimal() or len(device) > 18:
            raise Refused("bad_input", 400, detail="device")
        set_device_script(*say, device=int(device), shown=typed.get("shown") == "yes")
        return
    size = typed.get("size", "")
    set_scripts(
        *say,
        chinese_first=typed.get("first") != "mn",
        shown="shown" in typed,
        side=typed.get("side", ""),
        size=int(size) if size.isdecimal() and len(size) < 5 else 0,
    )


urls: list[URLPattern] = [path("<slug:hall>/setup/languages/", scripts, name="setup-languages")]
