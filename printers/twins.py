"""The printer twins of this process, by address: twin:// prints on pictures, which the printers page shows."""

import threading
from urllib.parse import parse_qs, urlsplit

from printers.parts import PAPER_58, PAPER_80
from printers.twin import PrinterTwin

_twins: dict[str, PrinterTwin] = {}
_guard = threading.Lock()


def twin_at(address: str) -> PrinterTwin:
    """The twin of an address like twin:// or twin://second?width=58, started when first asked for."""
    with _guard:
        if address not in _twins:
            narrow = parse_qs(urlsplit(address).query).get("width") == ["58"]
            _twins[address] = PrinterTwin(paper=PAPER_58 if narrow else PAPER_80)
        return _twins[address]


def address_of(address: str) -> str:
    """Where the twin listens: what `transport.resolvers` asks for."""
    return twin_at(address).url
