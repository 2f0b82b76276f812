"""Grades, causes, duties and limits of concerns; limits of ratings."""

from typing import Any

from django.http import HttpRequest

from hallqueue.admin.rows import InHall, own_hall


class GradeAdmin(InHall):
    """Grades of concerns, with their limits in working days."""

    list_display = ("name", "code", "days", "order", "is_active")


class CauseAdmin(InHall):
    """Root causes of concerns."""

    list_display = ("name", "is_active")


class DutyAdmin(InHall):
    """Who answers for a department's concerns."""

    list_display = ("department", "user", "is_lead")
    list_select_related = ("department", "user")


class OnceAdmin(InHall):
    """A row that a hall has once; without it the defaults hold."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Once for each hall."""
        rows: Any = self.model._default_manager
        return self._may(request) and not rows.filter(hall=own_hall(request)).exists()


class ConcernRulesAdmin(OnceAdmin):
    """Reminders, levels, and how long an identity is kept."""

    list_display = ("of_hall", "identity_days", "remind_days", "escalate_days")


class RatingRulesAdmin(OnceAdmin):
    """How long may be rated, at the pad and afterwards, and the limit of a bad one."""

    list_display = ("of_hall", "open_days", "pad_seconds", "case_days", "again_days")
