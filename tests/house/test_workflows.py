"""Are the workflows walked and drawn? Every verb is an action, and every drawing is that of today's table."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from ops.management.commands import draw_workflows
from ops.management.commands.draw_workflows import DRAWINGS, drawing_of, workflows
from tests.crossing import crossing, verbs_of
from tests.house.test_actions import ACTIONS

WORKFLOWS = [pytest.param(module, workflow, id=str(workflow.name)) for module, workflow in workflows()]
DERIVED: dict[str, str] = {
    "accept_last_step": "accept_step, where nothing remains to be accepted",
    "reject_lapsed": "lapse_step, where the content says so",
    "abandon_lapsed": "the same",
    "open_step": "begin_candidature, then accept_step or conclude_step of what it waited for",
    "hand_to_agency": "the same, where the agency acts",
    "accept_section": "give_back_section, where every requirement is accepted",
    "return_section": "give_back_section, where one is to be changed",
    "reopen_section": "submit_step, where a profile chosen in it asks more of the section; reopen_evidence, of what is at fault",
    "await_evidence": "reopen_evidence, of the step that judged",
}
"""Verbs no action carries, and what makes them happen."""


def test_the_workflows_are_found_and_named_once():
    names = [workflow.name for _, workflow in workflows()]
    assert set(names) >= {"produit", "questionnaire"}
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(("module", "workflow"), WORKFLOWS)
def test_every_verb_is_an_action_or_is_said_to_be_derived(module, workflow):
    verbs = {param.id for param in ACTIONS} | set(DERIVED)
    assert [verb for verb in verbs_of(workflow) if verb not in verbs] == []


@pytest.mark.parametrize(("module", "workflow"), WORKFLOWS)
def test_a_verb_leads_to_one_state_only_and_at_someones_hand(module, workflow):
    assert crossing(workflow)
    assert {move.by for move in workflow.moves} <= {"company", "agency", "system"}


@pytest.mark.parametrize(("module", "workflow"), WORKFLOWS)
def test_the_drawing_is_that_of_todays_table(module, workflow):
    drawn = (DRAWINGS / f"{workflow.name}.md").read_text()
    assert drawn == drawing_of(module, workflow), "lancez « manage.py draw_workflows »"
    assert workflow.mermaid() in drawn


def test_no_drawing_is_left_of_a_workflow_that_is_gone():
    assert {path.stem for path in DRAWINGS.glob("*.md")} == {workflow.name for _, workflow in workflows()}


def test_the_command_draws_each_of_them(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(draw_workflows, "DRAWINGS", tmp_path / "workflows")
    call_command("draw_workflows")
    for module, workflow in workflows():
        assert (tmp_path / "workflows" / f"{workflow.name}.md").read_text() == drawing_of(module, workflow)
    assert "docs/workflows/produit.md" in capsys.readouterr().out
