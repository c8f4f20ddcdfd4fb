// Discrete events on a std::priority_queue: M/M/1 (n customers), and a line of ten stations with breakdowns (n minutes).
#include <cmath>
#include <cstdint>
#include <deque>
#include <queue>
#include <vector>

struct Event {
  double time;
  uint32_t sequence;
  int what;
  bool operator>(const Event &other) const {
    return time > other.time || (time == other.time && sequence > other.sequence);
  }
};
using Agenda = std::priority_queue<Event, std::vector<Event>, std::greater<Event>>;

static Agenda *agenda;
static uint32_t sequence, seed;

static void plan(double time, int what) { agenda->push(Event{time, sequence++, what}); }
static double uniform() {
  seed += 0x6D2B79F5u;
  uint32_t t = (seed ^ (seed >> 15)) * (1u | seed);
  t = (t + ((t ^ (t >> 7)) * (61u | t))) ^ t;
  return (double)(t ^ (t >> 14)) * (1.0 / 4294967296.0);
}
static double exponential(double mean) { return -std::log(1.0 - uniform()) * mean; }

#ifdef SINGLE
static double simulate(long n) {
  std::deque<double> waiting;
  bool busy = false;
  long done = 0;
  double now = 0, waited = 0;
  seed = 12345;
  plan(exponential(1 / 0.9), 0);
  while (done < n) {
    Event event = agenda->top();
    agenda->pop();
    now = event.time;
    if (event.what == 0) {
      if (busy) waiting.push_back(now);
      else busy = true, plan(now + exponential(1), 1);
      plan(now + exponential(1 / 0.9), 0);
    } else {
      done++;
      if (!waiting.empty()) {
        waited += now - waiting.front();
        waiting.pop_front();
        plan(now + exponential(1), 1);
      } else busy = false;
    }
  }
  return waited / n;
}
#else
static const int S = 10, B = 5;
static double simulate(long end) {
  enum { idle, working, blocked, broken };
  int buffer[S + 1] = {}, state[S] = {}, version[S] = {};
  double finish[S] = {}, rest[S] = {}, now = 0;
  long done = 0;
  seed = 777;
  for (int i = 0; i < S; i++) plan(exponential(100), (i << 2) | 1);
  auto begin = [&](int i) {
    state[i] = working;
    finish[i] = now + exponential(1);
    plan(finish[i], (version[i] << 8) | (i << 2));
  };
  begin(0);
  for (;;) {
    Event event = agenda->top();
    agenda->pop();
    now = event.time;
    if (now > end) break;
    int kind = event.what & 3, i = (event.what >> 2) & 63;
    if (kind == 0) {
      if ((event.what >> 8) != version[i]) continue;
      state[i] = blocked;
    } else if (kind == 1) {
      if (state[i] == working) {
        state[i] = broken;
        rest[i] = finish[i] - now;
        version[i] = (version[i] + 1) & 0x7fffff;
        plan(now + exponential(5), (i << 2) | 2);
      }
      plan(now + exponential(100), (i << 2) | 1);
      continue;
    } else {
      state[i] = working;
      finish[i] = now + rest[i];
      plan(finish[i], (version[i] << 8) | (i << 2));
      continue;
    }
    for (int j = i; j >= 0; j--) {
      if (state[j] == blocked) {
        if (j == S - 1) done++, state[j] = idle;
        else if (buffer[j + 1] < B) {
          buffer[j + 1]++;
          state[j] = idle;
          if (state[j + 1] == idle) buffer[j + 1]--, begin(j + 1);
        } else break;
      }
      if (state[j] != idle || (j > 0 && buffer[j] == 0)) break;
      if (j) buffer[j]--;
      begin(j);
    }
  }
  return (double)done / end;
}
#endif

extern "C" double run(long n) {
  Agenda events;
  agenda = &events;
  sequence = 0;
  return simulate(n);
}
