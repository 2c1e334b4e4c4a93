"""Plans of departments: what each needs of a prediction, one module per plan."""
