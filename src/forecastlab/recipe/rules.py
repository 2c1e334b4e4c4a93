"""Rules that span several parts: what each is right for itself, and wrong together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from forecastlab.flow.experiment import AnyExperiment, CustomerExperiment, Experiment
from forecastlab.flow.members import Method
from forecastlab.schema import Composite, ConfigError, Fault, Router, SeriesSegmenter, nearest
from forecastlab.schema.customers import CustomerModel
from forecastlab.schema.items import ItemTarget
from forecastlab.schema.names import ANONYMOUS, NEW, PROSPECT, SEGMENT, UNKNOWN
from forecastlab.stages import customers, item_table
from forecastlab.stages.labels import window_days


def check_together(experiment: AnyExperiment) -> None:
    """Raise ConfigError, with every fault, for parts that do not go together."""
    faults = list(_inner(experiment.segmentation, "segmentation"))
    if not faults and isinstance(experiment, CustomerExperiment):
        faults = list(_customers(experiment))
    elif not faults and isinstance(experiment, Experiment):
        faults = [*_window(experiment), *_methods(experiment.model, "model", experiment), *_drivers(experiment)]
    if faults:
        raise ConfigError(faults)


def _inner(segmenter: object, path: str) -> Iterator[Fault]:
    """A segmentation made of others is made of those that look at customers."""
    for field in dataclasses.fields(segmenter) if dataclasses.is_dataclass(segmenter) else ():
        value, place = getattr(segmenter, field.name), f"{path}.{field.name}"
        if dataclasses.is_dataclass(value) and isinstance(value, SeriesSegmenter):
            what = "found a segmentation that looks at series, allowed is one that looks at customers"
            yield Fault("segments-series", place, what, f"type segmentation@{place}=lifecycle")
        elif dataclasses.is_dataclass(value):
            yield from _inner(value, place)


def _window(experiment: Experiment) -> Iterator[Fault]:
    """The segmentation has one window, a duration, or none."""
    if isinstance(experiment.segmentation, SeriesSegmenter):
        return
    try:
        window_days(experiment.segmentation)
    except ConfigError as error:
        yield from error.faults


def _customers(experiment: CustomerExperiment) -> Iterator[Fault]:
    """The method can foretell what the target asks for, durations are durations, and customers have the segments."""
    target, method = experiment.target, experiment.customer
    if target.kind not in method.kinds:
        name, asks = (type(each).__module__.rpartition(".")[2] for each in (method, target))
        what = f"{name} foretells {' and '.join(_many(kind) for kind in method.kinds)}, target={asks} asks for "
        fix = {"uplift": "two_models", "items": "most_popular"}.get(target.kind, "xgboost")
        fault = f"type customer={fix}, or see forecastlab list customer"
        yield Fault("wrong-method", "customer", what + _many(target.kind), fault)
    learner = getattr(method, "learner", None)
    if isinstance(learner, CustomerModel) and "event" not in learner.kinds:
        name = type(learner).__module__.rpartition(".")[2]
        what = f"{name} foretells {' and '.join(_many(kind) for kind in learner.kinds)}, a learner of reactions has to "
        fault = "type customer@customer.learner=xgboost"
        yield Fault("wrong-method", "customer.learner", what + "foretell events", fault)
    try:
        item_table.window_of(target) if isinstance(target, ItemTarget) else customers.window_of(target)
        window_days(experiment.segmenter)
    except ConfigError as error:
        yield from error.faults


def _many(kind: str) -> str:
    return kind if kind.endswith("s") else f"{kind}s"


def _methods(method: Method, path: str, experiment: Experiment) -> Iterator[Fault]:
    """Members that take part are there, and every segment is routed exactly once."""
    if isinstance(method, Composite):
        for name in method.use or ():
            if name not in method.members:
                what = f"there is no member {name}, there are {', '.join(method.members)}"
                yield Fault("unknown-member", f"{path}.use", what, nearest(name, list(method.members)))
        for name, member in method.members.items():
            yield from _methods(member, f"{path}.members.{name}", experiment)
    if isinstance(method, Router):
        yield from _routes(method, path, experiment)


def _routes(method: Router, path: str, experiment: Experiment) -> Iterator[Fault]:
    """No route without a segment, no segment without a route."""
    known = _segments(experiment)
    for name, inner in method.routes.items():
        if name not in known:
            what = f"there is no segment {name}, there are {', '.join(known)}"
            yield Fault("unknown-segment", f"{path}.routes.{name}", what, nearest(name, known))
        yield from _methods(inner, f"{path}.routes.{name}", experiment)
    left = [name for name in known if name not in method.routes]
    if method.other is None and left:
        what = f"no route leads from {', '.join(left)}"
        yield Fault("no-route", f"{path}.other", what, f"type +model@{path}.other=theta, or give each a route")
    if method.other is not None:
        yield from _methods(method.other, f"{path}.other", experiment)


def _segments(experiment: Experiment) -> list[str]:
    """The segments that series which are forecast may have."""
    if isinstance(experiment.segmentation, SeriesSegmenter):
        # Values that do not add up have a total of their own, which has no class.
        return [*experiment.segmentation.segments, *([] if experiment.target.additive else [""])]
    own = [name for name in experiment.segmentation.segments if name != PROSPECT]  # prospects have no sales
    if SEGMENT not in experiment.target.series_by or len(own) < 2:
        return [""]
    first = [] if experiment.target.membership == "frozen" else [NEW]  # nobody who is frozen buys first
    return list(dict.fromkeys([*own, *first, ANONYMOUS, UNKNOWN]))


def _drivers(experiment: Experiment) -> Iterator[Fault]:
    if experiment.oracle and all(driver.future in ("known", "drop") for driver in experiment.drivers.values()):
        what = "there is no driver whose future is not known beforehand, so an oracle would know nothing more"
        yield Fault("idle-oracle", "oracle", what, "type oracle=false, or add a driver")
    if experiment.what_if and not experiment.drivers:
        yield Fault("no-drivers", "what_if", "there is no driver that could be otherwise", "add one: driver=[…]")
    for name, driver in experiment.drivers.items():
        if driver.future == "scenario" and not driver.scenario:
            fix = f"type +driver.{name}.scenario.COLUMN=+10%"
            yield Fault("no-scenario", f"driver.{name}.scenario", "future is scenario, and there is none", fix)
        if driver.scenario and driver.future != "scenario":
            what = f"there is a scenario, and future is {driver.future}"
            yield Fault("idle-scenario", f"driver.{name}.scenario", what, f"type driver.{name}.future=scenario")
