"""Who is let in, and by which link: requests for an account, invitations, passwords."""
