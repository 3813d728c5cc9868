"""People, conversations, dossiers, consents and hand-overs: what is kept, and the rules for changing it."""
