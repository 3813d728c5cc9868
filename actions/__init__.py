"""What the bot asks the app to do. Routing only; all of them are listed in `actions.registry`."""
