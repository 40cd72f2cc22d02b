"""Everything that arrives from outside."""
