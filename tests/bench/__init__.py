"""`make bench`: how fast hallqueue is, measured from outside through HTTP and WebSocket on 127.0.0.1 only."""
