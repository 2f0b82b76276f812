"""Staff: who may sign in, as what."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.http import HttpRequest
from django.shortcuts import redirect

from hallqueue.actions.entering import halls_of
from hallqueue.actions.people import person_changed
from hallqueue.admin.rows import SENT_TWICE, InHall, actor_of, fields_of, key_of, was_sent
from hallqueue.models import Role
from hallqueue.transactions import one_command


class NewPersonForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new member of staff; whoever belongs to no hall belongs to all: that is for administrators alone."""

    def clean(self) -> dict[str, Any]:
        """A role other than administrator names its hall, where one may choose."""
        said: dict[str, Any] = super().clean() or {}
        if "hall" not in self.fields:
            return said
        if not said.get("hall") and said.get("role") != Role.ADMINISTRATOR:
            self.add_error("hall", "请选择大厅：只有管理员可以不属于任何大厅。")
        return said


class StaffAdmin(InHall, UserAdmin):  # type: ignore[type-arg]
    """Staff: who they are, their role, their password."""

    add_form = NewPersonForm
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

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 as Django's address names it
        form_url: str = "",
    ) -> Any:
        """Give somebody another password, which they then change; the own is changed where everybody changes it.

        A form that is sent twice gives it once: the second waits for the first, and its sender is told so.
        """
        if id == str(request.user.pk):
            return redirect("/password/")
        person = self.get_object(request, id)
        halls = halls_of(person) if person is not None and request.method == "POST" else []
        if not halls:
            return super().user_change_password(request, id, form_url)
        with one_command(halls[0]):
            if was_sent(request):
                messages.info(request, SENT_TWICE)
                return redirect("admin:hallqueue_user_change", id)
            return super().user_change_password(request, id, form_url)

    def note(self, request: HttpRequest, obj: Any, what: str, message: Any) -> None:
        """Rights moved: open screens are checked again at once."""
        told = {"what": what, "role": obj.role, "fields": fields_of(message)}
        for hall in halls_of(obj):
            person_changed(hall, actor_of(request), key_of(request), user=obj.pk, **told)
