"""What learners of other libraries have learned, as plain arrays that predict alone and can be kept as they are."""
