"""Reached when: target quarters criterion by criterion, immutable validations, the quarter each procedure is reached."""
