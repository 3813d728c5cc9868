"""The curated knowledge: articles, facts, amounts and places, loaded from files and dated when asked."""
