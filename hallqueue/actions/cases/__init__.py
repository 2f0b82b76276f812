"""What is followed to its end: concerns, findings, bad ratings, projects, and the walkthroughs that find them."""
