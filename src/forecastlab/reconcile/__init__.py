"""The reconcile parts: rules that make levels agree."""
