"""Grades, causes, duties and limits of concerns."""

from django.http import HttpRequest

from hallqueue.admin.rows import InHall, own_hall
from hallqueue.models import ConcernRules


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


class ConcernRulesAdmin(InHall):
    """Reminders, levels, and how long an identity is kept."""

    list_display = ("hall", "identity_days", "remind_days", "escalate_days")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Once for each hall."""
        return self._may(request) and not ConcernRules.objects.filter(hall=own_hall(request)).exists()
