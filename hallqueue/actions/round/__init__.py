"""What the hall's round does by itself: alarms, reminders, ageing, what ends or is kept or forgotten with time."""
