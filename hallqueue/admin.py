"""Set-up pages for rare settings (Django's admin): for administrators only, each within the own hall.

The one place that writes models directly: inside the hall's command, each change leaving an event.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse

from hallqueue.actions.command import Actor, new_key
from hallqueue.actions.people import person_changed
from hallqueue.actions.setup import note_change
from hallqueue.models import (
    ConcernCause,
    ConcernDuty,
    ConcernGrade,
    ConcernRules,
    Department,
    Facility,
    Hall,
    Item,
    Role,
    Rules,
    Series,
    Service,
    User,
    Window,
    WindowService,
)
from hallqueue.pinyin import initials_of, pinyin_of
from hallqueue.routing import waiting
from hallqueue.texts import text
from hallqueue.transactions import one_command


class SetUpSite(admin.AdminSite):
    """Django's admin behind our own door: administrators only, signing in where wrong tries are counted."""

    site_header = site_title = "hallqueue"
    index_title = "设置"

    def has_permission(self, request: HttpRequest) -> bool:
        """Only administrators."""
        user = request.user
        return isinstance(user, User) and user.is_active and user.role == Role.ADMINISTRATOR

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one door."""
        return redirect(f"/sign-in/?next={reverse('admin:index')}")


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
        if not site.has_permission(request):
            return False
        hall = own_hall(request)
        return obj is None or hall is None or hall_of(obj) == hall

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Shown to administrators."""
        return site.has_permission(request)

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
        """Choices of the own hall only."""
        hall = own_hall(request)
        if hall is not None and hasattr(db_field.remote_field.model, "hall"):
            kwargs["queryset"] = db_field.remote_field.model._default_manager.filter(hall=hall)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

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

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Every way of the admin to write ends here or in `log_change`: note it in the hall's log."""
        self.note(request, obj, "added")
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """See `log_addition`."""
        self.note(request, obj, "changed")
        return super().log_change(request, obj, message)

    def note(self, request: HttpRequest, obj: Any, what: str) -> None:
        """The event of a change, by the administrator."""
        hall = hall_of(obj)
        if hall is not None:
            note_change(hall, _actor(request), new_key(), what=f"{obj._meta.model_name} {what}", row=obj.pk)


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    assert isinstance(user, User)
    return Actor(f"user:{user.pk}", user.role, user)


class HallAdmin(InHall):
    """The hall's own settings."""

    list_display = ("name", "slug", "time_zone", "is_open")
    readonly_fields = ("is_open",)
    exclude = ("chinese_first", "mn_shown", "mn_side", "mn_size")  # set-up page "languages"

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


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A service; one that people wait for is not taken away."""

    def clean_is_active(self) -> bool:
        """Refuse to switch it off while somebody waits for it."""
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and self.instance.pk:
            people = waiting(self.instance.hall).filter(service=self.instance).count()
            if people:
                raise forms.ValidationError(
                    text("errors.service_awaited", name=self.instance.name, people=people)
                )
        return is_active


class ServiceAdmin(InHall):
    """Services."""

    form = ServiceForm
    list_display = ("name", "department", "series", "minutes", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "code", "pinyin", "initials")
    list_select_related = ("department", "series")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new name is found by its pinyin too."""
        if "name" in form.changed_data:
            obj.pinyin, obj.initials = pinyin_of(obj.name)[:1000], initials_of(obj.name)[:200]
            form.changed_data += ["pinyin", "initials"]
        super().save_model(request, obj, form, change)


class TakesInline(admin.TabularInline):  # type: ignore[type-arg]
    """What a window takes."""

    model = WindowService
    exclude = ("hall",)
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the window."""
        return site.has_permission(request)

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


class StaffAdmin(InHall, UserAdmin):  # type: ignore[type-arg]
    """Staff: who they are, their role, their password."""

    list_display = ("username", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("username", "name")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "password", "name", "role", "may_translate", "hall", "is_active")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "name", "role", "hall", "password1", "password2")}),)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the hall where it is fixed."""
        hidden = set(self.get_exclude(request, obj))
        return [
            (title, options | {"fields": tuple(name for name in options["fields"] if name not in hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def note(self, request: HttpRequest, obj: Any, what: str) -> None:
        """Rights moved: open screens are checked again at once."""
        if obj.hall_id is not None:
            person_changed(obj.hall_id, _actor(request), new_key(), user=obj.pk, what=what)


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


class RulesAdmin(InHall):
    """The hall's rules of a ticket's life; each hall has one row, made with the hall."""

    list_display = ("hall", "calls_before_no_show", "seconds_between_calls", "requeue_limit", "requeue_late")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only where a hall has none yet, by an administrator of the whole installation."""
        return self._may(request) and own_hall(request) is None


site = SetUpSite(name="admin")
site.register(Hall, HallAdmin)
site.register(Department, DepartmentAdmin)
site.register(Series, SeriesAdmin)
site.register(Service, ServiceAdmin)
site.register(Window, WindowAdmin)
site.register(Item, ItemAdmin)
site.register(Facility, FacilityAdmin)
site.register(User, StaffAdmin)
site.register(ConcernGrade, GradeAdmin)
site.register(ConcernCause, CauseAdmin)
site.register(ConcernDuty, DutyAdmin)
site.register(ConcernRules, ConcernRulesAdmin)
site.register(Rules, RulesAdmin)
