"""The database: rows in, model values out. Nothing here decides, and nothing is SQLite's alone."""
