"""The dossier in the conversation: consent, form, showing back, erasing."""
