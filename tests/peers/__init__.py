"""Who else speaks to the platform? Real peers, started on the loopback for a test or for the demonstration, stopped by their number."""
