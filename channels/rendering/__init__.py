"""How a message looks on each channel: read once into one model, laid out once, written by one renderer a channel."""
