"""The means by which people come in: providers, second factor, sessions."""
