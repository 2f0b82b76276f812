"""Tables as files, CSV and XLSX: read as plain rows, written for spreadsheets, and what each must hold."""
