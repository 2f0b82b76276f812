"""The hall itself, what the desk lends, and what stands where; everything else of the set-up has pages of its own."""

from typing import Any

from django.http import HttpRequest

from hallqueue.actions.setup import ALARM_LIMITS
from hallqueue.admin.rows import InHall, own_hall


class HallAdmin(InHall):
    """The hall's own settings."""

    list_display = ("name", "slug", "time_zone", "is_open")
    readonly_fields = ("is_open",)
    exclude = ("chinese_first", "mn_shown", "mn_side", "mn_size", *ALARM_LIMITS)  # pages of their own

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Another hall is made by an administrator of the whole installation."""
        return self._may(request) and own_hall(request) is None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The address of a hall stands on posters and in devices: it stays."""
        return (*self.readonly_fields, "slug") if obj else self.readonly_fields


class ItemAdmin(InHall):
    """What the desk lends."""

    list_display = ("name", "code", "total", "is_active", "order")


class FacilityAdmin(InHall):
    """What stands where in the hall."""

    list_display = ("name", "place", "is_active", "order")
