"""Lists and pages of tickets, for everybody who works on them."""
