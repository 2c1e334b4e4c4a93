"""The list of the marketing department."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from forecastlab.schema import Plan, Playbook, Roster


@dataclass(frozen=True)
class CampaignList:
    """Whom to approach, how, and with how much money: a playbook played on the customers of today.

    One row per customer whom a rule meets, the most expected value first. Customers stand under pseudonyms unless
    ``privacy=clear``; ``forecastlab reveal`` joins the ids.
    """

    playbook: Annotated[Playbook, Field(description="what is done about whom")]

    def listed(self, roster: Roster) -> Plan:
        """The list and what is to be known of it (see ``Playbook.play``)."""
        return self.playbook.play(roster)


PART = CampaignList
