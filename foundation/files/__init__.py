"""Files deposited: received whole or not at all, judged before anyone reads them, kept as they came."""
