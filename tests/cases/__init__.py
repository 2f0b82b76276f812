"""What is followed to its end: concerns, findings, walkthroughs, ratings, projects, and what is counted of them."""
