"""Sending the notices that casework recorded."""
