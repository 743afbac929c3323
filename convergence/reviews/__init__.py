"""Room: what the agency examines. Verdicts requirement by requirement, sections given back."""
