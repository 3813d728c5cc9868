"""The Telegram channel: reading updates, sending, and the two ways in (webhook and polling)."""
