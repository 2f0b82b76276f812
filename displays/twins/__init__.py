"""Twins of cards: strict parsers of their own that draw what a bar would show, with real cards' faults on request."""
