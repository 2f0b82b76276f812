"""Reports (一表通): a period's figures as tables that a page, a workbook and a CSV file show alike."""
