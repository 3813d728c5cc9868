"""The plan in the conversation: what to do now, by when, and what changes it."""
