"""Annotators' ratings combined into one label per item: long arrays in, probabilities, labels and reliabilities out."""
