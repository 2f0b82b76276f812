"""The addresses of all pages: each audience's module lists its own; displays and printers add theirs."""

from django.urls import include, path

from hallqueue import admin
from hallqueue.api import v1
from hallqueue.web import (
    acts,
    appointments,
    calendar,
    concern_forms,
    concerns,
    demo,
    desk,
    devices,
    door,
    fallback,
    findings,
    health,
    helping,
    journeys,
    kiosk,
    ledgers,
    manager,
    manager_hands,
    pairing,
    phone,
    rules,
    scripts,
    setup,
    stories,
    walkthroughs,
    window,
    wording_files,
    wordings,
)

handler404 = "hallqueue.web.refusals.not_found"
handler500 = "hallqueue.web.refusals.failed"

urlpatterns = [
    path("admin/", admin.site.urls),
    *health.urls,
    *v1.urls,
    *door.urls,
    *demo.urls,
    *pairing.urls,
    *devices.urls,
    *kiosk.urls,
    *phone.urls,
    *concern_forms.urls,
    *concerns.urls,
    *walkthroughs.urls,
    *findings.urls,
    *ledgers.urls,
    *fallback.urls,
    *journeys.urls,
    *rules.urls,
    *window.urls,
    *desk.urls,
    *helping.urls,
    *manager.urls,
    *manager_hands.urls,
    *acts.urls,
    *stories.urls,
    *setup.urls,
    *scripts.urls,
    *wordings.urls,
    *wording_files.urls,
    *calendar.urls,
    *appointments.urls,
    path("", include("displays.urls")),
    path("", include("printers.urls")),
]
