"""Room: what is asked of the agency. A numbered candidature, its steps, its time."""
