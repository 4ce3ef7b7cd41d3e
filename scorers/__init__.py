"""The built-in scorers.  ``benchmark.scoring.registry`` lists them by name."""
