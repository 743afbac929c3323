"""What happened, who did it, when and from where: one append-only, tamper-evident journal."""
