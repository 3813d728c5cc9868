"""Going on with a conversation on another channel."""
