"""Makes the printers' worker known; other apps have a `rounds` module too."""

from hallqueue import workers
from printers.worker import Supervisor

workers.register("printers", Supervisor().round)
