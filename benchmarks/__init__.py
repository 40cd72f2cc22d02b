"""Measures. `make bench` runs all of them; each prints JSON lines."""
