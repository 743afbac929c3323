"""What is asked: packs read from files, checked, published as immutable releases, compiled once per process."""
