"""Workers that outlive the jobs, each watched by a thread of its own."""

from __future__ import annotations

import os
import queue
import threading
import weakref
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from forecastlab.executor import _child
from forecastlab.executor._child import Child, Limits
from forecastlab.executor._lost import WorkerLost

Answer = Future[bytes | Exception]
"""What a worker sent, or what stands in its place."""


@dataclass(frozen=True)
class Task:
    """A pickled function, its pickled job, and where the answer goes."""

    fn: bytes
    job: bytes
    answer: Answer


Tasks = queue.SimpleQueue[Task | None]


class Keeper:
    """A thread that keeps one worker: starts it when there is a job, replaces it when it is lost."""

    def __init__(self, tasks: Tasks, limits: Limits) -> None:
        self._tasks = tasks
        self._limits = limits
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._closing = False
        self.thread = threading.Thread(target=self._run, name="forecastlab-worker", daemon=True)

    def close(self) -> None:
        """Give up the job in hand, if any; the thread then ends."""
        with self._lock:
            self._closing = True
            if self._child and self._child.busy:
                self._child.kill()

    def _run(self) -> None:
        # The worker must be started by this thread: the kernel ends it with the thread that started it.
        while task := self._tasks.get():
            if task.answer.set_running_or_notify_cancel():
                try:
                    task.answer.set_result(self._answer(task))
                except Exception as error:
                    task.answer.set_exception(error)
        if self._child:
            self._child.end(in_peace=True)

    def _answer(self, task: Task) -> bytes | WorkerLost:
        deaths = 0
        while True:
            child = self._ready()
            used = child.used
            try:
                return child.ask(task.fn, task.job, self._limits)
            except WorkerLost as lost:
                self._bury(child)
                if lost.kind == "memory" and used:
                    continue  # what earlier jobs left behind is not this job's fault: once more in a new worker
                deaths += lost.kind == "died"
                if lost.kind != "died" or deaths > self._limits.retries:
                    tries = f", {deaths} times" if deaths > 1 else ""
                    return WorkerLost(lost.kind, lost.detail + tries)

    def _ready(self) -> Child:
        if self._child and self._child.is_dead():  # ended while it had nothing to do; no job has suffered
            self._bury(self._child)
        child = self._child or _child.start()
        with self._lock:
            self._child = child
            if self._closing:
                raise RuntimeError("the executor was closed")
            child.busy = True  # from here on, closing does not wait for the job
        return child

    def _bury(self, child: Child) -> None:
        with self._lock:
            self._child = None
        child.end(in_peace=False)


class Pool:
    """Some keepers and the queue that they work off, until closed, or collected, or this process ends."""

    def __init__(self, size: int, limits: Limits) -> None:
        self.size = size
        self._tasks: Tasks = queue.SimpleQueue()
        keepers = [Keeper(self._tasks, limits) for _ in range(size)]
        for keeper in keepers:
            keeper.thread.start()
        self._close = weakref.finalize(self, _close, keepers, self._tasks, os.getpid())

    def submit(self, fn: bytes, job: bytes) -> Answer:
        """Queue a job. Raises RuntimeError after ``close``."""
        if not self._close.alive:
            raise RuntimeError("the executor was closed")
        task = Task(fn, job, Future())
        self._tasks.put(task)
        return task.answer

    def close(self) -> None:
        """End all workers; what waits is cancelled, what runs is given up."""
        self._close()


def _close(keepers: Sequence[Keeper], tasks: Tasks, owner: int) -> None:
    if os.getpid() != owner:  # a fork of the owner: the workers are not its own
        return
    while not tasks.empty():
        task = tasks.get()
        if task:
            task.answer.cancel()
    for keeper in keepers:
        keeper.close()
        tasks.put(None)
    for keeper in keepers:
        if keeper.thread is not threading.current_thread():
            keeper.thread.join()
