"""The agents' pages. `install` mounts them under /desk."""

from desk.app import install
from desk.services import DeskServices

__all__ = ["DeskServices", "install"]
