"""What the desk answers: one file for each page."""
