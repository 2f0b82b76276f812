"""The hall itself: its rules, its log, its live topics and the pages of citizens, staff and managers."""

__version__ = "0.1.0"
