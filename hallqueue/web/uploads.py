"""Large uploads lie in files without a name in the data folder: whatever kills the process, nothing of them is left.

Not where the system keeps short-lived files: many keep those in memory.
"""

from __future__ import annotations

import contextlib
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class UnnamedFileUploadHandler(FileUploadHandler):
    """In place of Django's own, whose files have a name that only an orderly end takes away."""

    file: UploadedFile[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A further file begins; it is closed with the request."""
        super().new_file(*args, **kwargs)
        kept = tempfile.TemporaryFile(dir=settings.DATA)  # noqa: SIM115
        self.file = UploadedFile(kept, self.file_name, self.content_type, 0, self.charset)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A part of it has come."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """It is there as a whole."""
        self.file.seek(0)
        self.file.size = file_size
        return self.file

    def upload_interrupted(self) -> None:
        """Who sent it is gone."""
        with contextlib.suppress(AttributeError):
            self.file.close()
