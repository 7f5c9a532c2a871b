"""What Turnout costs, as ratios against something run beside it."""
