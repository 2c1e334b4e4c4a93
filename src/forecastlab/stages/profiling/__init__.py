"""What a sales log tells of its own quality and of its customers, before anything is foretold: one file per look."""
