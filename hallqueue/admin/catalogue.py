"""The hall, what it offers, where, and by which rules."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from hallqueue.admin.rows import InHall, may_set_up, own_hall
from hallqueue.models import Appointment, Service, WindowService
from hallqueue.pinyin import initials_of, pinyin_of
from hallqueue.routing import waiting
from hallqueue.texts import text, texts_of
from hallqueue.transactions import one_command

TAG = "words.tag."


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


def _known_tags() -> list[tuple[str, str]]:
    """The tags that screens have words for."""
    words = texts_of("words")
    return [(key.removeprefix(TAG), word) for key, word in words.items() if key.startswith(TAG)]


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A service; one that people wait for or have booked is not taken away."""

    tags = forms.MultipleChoiceField(
        label="标签", required=False, choices=_known_tags, widget=forms.CheckboxSelectMultiple
    )

    def clean_is_active(self) -> bool:
        """Refuse to switch it off while somebody waits for it or comes by appointment."""
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active and self.instance.pk:
            hall = self.instance.hall
            self._refuse("service_awaited", waiting(hall).filter(service=self.instance).count())
            booked = Appointment.objects.filter(slot__service=self.instance, state=Appointment.State.BOOKED)
            today = hall.local_date(timezone.now())
            self._refuse("service_booked", booked.filter(slot__date__gte=today).count())
        return is_active

    def _refuse(self, code: str, people: int) -> None:
        if people:
            raise forms.ValidationError(text(f"errors.{code}", name=self.instance.name, people=people))


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


class RulesAdmin(InHall):
    """The hall's rules of a ticket's life; each hall has one row, made with the hall."""

    list_display = ("hall", "calls_before_no_show", "seconds_between_calls", "requeue_limit", "requeue_late")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only where a hall has none yet, by an administrator of the whole installation."""
        return self._may(request) and own_hall(request) is None
