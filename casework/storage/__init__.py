"""The records: SQLAlchemy lives only here."""
