"""What `make` calls: set-up, start, tests and checks. Only the standard library, any Python from 3.9."""
