"""The web channel: the API that the widget uses."""
