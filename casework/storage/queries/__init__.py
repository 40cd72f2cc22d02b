"""Read-only lists, counts and pages' data, as frozen dataclasses. Every one takes a scope or says why not."""
