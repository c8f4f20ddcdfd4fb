"""The same in SimPy 3 (Debian's python3-simpy3): `single` or `line`, then sizes of work, one a line."""
import random

import simpy

from timed import timed

exponential = random.expovariate


def customer(env, server, counts):
    arrived = env.now
    with server.request() as request:
        yield request
        counts[0] += env.now - arrived
        yield env.timeout(exponential(1.0))
    counts[1] += 1
    if counts[1] == counts[2]:
        counts[3].succeed()


def source(env, server, counts):
    while True:
        yield env.timeout(exponential(0.9))
        env.process(customer(env, server, counts))


def single(n):
    env = simpy.Environment()
    server = simpy.Resource(env, capacity=1)
    counts = [0.0, 0, n, env.event()]
    env.process(source(env, server, counts))
    env.run(until=counts[3])
    return counts[0] / n


class Station:
    def __init__(self, env, before, after, done):
        self.env = env
        self.before, self.after, self.done = before, after, done
        self.is_working = False
        self.process = env.process(self.work())
        env.process(self.break_down())

    def work(self):
        while True:
            part = (yield self.before.get()) if self.before is not None else 1
            left = exponential(1.0)
            while left:
                try:
                    self.is_working = True
                    begun = self.env.now
                    yield self.env.timeout(left)
                    left = 0
                except simpy.Interrupt:
                    self.is_working = False
                    left -= self.env.now - begun
                    yield self.env.timeout(exponential(1 / 5.0))
            self.is_working = False
            if self.after is not None:
                yield self.after.put(part)
            else:
                self.done[0] += 1

    def break_down(self):
        while True:
            yield self.env.timeout(exponential(0.01))
            if self.is_working:
                self.process.interrupt()


def line(end):
    env = simpy.Environment()
    buffers = [simpy.Store(env, capacity=5) for _ in range(9)]
    done = [0]
    for before, after in zip([None, *buffers], [*buffers, None]):
        Station(env, before, after, done)
    env.run(until=end)
    return done[0] / end


timed(single, line)
