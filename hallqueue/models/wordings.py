"""A hall's own words for the program's texts, and what a reader of Mongolian has looked at."""

import hashlib
from collections.abc import Iterable, Mapping

from django.db import models

from hallqueue.models.hall import Hall
from hallqueue.models.windows import Window

Own = dict[str, dict[str, str]]
LONGEST_SUBJECT = 200


def phrase_subject(kind: str, words: str) -> str:
    """The subject of words that are their own name; long ones are named by their digest."""
    whole = f"{kind}:{words}"
    return whole if len(whole) <= LONGEST_SUBJECT else f"{kind}:#{hashlib.sha256(words.encode()).hexdigest()}"


class Wording(models.Model):
    """What a hall says for one subject in one language, and which words of it somebody has reviewed.

    `subject` is a key of the texts (`kiosk.take`), a name of the hall (`service:12`) or a zone (`zone:A区`). Empty
    `text` means the words of the files, or for a name those of its own row. A review holds the very words that were
    read, and the Chinese beside them: whatever changes either of them makes the text unreviewed again, by itself.
    """

    hall = models.ForeignKey(Hall, on_delete=models.PROTECT, related_name="wordings", db_index=False)
    ZONE, WAY, RULE, DOCUMENT = "zone", "direction", "rule", "document"
    """Kinds of words that rows share instead of naming themselves in three languages."""

    subject = models.CharField(max_length=LONGEST_SUBJECT)
    lang = models.CharField(max_length=2)
    text = models.TextField(blank=True)
    changed_by = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField(null=True)
    reviewed_text = models.TextField(blank=True)
    reviewed_beside = models.TextField(blank=True)
    reviewed_by = models.CharField(max_length=40, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hall", "subject", "lang"], name="one_wording_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.lang}"

    _kept: dict[int, tuple[tuple[str, int], Own, str]] = {}

    @classmethod
    def overlay(cls, hall: Hall) -> Mapping[str, Mapping[str, str]]:
        """The hall's own words by subject and language; read once for each change of its set-up."""
        return cls._known(hall)[1]

    @classmethod
    def phrase(cls, hall: Hall, kind: str, words: str) -> dict[str, str]:
        """Words that rows share instead of a name of their own (a zone, a way, a rule, a document), by language."""
        own = cls.overlay(hall).get(phrase_subject(kind, words), {})
        return {"zh": words, "mn": own.get("mn", ""), "en": own.get("en", "")}

    @classmethod
    def zones(cls, hall: Hall, windows: Iterable[Window]) -> list[dict[str, str]]:
        """The zones in which these windows stand, each once, by language."""
        return [
            cls.phrase(hall, cls.ZONE, zone) for zone in sorted({each.zone for each in windows if each.zone})
        ]

    @classmethod
    def version(cls, hall: Hall) -> str:
        """A name for the hall's own words, "" where it has none: a page that was made with others is out of date."""
        return cls._known(hall)[2]

    @classmethod
    def _known(cls, hall: Hall) -> tuple[tuple[str, int], Own, str]:
        kept, head = cls._kept.get(hall.pk), (hall.epoch, hall.setup_seq)
        if kept is None or kept[0] != head:
            own = cls._read(hall)
            name = hashlib.sha256(repr(own).encode()).hexdigest()[:10] if own else ""
            kept = cls._kept[hall.pk] = (head, own, name)
        return kept

    @classmethod
    def _read(cls, hall: Hall) -> Own:
        found: Own = {}
        rows = cls.objects.filter(hall=hall).exclude(text="").order_by("subject", "lang")
        for subject, lang, text in rows.values_list("subject", "lang", "text"):
            found.setdefault(subject, {})[lang] = text
        return found
