"""What is followed to its end: concerns, findings, bad ratings, projects, walkthroughs: their moves and clocks."""
