"""What can go wrong with what a card is told and with what it answers."""


class CardError(Exception):
    """Any fault between the hall and a card."""


class BadValueError(CardError):
    """A value that the card's protocol cannot carry; the message says which."""


class BadFrameError(CardError):
    """Bytes that are no frame of the family: wrong head, tail, length, escape or check sum."""


class RefusedByCardError(CardError):
    """The card understood and said no; `code` is its own error number."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"the card refused: {reason} ({code})")
        self.code = code
