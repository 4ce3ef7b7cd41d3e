"""Agreement statistics: plain arrays in, numbers out.  Nothing here knows of interviews."""
