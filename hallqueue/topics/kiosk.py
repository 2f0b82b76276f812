"""What a kiosk shows: who waits for what."""
