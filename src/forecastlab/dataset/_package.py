"""Data files of installed packages; drivers read such files too, so the reading is in ``schema``."""

from forecastlab.schema.packages import content_hash, package_file

__all__ = ["content_hash", "package_file"]
