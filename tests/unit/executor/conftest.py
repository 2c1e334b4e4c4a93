"""Makes ``jobs_for_workers`` importable, here and (by the path that workers inherit) in workers."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
