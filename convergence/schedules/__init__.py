"""By when, for everyone? What runs out is reminded of, then has its effect; a closing date is put off by two people."""
