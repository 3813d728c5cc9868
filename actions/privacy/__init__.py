"""One's own data in the conversation: the link to the page, consents by purpose and partner, the end of the chat."""
