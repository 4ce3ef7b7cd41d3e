"""The exporting room: corpora, labels and results in the shapes that others read, and back."""
