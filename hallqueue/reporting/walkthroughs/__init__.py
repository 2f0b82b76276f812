"""What walkthroughs tell: the line of time of each, its figures, and how they compare."""
