"""LED bars of a hall: what each should show, who says it to them, how they are, and the pages for people."""
