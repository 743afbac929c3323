"""What time is it in the demonstration? Its clock may be moved on, to show what time does; in no other installation."""
