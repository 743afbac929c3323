"""Pages of the agency."""
