"""The sections of a report: ``section(study)`` is markup, or None where the study has nothing of the kind."""
