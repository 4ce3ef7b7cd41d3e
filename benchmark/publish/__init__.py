"""The publishing room: a corpus as Parquet with its card, and the Hugging Face Hub."""
