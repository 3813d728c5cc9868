"""`python -m bench plan`: how fast plans are made, and whether what must hold for every plan does."""
