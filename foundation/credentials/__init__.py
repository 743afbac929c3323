"""By what is someone recognised? A provider's word, a second factor, the session opened with them."""
