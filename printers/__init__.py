"""What goes on paper: slips, print jobs, printers."""
