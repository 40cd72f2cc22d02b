"""A real Elasticsearch from its libraries, for tests and for trying it out."""
