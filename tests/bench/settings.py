"""The product's own settings plus one empty view: the floor everything is compared with."""

from hallqueue.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
