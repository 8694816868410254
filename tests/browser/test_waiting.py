"""The tests wait for what they say that they wait for."""

from __future__ import annotations

from conftest import Launch


def test_rest_comes_when_nothing_is_left_for_an_idle_moment(launch: Launch) -> None:
    learner = launch(None)
    learner.course.evaluate(
        """() => {
        window.done = 0;
        const step = () => {
          window.done += 1;
          if (window.done < 50) requestIdleCallback(step, { timeout: 1000 });
        };
        requestIdleCallback(step, { timeout: 1000 });
        }"""
    )
    learner.rest()
    assert learner.course.evaluate("window.done") == 50
