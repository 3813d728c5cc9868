"""What a person has to do now: the steps that apply, in order, each with its latest date and the rule behind it."""
