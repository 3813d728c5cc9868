"""The page of one's own data: see it, correct it, take it along, decide what is agreed to, erase it, end the chat."""
