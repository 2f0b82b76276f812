"""What a ticket's own page shows."""
