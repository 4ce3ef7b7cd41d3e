"""Labels by people: a local page to label on, its database, and the ways in and out of it."""
