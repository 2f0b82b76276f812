"""The tests of hallqueue: sentences about the hall, on real databases, servers and browsers."""
