"""The pages of the displays: the glass itself, and the pages where staff lay it out and fill it."""
