"""The addresses of all pages: each audience's module lists its own; displays and printers add theirs."""

from django.urls import URLResolver, include, path
from django.urls.resolvers import RoutePattern

from hallqueue import admin, metrics
from hallqueue.web import (
    acts,
    appointments,
    audit,
    demo,
    desk,
    devices,
    door,
    health,
    helping,
    kiosk,
    ledgers,
    manager,
    manager_hands,
    pairing,
    password,
    phone,
    rankings,
    reports,
    stories,
    window,
)
from hallqueue.web.cases import (
    concern_forms,
    concerns,
    findings,
    project_forms,
    projects,
    rating_asks,
    rating_codes,
    ratings,
    walkthroughs,
    wall,
)
from hallqueue.web.house import (
    calendar,
    fallback,
    house_rules,
    journeys,
    kinds,
    rules,
    scripts,
    services,
    setup,
    wording_files,
    wordings,
)

handler404 = "hallqueue.web.refusals.not_found"
handler500 = "hallqueue.web.refusals.failed"

# Loaded when the first machine comes: `include` would load it at once, and most halls have no machine.
machines = URLResolver(RoutePattern("api/v1/"), "hallqueue.api.v1", app_name="ninja", namespace="api")

urlpatterns = [
    path("admin/", admin.site.urls),
    *health.urls,
    *metrics.urls,
    machines,
    *door.urls,
    *password.urls,
    *demo.urls,
    *pairing.urls,
    *devices.urls,
    *kiosk.urls,
    *phone.urls,
    *rating_asks.urls,
    *rating_codes.urls,
    *ratings.urls,
    *concern_forms.urls,
    *concerns.urls,
    *walkthroughs.urls,
    *findings.urls,
    *ledgers.urls,
    *rankings.urls,
    *project_forms.urls,
    *projects.urls,
    *wall.urls,
    *reports.urls,
    *fallback.urls,
    *journeys.urls,
    *rules.urls,
    *services.urls,
    *kinds.urls,
    *house_rules.urls,
    *window.urls,
    *desk.urls,
    *helping.urls,
    *manager.urls,
    *manager_hands.urls,
    *acts.urls,
    *stories.urls,
    *audit.urls,
    *setup.urls,
    *scripts.urls,
    *wordings.urls,
    *wording_files.urls,
    *calendar.urls,
    *appointments.urls,
    path("", include("displays.urls")),
    path("", include("printers.urls")),
]
