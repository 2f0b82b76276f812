"""Makes the hall's own workers known; other apps have a `rounds` module too."""

from functools import partial

from hallqueue import anchoring, watch, workers

workers.register("watch", partial(watch.look, watch.BREATH))
workers.register("anchors", anchoring.look)
