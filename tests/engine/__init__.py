"""What every command rests on: one at a time, the log, live topics, races, kills and broken cables."""
