"""The leaderboard: result records in, a page, a table and a CSV file out."""
