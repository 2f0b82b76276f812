"""The only writers of the displays' rows: commands of the hall, one at a time, with key and log."""
