#!/usr/bin/env python
"""Django's command line for hallqueue."""

import gc
import os
import sys

if __name__ == "__main__":
    # What is imported stays: to look for garbage in it again and again costs a tenth of the start.
    gc.set_threshold(50_000, 20, 100)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallqueue.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
