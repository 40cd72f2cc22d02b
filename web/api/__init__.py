"""The door for other systems: signed requests in JSON."""
