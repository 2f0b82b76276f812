"""Pages of what is followed to its end: concerns, findings, ratings, projects, walkthroughs, the wall."""
