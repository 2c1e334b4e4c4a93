"""What is done about customers: from stage, tier and probability to an action, a channel and a budget."""
