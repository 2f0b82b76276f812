"""Printers in the set-up pages; what is changed there goes through the same actions as everywhere."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from hallqueue.actions.command import new_key
from hallqueue.admin import InHall, actor_of, own_hall, site
from hallqueue.models import Device
from printers import setting_up
from printers.models import Printer


class PrinterAdmin(InHall):
    """Add a printer, change its address, take it out of use; printers are never deleted, their jobs stay."""

    list_display = ("name", "address", "width", "kiosk", "is_active", "condition")
    list_filter = ("is_active",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """A printer prints for a kiosk that is in use, or goes on with its own; it never stands in for itself."""
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        own = request.resolver_match.kwargs.get("object_id", 0) if request.resolver_match else 0
        if db_field.name == "kiosk":
            in_use = Q(kind=Device.Kind.KIOSK, revoked_at=None) | Q(printers=own)
            field.queryset = field.queryset.filter(in_use).distinct()
        if db_field.name == "stand_in":
            field.queryset = field.queryset.exclude(pk=own)
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the hall's own command, so that screens and the worker hear of it."""
        names = form.changed_data if change else [name for name in form.cleaned_data if name != "hall"]
        fields = {
            obj._meta.get_field(name).attname: getattr(obj, obj._meta.get_field(name).attname)
            for name in names
        }
        hall = obj.hall_id or own_hall(request)
        if not change:
            obj.pk, obj.hall_id = (
                setting_up.add_printer(hall, actor_of(request), new_key(), **fields)["printer"],
                hall,
            )
        elif fields:
            setting_up.change_printer(hall, actor_of(request), new_key(), printer=obj.pk, **fields)

    def note(self, request: HttpRequest, obj: Any, what: str, message: Any) -> None:
        """The command has noted it."""


site.register(Printer, PrinterAdmin)
