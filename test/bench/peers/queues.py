"""The same in SimPy 2.3 (Debian's python3-simpy): `single` or `line`, then sizes of work, one a line."""
import random

from SimPy.Simulation import Level, Process, Resource, Simulation, get, hold, put, release, request

from timed import timed

exponential = random.expovariate


class Customer(Process):
    def live(self, server, counts):
        begun = self.sim.now()
        yield request, self, server
        counts[0] += self.sim.now() - begun
        yield hold, self, exponential(1.0)
        yield release, self, server
        counts[1] += 1
        if counts[1] == counts[2]:
            self.sim.stopSimulation()


class Source(Process):
    def live(self, server, counts):
        while True:
            yield hold, self, exponential(0.9)
            customer = Customer(sim=self.sim)
            self.sim.activate(customer, customer.live(server, counts))


def single(n):
    sim = Simulation()
    sim.initialize()
    server = Resource(capacity=1, sim=sim)
    counts = [0.0, 0, n]
    source = Source(sim=sim)
    sim.activate(source, source.live(server, counts))
    sim.simulate(until=1e18)
    return counts[0] / n


class Station(Process):
    def live(self, i, buffers, done):
        while True:
            if i > 0:
                yield get, self, buffers[i - 1], 1
            left = exponential(1.0)
            while left > 0:
                self.working = True
                begun = self.sim.now()
                yield hold, self, left
                self.working = False
                if self.interrupted():
                    left = self.interruptLeft
                    self.interruptReset()
                    yield hold, self, exponential(1 / 5.0)
                else:
                    left = 0
            if i < len(buffers):
                yield put, self, buffers[i], 1
            else:
                done[0] += 1


class Breaker(Process):
    def live(self, station):
        while True:
            yield hold, self, exponential(0.01)
            if station.working:
                self.interrupt(station)


def line(end):
    sim = Simulation()
    sim.initialize()
    buffers = [Level(capacity=5, sim=sim) for _ in range(9)]
    done = [0]
    for i in range(10):
        station = Station(sim=sim)
        station.working = False
        sim.activate(station, station.live(i, buffers, done))
        breaker = Breaker(sim=sim)
        sim.activate(breaker, breaker.live(station))
    sim.simulate(until=end)
    return done[0] / end


timed(single, line)
