"""Alembic migrations of the records, numbered."""
