"""What the bot asks the app to do: one file for each action or group of one kind. Routing only; see `actions.registry`."""
