"""Mail to agents."""
