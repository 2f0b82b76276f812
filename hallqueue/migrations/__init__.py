"""Schema history of the hall."""
