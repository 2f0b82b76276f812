"""What is read of ratings: the list and its filters, the month's figures, the file for the province."""
