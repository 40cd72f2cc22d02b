"""Text in, judgement out. No database, no web, no network."""
