"""Files that leave the house and evidence that is looked at: both are in the log, with who it was."""

from pathlib import Path

from django.http import FileResponse, HttpResponse

from hallqueue.actions.command import new_key
from hallqueue.actions.sights import note_export, note_sight
from hallqueue.counting import is_first
from hallqueue.web.access import HallRequest, actor_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AN_HOUR = 3600


def exported(request: HallRequest, content: bytes | str, media: str, what: str, name: str) -> HttpResponse:
    """`content` as a file to be kept under `name`; `what` says in the log which export it was."""
    note_export(request.hall.pk, actor_of(request), new_key(), what=what, file=name)
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def evidence_shown(request: HallRequest, place: Path, media: str, of: str, row: int) -> FileResponse:
    """A photo or memo of a case; a page shows several and asks again, so one line an hour is enough for each case."""
    by = actor_of(request)
    if is_first(f"seen-{by.name}-{of}-{row}", AN_HOUR):
        note_sight(request.hall.pk, by, new_key(), of=of, row=row)
    answer = FileResponse(place.open("rb"), content_type=media)
    answer["Cache-Control"] = "private, no-store"
    return answer
