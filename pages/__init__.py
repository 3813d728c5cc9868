"""What all pages that we render have in common, the desk's and those of plans."""
