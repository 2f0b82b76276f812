"""Live screens: sockets that look at topics, and one pump per process that keeps them right."""
