"""Schema history of printers."""
