"""The knowledge base and the phrases for answers."""
