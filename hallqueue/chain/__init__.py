"""The log as evidence: each line linked to the one before, its head anchored outside, and the proof of both."""
