"""Reading tables of any format: CSV, XLSX, JSON lines. Nothing here knows what a message is."""
