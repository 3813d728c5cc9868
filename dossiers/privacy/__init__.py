"""The rights of people over their data, kept by code: what is kept, why and until when; shown, taken along, erased."""
