"""Printers in the set-up pages; what is changed there goes through the same actions as everywhere."""

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from hallqueue.actions.command import Actor, new_key
from printers import jobs
from printers.models import Printer


@admin.register(Printer)
class PrinterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Add a printer, change its address, take it out of use; printers are never deleted, their jobs stay."""

    list_display = ("name", "hall", "address", "width", "kiosk", "is_active", "condition")
    list_filter = ("hall", "is_active")

    def save_model(self, request: HttpRequest, obj: Printer, form: ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        """Through the hall's own command, so that the log knows."""
        by = Actor(f"user:{request.user.pk}", "administrator")
        names = form.changed_data if change else [name for name in form.cleaned_data if name != "hall"]
        fields: dict[str, Any] = {name: form.cleaned_data[name] for name in names}
        device = fields.pop("kiosk", None)
        if "kiosk" in names:
            fields["kiosk_id"] = device.pk if device else None
        if change:
            jobs.change_printer(obj.hall_id, by, new_key(), printer=obj.pk, **fields)
        else:
            obj.pk = jobs.add_printer(obj.hall_id, by, new_key(), **fields)["printer"]

    def get_readonly_fields(self, request: HttpRequest, obj: Printer | None = None) -> tuple[str, ...]:
        """A printer stays in its hall."""
        return ("hall",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Printer | None = None) -> bool:
        """Its jobs tell what was printed."""
        return False
