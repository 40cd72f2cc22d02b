"""The leadership's pages."""
