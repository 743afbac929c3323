"""Proved by what: folders, slots, deposits. A folder does not know who opened it."""
