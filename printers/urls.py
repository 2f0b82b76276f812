"""The addresses of the printers page."""

from django.urls import URLPattern, path

from printers import design_web, web

urlpatterns: list[URLPattern] = [
    path("<slug:hall>/printers/", web.printers, name="printers"),
    path("<slug:hall>/printers/reprint/", web.reprint, name="reprint"),
    path("<slug:hall>/printers/offered/", web.offered, name="slips-offered"),
    path("<slug:hall>/setup/slip/", design_web.design, name="slip-design"),
    path("<slug:hall>/setup/slip/preview/", design_web.preview, name="slip-preview"),
    path("<slug:hall>/printers/<int:printer>/test/", web.test, name="test-slip"),
    path("<slug:hall>/paper/came-out/", web.came_out, name="paper-came-out"),
    path("<slug:hall>/printers/<int:printer>/slips/", web.slips, name="twin-slips"),
    path("<slug:hall>/printers/<int:printer>/slips/<int:number>.png", web.slip, name="twin-slip"),
    path("<slug:hall>/printers/<int:printer>/mode/", web.mode, name="twin-mode"),
]
