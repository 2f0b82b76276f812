"""What is read of concerns: the list and its filters, one case's story, the monthly ranking, the ledger on paper."""
