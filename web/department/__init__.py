"""The department's desk."""
