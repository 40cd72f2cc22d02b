"""One file a channel; each yields items since a bookmark."""
