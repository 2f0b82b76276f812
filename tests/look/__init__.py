"""How the pages look: the halls they are looked at in, and what no page may do on any glass."""
