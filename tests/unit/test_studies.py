"""An experiment that stands for several: which commands it becomes."""

from forecastlab.task.run import studies


def test_when_an_experiment_names_no_others_then_it_stands_for_itself():
    assert studies(["+experiments=m3_yearly", "root=here"], None) == []
    assert studies(["model=naive"], None) == []


def test_when_an_experiment_names_others_then_each_is_run_with_the_same_overrides():
    found = studies(["+experiments=tourism", "model=naive,ets", "root=here"], None)
    assert found == [
        (f"+experiments=tourism_{freq}", "model=naive,ets", "root=here") for freq in ("yearly", "quarterly", "monthly")
    ]


def test_when_the_study_has_a_name_then_each_gets_one_of_its_own():
    found = studies(["study=mine", "+experiments=tourism"], None)
    assert [overrides[0] for overrides in found] == [
        "study=mine_tourism_yearly", "study=mine_tourism_quarterly", "study=mine_tourism_monthly",
    ]  # fmt: skip
