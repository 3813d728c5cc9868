"""The composition root: settings, wiring and the FastAPI application. Nothing imports this package but the commands that start it."""
