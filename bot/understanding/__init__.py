"""The statistics behind understanding: plain arrays in, plain arrays out. Knows nothing of Rasa."""
