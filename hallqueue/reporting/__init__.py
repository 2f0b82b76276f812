"""Reports (一表通): a period's figures as tables that a page, a workbook and a CSV file show alike.

The rooms beside are what is read of one kind of case each, and what is compared over a month.
"""
