"""The way in and out: inbox, router to the bot, outbox, and one folder or file for each channel."""
