"""Files that people add to a message or an answer: looked at, cleaned and kept."""
