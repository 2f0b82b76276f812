"""The hall, its departments, series and windows, what the desk lends; services and rules have their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from hallqueue.actions.setup import ALARM_LIMITS
from hallqueue.admin.rows import InHall, may_set_up, own_hall
from hallqueue.models import Service, WindowService
from hallqueue.transactions import one_command


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


class DepartmentAdmin(InHall):
    """Departments."""

    list_display = ("name", "code", "zone", "order")
    search_fields = ("name", "code")


class SeriesAdmin(InHall):
    """Series of numbers."""

    list_display = ("letter", "name")


class TakesInline(admin.TabularInline):  # type: ignore[type-arg]
    """What a window takes."""

    model = WindowService
    exclude = ("hall",)
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the window."""
        return may_set_up(request)

    has_add_permission = has_change_permission = has_delete_permission = has_view_permission

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Services of the own hall."""
        hall = own_hall(request)
        if hall is not None:
            kwargs["queryset"] = Service.objects.filter(hall=hall)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class WindowAdmin(InHall):
    """Windows, and what each takes."""

    list_display = ("number", "name", "zone", "is_fallback", "state")
    inlines = (TakesInline,)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Each row belongs to the window's hall."""
        window = form.instance
        with one_command(window.hall_id):
            for row in formset.save(commit=False):
                row.hall_id = window.hall_id
                row.save()
            for row in formset.deleted_objects:
                row.delete()


class ItemAdmin(InHall):
    """What the desk lends."""

    list_display = ("name", "code", "total", "is_active", "order")


class FacilityAdmin(InHall):
    """What stands where in the hall."""

    list_display = ("name", "place", "is_active", "order")
