"""Who says what to whom? Conversations between a company and the agency; what they are about is said by other rooms (`topics.py`)."""
