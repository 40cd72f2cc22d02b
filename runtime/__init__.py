"""Turns the packages into a running city."""
