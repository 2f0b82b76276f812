"""What all rare settings share: administrators only, each within the own hall, each change with its event."""

import hashlib
from typing import Any

from django.contrib import admin, messages
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from hallqueue.actions.command import Actor, new_key, person
from hallqueue.actions.house.setup import note_change
from hallqueue.errors import Refused
from hallqueue.models import Hall, Receipt, Role, User
from hallqueue.transactions import one_command

SENT_TWICE = "这张表单已经提交过，没有再记一次。"
HALL = "大厅"
"""What forms and lists call the hall of a row."""


def may_set_up(request: HttpRequest) -> bool:
    """Only administrators."""
    user = request.user
    return isinstance(user, User) and user.is_active and user.role == Role.ADMINISTRATOR


def hall_of(thing: models.Model) -> int | None:
    """The hall a row belongs to."""
    return thing.pk if isinstance(thing, Hall) else getattr(thing, "hall_id", None)


def own_hall(request: HttpRequest) -> int | None:
    """The hall of a signed-in administrator; None for one of the whole installation."""
    user = request.user
    assert isinstance(user, User)
    return user.hall_id


class InHall(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows of the administrator's hall; nothing is deleted, since tickets and the log point at it."""

    def _may(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        if not may_set_up(request):
            return False
        hall = own_hall(request)
        return obj is None or hall is None or hall_of(obj) == hall

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to administrators."""
        return may_set_up(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In the own hall."""
        return self._may(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """In the own hall."""
        return self._may(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """In the own hall."""
        return self._may(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: switch off instead."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The own hall's rows."""
        rows, hall = super().get_queryset(request), own_hall(request)
        return rows if hall is None else rows.filter(**{"pk" if self.model is Hall else "hall": hall})

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        """A hall's own administrator does not choose the hall; nobody moves a row to another."""
        fixed = obj is not None or own_hall(request) is not None
        return [*(super().get_exclude(request, obj) or ()), *(["hall"] if fixed else [])]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices of the own hall only, and the hall under its word."""
        hall = own_hall(request)
        if hall is not None and hasattr(db_field.remote_field.model, "hall"):
            kwargs["queryset"] = db_field.remote_field.model._default_manager.filter(hall=hall)
        if db_field.remote_field.model is Hall:
            kwargs["label"] = HALL
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=HALL, ordering="hall")
    def of_hall(self, row: Any) -> str:
        """The hall of a row, under its word in a list's head."""
        return str(row.hall)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write only what the form changed, while the hall is ours: its counters must never be set back."""
        if not change and hasattr(obj, "hall_id") and obj.hall_id is None:
            obj.hall_id = own_hall(request)
        hall = hall_of(obj)
        if hall is None:
            obj.save()
            return
        with one_command(hall):
            if not change:
                obj.save()
            elif form.changed_data:
                obj.save(update_fields=form.changed_data)

    def changeform_view(
        self, request: HttpRequest, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """A form that is sent twice is kept once: the second is undone whole, and its sender is told so.

        The own hall is no field of the form, so that only the database knows what the hall has already.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refused, IntegrityError) as error:
            if isinstance(error, Refused) and error.code != "key_reused":
                raise
        if was_sent(request):
            messages.info(request, SENT_TWICE)
        else:
            messages.error(request, "没有保存：大厅已经有同样编码或名称的一项。")
        return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Every way of the admin to write ends here or in `log_change`: note it in the hall's log."""
        self.note(request, obj, "added", [])
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See `log_addition`; a form in which nothing was changed is no event."""
        if message:
            self.note(request, obj, "changed", message)
        return super().log_change(request, obj, message)

    def note(self, request: HttpRequest, obj: Any, what: str, message: Any) -> None:
        """The event of a change, by the administrator."""
        hall = hall_of(obj)
        if hall is not None:
            told = {"what": f"{obj._meta.model_name} {what}", "row": obj.pk, "fields": fields_of(message)}
            note_change(hall, actor_of(request), key_of(request), **told)


def fields_of(message: Any) -> list[str]:
    """The names of the fields that Django's message of a change speaks of."""
    told = [each["changed"] for each in message if "changed" in each] if isinstance(message, list) else []
    return [str(name) for each in told for name in each.get("fields", ())]


def key_of(request: HttpRequest) -> str:
    """The idempotency key of a form: Django masks its token anew in each page, so what is equal was sent twice."""
    if not request.POST.get("csrfmiddlewaretoken"):
        return new_key()
    return hashlib.sha256(f"{request.path} {sorted(request.POST.lists())}".encode()).hexdigest()


def was_sent(request: HttpRequest) -> bool:
    """Whether this very form was kept already."""
    return Receipt.objects.filter(key=key_of(request)).exists()


def actor_of(request: HttpRequest) -> Actor:
    """The administrator as one who acts."""
    user = request.user
    assert isinstance(user, User)
    return person(user, "admin")
