"""The composition root: settings, wiring, the FastAPI application. Only the commands that start it import it."""
