"""Makes the hall's own workers known; other apps have a `rounds` module too."""

from hallqueue import erasing, watch, workers
from hallqueue.chain import anchoring

workers.register("watch", watch.Watch(watch.BREATH).look)
workers.register("anchors", anchoring.look)
workers.register("erasing", erasing.look)
