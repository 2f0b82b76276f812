"""What the manager's live screen shows."""
