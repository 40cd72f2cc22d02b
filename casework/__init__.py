"""What a ticket is, how long its clocks run, and where it is recorded. Imports no other package."""
