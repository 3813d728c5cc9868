"""`make evaluate`: labelled questions, how the assistant deals with them, and what it may not fall below."""
