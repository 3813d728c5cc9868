"""The parts of Rasa's pipeline that this project adds; config.yml lists them in order."""
