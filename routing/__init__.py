"""Who answers, and by when."""
