"""The addresses of all pages; displays and printers add theirs."""

from django.contrib import admin
from django.urls import include, path

handler404 = "hallqueue.web.refusals.not_found"
handler500 = "hallqueue.web.refusals.failed"

urlpatterns = [
    path("admin/", admin.site.urls),
]
