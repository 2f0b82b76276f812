"""Set-up pages for rare settings (Django's admin): for administrators only, each within the own hall.

The one place that writes models directly: inside the hall's command, each change leaving an event.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from hallqueue import models
from hallqueue.admin import catalogue, concerns
from hallqueue.admin.rows import InHall, actor_of, may_set_up, own_hall
from hallqueue.admin.staff import StaffAdmin
from hallqueue.texts import text

__all__ = ["InHall", "actor_of", "own_hall", "site"]


class SetUpSite(admin.AdminSite):
    """Django's admin behind our own door: administrators only, signing in where wrong tries are counted."""

    site_header = site_title = "hallqueue"
    index_title = text("door.place.admin")

    def has_permission(self, request: HttpRequest) -> bool:
        """Only administrators."""
        return may_set_up(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one door."""
        return redirect(f"/sign-in/?next={reverse('admin:index')}")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one page for the own password, whose changes are in the log."""
        return redirect("/password/")


site = SetUpSite(name="admin")
site.register(models.Hall, catalogue.HallAdmin)
site.register(models.Item, catalogue.ItemAdmin)
site.register(models.Facility, catalogue.FacilityAdmin)
site.register(models.User, StaffAdmin)
site.register(models.ConcernGrade, concerns.GradeAdmin)
site.register(models.ConcernCause, concerns.CauseAdmin)
site.register(models.ConcernDuty, concerns.DutyAdmin)
site.register(models.ConcernRules, concerns.ConcernRulesAdmin)
site.register(models.RatingRules, concerns.RatingRulesAdmin)
