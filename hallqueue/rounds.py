"""Makes the hall's own worker known; other apps have a `rounds` module too."""

from hallqueue import watch, workers

workers.register("watch", watch.look)
