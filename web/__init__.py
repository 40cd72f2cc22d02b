"""The top: Flask lives only here."""
