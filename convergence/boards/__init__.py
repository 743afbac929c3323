"""What did the board make of it? Its sessions, what is on their agenda, what its members think, what their opinions came to."""
