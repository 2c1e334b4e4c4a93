"""Clusters of customers: what k-means finds, in which order, and what it does where there is little to find."""

import itertools

import numpy as np
import pandas as pd
import pytest

from forecastlab.segmentation._clusters import centres, chosen, nearest_centre
from forecastlab.segmentation.kmeans import KMeans


def clusters(columns=("recency", "money"), log1p=False, k=3, k_min=2, k_max=6):
    return KMeans("13 weeks", tuple(columns), log1p, k, k_min, k_max, 500, 5, 0)


def crowd(*groups, each=30, seed=1):
    """Customers around the given points of (recency, money)."""
    rng = np.random.default_rng(seed)
    points = np.concatenate([rng.normal(point, 0.5, (each, 2)) for point in groups])
    frame = pd.DataFrame(points, columns=["recency", "money"])
    return frame.assign(customer_id=[f"c{i}" for i in range(len(frame))], rhythm=np.nan, age="x")


POINTS = (90, 10), (5, 200), (40, 60)


def test_when_customers_stand_in_three_groups_then_clusters_are_those_with_the_most_money_first():
    profiles = crowd(*POINTS)
    found = clusters().fit(profiles).assign(profiles)
    assert found.tolist() == ["cluster_3"] * 30 + ["cluster_1"] * 30 + ["cluster_2"] * 30


def test_when_k_is_left_open_then_the_silhouette_of_the_true_number_wins():
    profiles = crowd(*POINTS, (5, 10))
    part = clusters(k=None)
    assert len(part.fit(profiles).centres) == 4
    assert part.segments == tuple(f"cluster_{i}" for i in range(1, 7))


def test_when_the_best_number_is_looked_for_then_it_is_that_of_a_silhouette_by_its_formula():
    rows = np.random.default_rng(4).normal(size=(40, 2)) + np.repeat([[0, 0], [4, 1], [1, 5]], [20, 12, 8], axis=0)

    def silhouette(places):
        distance = np.linalg.norm(rows[:, None] - rows[None], axis=2)
        values = []
        for i, place in enumerate(places):
            own = (places == place) & (np.arange(len(rows)) != i)
            if not own.any():
                values.append(0.0)
                continue
            near = distance[i, own].mean()
            far = min(distance[i, places == other].mean() for other in set(places) - {place})
            values.append((far - near) / max(near, far))
        return np.mean(values)

    scores = {k: silhouette(nearest_centre(rows, centres(rows, k, 5, 0))) for k in (2, 3, 4, 5)}
    assert chosen(rows, (2, 3, 4, 5), 100, 5, 0) == max(scores, key=scores.get)


def test_when_few_customers_are_split_then_no_other_split_is_tighter():
    profiles = crowd((1, 1), (3, 9), (8, 2), each=3, seed=5)
    assigner = clusters().fit(profiles)
    rows = assigner.scale.apply(profiles)

    def inertia(places):
        return sum(((rows[places == i] - rows[places == i].mean(0)) ** 2).sum() for i in set(places.tolist()))

    best = min(inertia(np.array(places)) for places in itertools.product(range(3), repeat=len(rows)))
    assert inertia(nearest_centre(rows, np.array(assigner.centres))) == pytest.approx(best)


def test_when_rows_are_in_another_order_then_nothing_changes():
    profiles = crowd(*POINTS, seed=3).round(1)  # rounding makes equal customers
    for part in (clusters(), clusters(k=None), clusters(("money", "recency", "age"), True)):
        mixed = profiles.sample(frac=1, random_state=4)
        assert part.fit(profiles) == part.fit(mixed)
        labels = part.fit(profiles).assign(profiles)
        pd.testing.assert_series_equal(part.fit(mixed).assign(mixed).sort_index(), labels)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_when_there_are_more_threads_then_the_clusters_are_the_same_to_the_bit(threads):
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(0)
    profiles = pd.DataFrame({"recency": rng.gamma(1, 30, 3_000), "money": rng.gamma(0.5, 90, 3_000)})
    with threadpool_limits(limits=1):
        alone = clusters(k=5, log1p=True).fit(profiles)
    with threadpool_limits(limits=threads):
        assert clusters(k=5, log1p=True).fit(profiles) == alone


def test_when_columns_are_put_on_one_scale_then_their_mean_is_zero_and_their_deviation_one():
    profiles = pd.DataFrame({"recency": [0.0, 10.0, 20.0], "money": [-100.0, 100.0, 0.0]})
    plain = clusters(k=2).fit(profiles).scale.apply(profiles)
    np.testing.assert_allclose(plain, np.array([[-1, -1], [0, 1], [1, 0]]) * np.sqrt(1.5))
    logged = clusters(k=2, log1p=True).fit(profiles).scale.columns[1].raw(profiles)
    np.testing.assert_allclose(logged, [-np.log(101), np.log(101), 0])


def test_when_a_number_is_missing_then_it_is_the_median_of_the_others():
    profiles = crowd((1, 1), each=5).assign(rhythm=[1.0, 2.0, 9.0, np.nan, np.nan])
    column = clusters(("rhythm",), k=2).fit(profiles).scale.columns[0]
    assert column.raw(profiles).tolist() == [1, 2, 9, 2, 2]


def test_when_a_dimension_is_a_column_then_each_value_is_a_column_of_zeros_and_ones():
    profiles = crowd((1, 1), each=4).assign(age=["a", "b", None, "a"])
    scale = clusters(("age",), k=2).fit(profiles).scale
    assert [column.equals for column in scale.columns] == ["a", "b"]
    later = profiles.assign(age="never seen")
    assert [column.raw(later).tolist() for column in scale.columns] == [[0] * 4, [0] * 4]


@pytest.mark.parametrize("columns", [("recency", "rhythm", "age"), ("rhythm",), ("age",)])
def test_when_columns_are_the_same_for_everybody_then_they_count_nothing(columns):
    profiles = crowd(*POINTS).assign(recency=7)
    found = clusters(columns).fit(profiles).assign(profiles.assign(recency=100, rhythm=3.0, age="y"))
    assert set(found) == {"cluster_1"}


@pytest.mark.parametrize("k", [3, None])
@pytest.mark.parametrize("n", [0, 1, 2])
def test_when_there_are_fewer_customers_than_clusters_then_each_is_a_cluster_of_its_own(n, k):
    profiles = crowd(*POINTS, each=1)
    part = clusters(k=k)
    assigner = part.fit(profiles.iloc[:n])
    assert len(assigner.centres) == max(n, 1)
    assert assigner.assign(profiles.iloc[:n]).nunique() == n
    assert set(assigner.assign(profiles)) <= set(part.segments)


def test_when_all_customers_are_alike_then_there_is_one_cluster():
    profiles = pd.concat([crowd((5, 5), each=1)] * 9, ignore_index=True)
    for part in (clusters(), clusters(k=None)):
        assert part.fit(profiles).assign(profiles).tolist() == ["cluster_1"] * 9


def test_when_numbers_differ_by_less_than_rounding_then_they_are_the_same():
    profiles = pd.DataFrame({"recency": 3 + np.arange(6) * 1e-15, "money": [1.0, 2, 1, 2, 1, 2]})
    assert profiles["recency"].nunique() > 1
    found = clusters(k=4).fit(profiles).assign(profiles)
    assert found.tolist() == ["cluster_2", "cluster_1"] * 3


def test_when_columns_go_beyond_the_profile_then_they_are_attributes():
    assert clusters(("money", "age", "events.count")).attributes == ("age", "events.count")
