"""The hall itself, what the desk lends, and what stands where; everything else of the set-up has pages of its own."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import get_resolver

from hallqueue.actions.house.setup import ALARM_LIMITS
from hallqueue.admin.rows import InHall, own_hall


class HallForm(forms.ModelForm):  # type: ignore[type-arg]
    """What can never be mended later is asked twice: the address, and the time zone on which all days hang."""

    class Meta:
        labels = {"slug": "网址短名"}
        help_texts = {
            "slug": "小写字母、数字和连字符，例如 wuhai；大厅的网址由它开头（/wuhai/），以后不能改",
            "time_zone": "例如 Asia/Shanghai",
        }

    def clean_slug(self) -> str:
        """An address that no page of the program itself has."""
        slug: str = self.cleaned_data["slug"]
        taken = {str(each.pattern).split("/", 1)[0] for each in get_resolver().url_patterns}
        if slug in taken | {"live", "static"}:
            raise ValidationError("这个短名是程序自己的网址，请换一个。")
        return slug

    def clean_time_zone(self) -> str:
        """A zone that this machine knows."""
        zone: str = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise ValidationError("没有这个时区，例如 Asia/Shanghai。")
        return zone


class HallAdmin(InHall):
    """The hall's own settings."""

    form = HallForm
    list_display = ("name", "address", "time_zone", "is_open")
    readonly_fields = ("is_open",)
    exclude = ("chinese_first", "mn_shown", "mn_side", "mn_size", *ALARM_LIMITS)  # pages of their own

    @admin.display(description="网址短名", ordering="slug")
    def address(self, hall: Any) -> str:
        """The hall's address, under its word in a list's head."""
        return str(hall.slug)

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
