"""Rasa's side of the assistant: understanding and dialogue. Imports nothing of the app."""
