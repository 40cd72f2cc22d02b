"""Answers everybody may read, and subscriptions to them."""
