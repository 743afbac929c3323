"""Answered how: drafts saved answer by answer, immutable validations, the level reached for each procedure."""
