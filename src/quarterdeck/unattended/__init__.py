"""What runs while nobody looks.

`daemon` meets due times, `events` tells what happens a line each, `notify` tells people what is news.
"""
