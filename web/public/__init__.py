"""Pages for everyone, and the entrance."""
