"""The trend index: one interface, one file an engine."""
