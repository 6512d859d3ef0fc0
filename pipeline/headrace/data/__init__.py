"""Files and tables: how they are found, read and written."""
