"""What does the agency think of the evidence, without binding itself? Archives deposited for advice, and the opinions given back."""
