"""What LED control cards understand: one file per family, values in and bytes out; nothing here knows the hall."""
