"""What the assistant is measured beside: a stock Rasa project with the same articles, rules and examples."""
