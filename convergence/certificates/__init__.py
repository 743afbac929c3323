"""What is published and watched? A certificate, its page that says whether it still stands, the directory of all of them."""
