"""Schema history of displays."""
