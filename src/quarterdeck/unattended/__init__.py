"""What runs while nobody looks: `daemon` meets due times, `events` tell a log, `notify` tells people what is news."""
