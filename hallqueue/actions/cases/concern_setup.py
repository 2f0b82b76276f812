"""What a hall needs before its first concern: grades and causes as other halls have them, to be changed at will."""

from hallqueue.actions.command import Command
from hallqueue.errors import Refused
from hallqueue.models import ConcernCause, ConcernCounter, ConcernGrade, Department

# code, Chinese, English, working days (0: the same day)
GRADES = (
    ("simple", "简单（当日办结）", "Simple (same day)", 0),
    ("ordinary", "一般", "Ordinary", 1),
    ("by-law", "依法不能办（须书面说明）", "Cannot be done by law", 3),
    ("several", "涉及多个部门", "Several departments", 5),
    ("complex", "特别复杂", "Very complex", 10),
)
ORDINARY = "ordinary"
CAUSES = (
    "材料要求不清",
    "一次性告知不到位",
    "系统或数据故障",
    "部门之间衔接不畅",
    "政策规定不明确",
    "办理超出承诺时限",
    "人员服务不到位",
    "办事指引不准确",
    "历史遗留问题",
    "其他",
)


def furnish(c: Command) -> None:
    """Give the hall grades and causes if it has none."""
    if not ConcernGrade.objects.filter(hall=c.hall).exists():
        ConcernGrade.objects.bulk_create(
            ConcernGrade(hall=c.hall, code=code, name=name, name_en=name_en, days=days, order=order)
            for order, (code, name, name_en, days) in enumerate(GRADES)
        )
    if not ConcernCause.objects.filter(hall=c.hall).exists():
        ConcernCause.objects.bulk_create(ConcernCause(hall=c.hall, name=name) for name in CAUSES)


def usual_grade(c: Command) -> ConcernGrade:
    """The grade of a concern that nobody has classified yet: the ordinary one, else the first in use."""
    active = ConcernGrade.objects.filter(hall=c.hall, is_active=True)
    grade = active.filter(code=ORDINARY).first() or active.first()
    if grade is None:
        raise Refused("no_grade")
    return grade


def grade_of(c: Command, code: str) -> ConcernGrade:
    """A grade in use; raises Refused("bad_input")."""
    grade = ConcernGrade.objects.filter(hall=c.hall, code=code[:20], is_active=True).first()
    if grade is None:
        raise Refused("bad_input", 409, detail="grade")
    return grade


def cause_of(c: Command, name: str) -> ConcernCause:
    """The root cause of that name; a new one is named by a manager. Raises Refused("unknown_cause")."""
    known = ConcernCause.objects.filter(hall=c.hall, name=name).first()
    if known is not None:
        return known
    if not c.by.may_manage:
        raise Refused("unknown_cause", 404)
    return ConcernCause.objects.create(hall=c.hall, name=name)


def department_of(c: Command, code: str) -> Department:
    """The department of that code; raises Refused("bad_input")."""
    found = Department.objects.filter(hall=c.hall, code=code.replace("\x00", "")[:40]).first()
    if found is None:
        raise Refused("bad_input", 409, detail="department")
    return found


def next_number(c: Command) -> tuple[int, int]:
    """The year and the next gapless number in it."""
    counter, _ = ConcernCounter.objects.get_or_create(hall=c.hall, year=c.business_date.year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return counter.year, counter.last
