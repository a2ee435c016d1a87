"""Pure rules: functions from values to values. No I/O, no clock, no randomness of their own."""
