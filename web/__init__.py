"""The face for people: pages of the company, of the agency, and public ones."""
