"""What is sealed, opened by whom? Accreditations given by name, sealed evidence opened, the register of openings."""
