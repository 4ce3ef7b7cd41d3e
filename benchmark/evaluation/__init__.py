"""The evaluation: predictions and annotations in, the numbers of a result record out."""
