"""Was it granted? What the reviewers propose, what the signatory decides of it, and why."""
