"""The plan to take away: a page to read and print, a calendar to subscribe to, cards for the counter."""
