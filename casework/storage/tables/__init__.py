"""All tables, one file an owner."""
