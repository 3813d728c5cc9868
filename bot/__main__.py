"""`python -m bot …` is every Rasa command."""

from bot.launcher import main

if __name__ == "__main__":
    main()
