"""The sections of a profile's page: one file each, a function of what the look found."""
