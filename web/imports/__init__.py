"""Importing files on a page: upload, map, try, start, follow."""
