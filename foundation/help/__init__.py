"""What does someone ask, and what is answered? Entries in both languages, their search, and what readers thought of them."""
