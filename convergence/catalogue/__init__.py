"""Of what: products and global strategies, how they are qualified, what they are enrolled in, and who may see them."""
