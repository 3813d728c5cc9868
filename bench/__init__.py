"""Measurements: of the understanding (`make evaluate`) and of speed and memory (`make bench`)."""
