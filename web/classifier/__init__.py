"""The classifier's page: cards, confusion, drift, corrections waiting, trainings."""
