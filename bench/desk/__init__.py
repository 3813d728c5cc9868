"""How fast the desk is with many dossiers and many people waiting."""
