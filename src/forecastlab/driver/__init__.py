"""The driver parts: what may explain sales over time, and what is known of its future."""
