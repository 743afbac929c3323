"""What is told to people, by which way; nothing here decides what, or to whom."""
