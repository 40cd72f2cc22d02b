"""The mentions desk."""
