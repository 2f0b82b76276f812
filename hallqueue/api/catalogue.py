"""What machines may read and change of services, departments, series and house rules, as they stand and said anew."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import BeforeValidator, Field, StringConstraints

from hallqueue.actions.house import departments, retiring, series, services, setup
from hallqueue.api.door import entered
from hallqueue.api.operations import read, write
from hallqueue.api.shapes import Code, HallPath, KeyHeader, Partly, Sent, Shape, WindowPath, whole
from hallqueue.errors import Refused
from hallqueue.models import Department, Hall, Rules, Series, Service
from hallqueue.transactions import one_read

router = Router()

HALL = "/halls/{hall}"
SERVICE = f"{HALL}/services/{{path:code}}"
MOST_TAGS = 20


CodePath = Annotated[str, Path(max_length=120, description="The service's code.")]
OneLetter = Annotated[str, StringConstraints(min_length=1, max_length=3), Field(examples=["A"])]
WHOLE = BeforeValidator(whole)
Number = Annotated[int, Field(ge=1, le=Series.LAST), WHOLE]
Place = Literal["after", "end", "front"]
Late = Literal["end", "refused"]


class ServiceSetup(Sent):
    """All that is set up of a service; `department` is a code, `series` a letter, `documents` a line each."""

    name: Annotated[str, StringConstraints(max_length=200)]
    name_mn: Annotated[str, StringConstraints(max_length=400)] = ""
    name_en: Annotated[str, StringConstraints(max_length=300)] = ""
    department: Code
    series: OneLetter
    also_called: Annotated[str, StringConstraints(max_length=services.LONGEST_CALLED)] = ""
    group: Annotated[str, StringConstraints(max_length=40)] = ""
    documents: Annotated[str, StringConstraints(max_length=1000)] = ""
    tags: Annotated[list[Code], Field(max_length=MOST_TAGS)] = []
    minutes: Annotated[int, Field(ge=1, le=services.LONGEST_MINUTES), WHOLE] = 10
    weight: Annotated[int, Field(ge=0, le=services.HIGHEST_WEIGHT), WHOLE] = 1
    is_active: bool = True


class NewService(ServiceSetup):
    """A service, said anew; `is_new` makes one, `anyway` also where those who wait for it would have no window."""

    is_new: bool = False
    anyway: bool = False


class ServiceSet(Shape):
    """The service, and whether some window takes it."""

    service: str
    served: bool


class DepartmentSetup(Sent):
    """A department; one that is not active is offered nowhere."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    name: Annotated[str, StringConstraints(max_length=100)]
    name_mn: Annotated[str, StringConstraints(max_length=200)] = ""
    name_en: Annotated[str, StringConstraints(max_length=200)] = ""
    zone: Annotated[str, StringConstraints(max_length=40)] = ""
    order: Annotated[int, Field(ge=0, le=departments.LAST_PLACE), WHOLE] = 0
    is_active: bool = True


class NewDepartment(DepartmentSetup):
    """A department, said anew; `is_new` makes one."""

    is_new: bool = False


class DepartmentSet(Shape):
    """The department's code."""

    department: str


class SeriesSetup(Sent):
    """A series: its letter, and from which number to which it runs each day; not active: offered nowhere."""

    letter: OneLetter
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    first: Number = 1
    last: Number = Series.LAST
    is_active: bool = True


class NewSeries(SeriesSetup):
    """A series, said anew; `is_new` makes one."""

    is_new: bool = False


class SeriesSet(Shape):
    """The letter."""

    series: str


class HouseRules(Partly):
    """When a number is passed, and how it comes back; 0 is no limit. What is left out stays as it is."""

    calls_before_no_show: Annotated[int, Field(ge=0, le=9), WHOLE] = 0
    seconds_between_calls: Annotated[int, Field(ge=0, le=600), WHOLE] = 0
    requeue_within_numbers: Annotated[int, Field(ge=0, le=999), WHOLE] = 0
    requeue_within_minutes: Annotated[int, Field(ge=0, le=1440), WHOLE] = 0
    requeue_limit: Annotated[int, Field(ge=0, le=99), WHOLE] = 0
    requeue_place: Place = "after"
    requeue_after: Annotated[int, Field(ge=1, le=99), WHOLE] = 1
    requeue_late: Late = "end"
    citizens_requeue: bool = True
    citizens_cancel: bool = True


class AlarmLimits(Partly):
    """From when alarms and advice are given. What is left out stays as it is."""

    wait_alarm_minutes: Annotated[int, Field(ge=1, le=setup.ALARM_LIMITS["wait_alarm_minutes"]), WHOLE] = 1
    service_alarm_minutes: Annotated[
        int, Field(ge=1, le=setup.ALARM_LIMITS["service_alarm_minutes"]), WHOLE
    ] = 1
    idle_alarm_minutes: Annotated[int, Field(ge=1, le=setup.ALARM_LIMITS["idle_alarm_minutes"]), WHOLE] = 1
    help_alarm_minutes: Annotated[int, Field(ge=1, le=setup.ALARM_LIMITS["help_alarm_minutes"]), WHOLE] = 1
    tidal_people: Annotated[int, Field(ge=1, le=setup.ALARM_LIMITS["tidal_people"]), WHOLE] = 1
    tidal_minutes: Annotated[int, Field(ge=1, le=setup.ALARM_LIMITS["tidal_minutes"]), WHOLE] = 1


class Leaving(Sent):
    """Whether the window is retired also where those who wait would have no other."""

    anyway: bool = False


class Retired(Shape):
    """The window that is gone, and how many active services no window takes now."""

    window: int
    unserved: int


@read(router, SERVICE, "readService", ServiceSetup)
def read_service(request: HttpRequest, hall: HallPath, code: CodePath) -> Any:
    """One service as it is set up, and as it can be said anew."""
    found, _ = entered(request, "readService", hall)
    with one_read():
        row = Service.objects.filter(hall=found, code=code.replace("\x00", "")).first()
        if row is None:
            raise Refused("unknown_service", 404)
        return services.told_of(row)


@write(router, SERVICE, "setService", ServiceSet)
def set_service(
    request: HttpRequest, hall: HallPath, code: CodePath, key: KeyHeader, body: NewService
) -> Any:
    """Make or change a service; who waits for it is re-routed at once."""
    found, client = entered(request, "setService", hall)
    return services.set_service(found.pk, client, key, code=code, **body.model_dump())


@read(router, f"{HALL}/departments", "listDepartments", list[DepartmentSetup])
def list_departments(request: HttpRequest, hall: HallPath) -> Any:
    """The departments in their order, those that are switched off too."""
    found, _ = entered(request, "listDepartments", hall)
    rows = Department.objects.filter(hall=found)
    return [{"code": each.code} | departments.told_of(each) for each in rows]


@write(router, f"{HALL}/departments", "setDepartment", DepartmentSet)
def set_department(request: HttpRequest, hall: HallPath, key: KeyHeader, body: NewDepartment) -> Any:
    """Make, rename or switch off a department."""
    found, client = entered(request, "setDepartment", hall)
    return departments.set_department(found.pk, client, key, **body.model_dump())


@read(router, f"{HALL}/series", "listSeries", list[SeriesSetup])
def list_series(request: HttpRequest, hall: HallPath) -> Any:
    """The series by their letters."""
    found, _ = entered(request, "listSeries", hall)
    rows = Series.objects.filter(hall=found).order_by("letter")
    return [{"letter": each.letter} | series.told_of(each) for each in rows]


@write(router, f"{HALL}/series", "setSeries", SeriesSet)
def set_series(request: HttpRequest, hall: HallPath, key: KeyHeader, body: NewSeries) -> Any:
    """Make a series, change from which number to which it runs, or switch it off."""
    found, client = entered(request, "setSeries", hall)
    return series.set_series(found.pk, client, key, **body.model_dump())


@read(router, f"{HALL}/house-rules", "readHouseRules", HouseRules)
def read_house_rules(request: HttpRequest, hall: HallPath) -> Any:
    """The rules of a ticket's life as they stand."""
    found, _ = entered(request, "readHouseRules", hall)
    return _standing(HouseRules, Rules.of(found))


@write(router, f"{HALL}/house-rules", "setHouseRules", HouseRules)
def set_house_rules(request: HttpRequest, hall: HallPath, key: KeyHeader, body: HouseRules) -> Any:
    """Change some of the rules of a ticket's life; answers with all of them."""
    found, client = entered(request, "setHouseRules", hall)
    setup.set_rules(found.pk, client, key, rules=body.model_dump(exclude_unset=True))
    return _standing(HouseRules, Rules.of(found))


@read(router, f"{HALL}/alarm-limits", "readAlarmLimits", AlarmLimits)
def read_alarm_limits(request: HttpRequest, hall: HallPath) -> Any:
    """From when alarms and advice are given."""
    found, _ = entered(request, "readAlarmLimits", hall)
    return _standing(AlarmLimits, found)


@write(router, f"{HALL}/alarm-limits", "setAlarmLimits", AlarmLimits)
def set_alarm_limits(request: HttpRequest, hall: HallPath, key: KeyHeader, body: AlarmLimits) -> Any:
    """Change some of the limits of alarms; answers with all of them."""
    found, client = entered(request, "setAlarmLimits", hall)
    setup.set_alarm_limits(found.pk, client, key, limits=body.model_dump(exclude_unset=True))
    return _standing(AlarmLimits, Hall.objects.get(pk=found.pk))


@write(router, f"{HALL}/windows/{{int:window}}/retire", "retireWindow", Retired)
def retire_window(
    request: HttpRequest, hall: HallPath, window: WindowPath, key: KeyHeader, body: Leaving | None = None
) -> Any:
    """Take a window out of the hall; setWindowRules with `is_new` brings its number back."""
    found, client = entered(request, "retireWindow", hall)
    return retiring.retire_window(found.pk, client, key, window=window, anyway=bool(body and body.anyway))


def _standing(shape: type[Shape], row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in shape.model_fields}
