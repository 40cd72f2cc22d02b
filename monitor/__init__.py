"""What people are saying, in bulk: trends, alerts and the trend index."""
