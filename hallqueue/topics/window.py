"""What a window console shows."""
