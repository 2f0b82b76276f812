"""Makes the hall's own worker known; other apps have a `rounds` module too."""

from functools import partial

from hallqueue import watch, workers

workers.register("watch", partial(watch.look, watch.BREATH))
