"""What do the company and the agency sign together? An agreement, frozen, signed by one then by the other, sealed and dated."""
