"""The set-up pages: catalogue, windows, order, time, texts, house rules."""
