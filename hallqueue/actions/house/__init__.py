"""What managers set up: the catalogue, windows and what they take, order, hours, slots, texts."""
