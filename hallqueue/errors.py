"""The one error a person is meant to read: a rule of the hall said no."""


class Refused(Exception):
    """A rule of the hall refused the command; nothing was changed.

    `code` names a sentence in `texts/errors.toml` (`errors.<code>`), `params` fill it in. HTTP answers 409
    unless `status` says otherwise (400 bad input, 403 not allowed, 404 unknown, 429 too many tries).
    """

    def __init__(self, code: str, status: int = 409, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.params = params
