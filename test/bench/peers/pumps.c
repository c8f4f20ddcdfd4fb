/* 200 pumps of six states with tanh, exp and sqrt, and three rules each; every pump's step at once, as one would write it for speed. */
#include <math.h>

#define P 200

typedef struct { double w, i, q, p, T, b; } state;

static state pumps[P];
static double torque[P];
static int tripped[P], throttled[P];

static inline state slope(state x, double u, double k) {
  state d;
  d.i = (24 * u - 0.5 * x.i - 0.05 * x.w) * 2;
  d.w = (k * x.i - 0.02 * tanh(x.w * 0.1) - 0.0004 * x.q * x.w) * 10;
  d.q = (0.0004 * x.w * x.w - x.p - 0.8 * x.q * fabs(x.q)) * 1.5;
  d.p = (x.q - 0.9 * sqrt((x.p > 0 ? x.p : 0) + 1e-6)) * 0.2;
  d.T = (0.5 * x.i * x.i - (x.T - 25) * 1.2) * 0.05;
  d.b = 50 * exp(-3000 / (x.T + 273.15)) * x.w * 0.01 - 0.001 * x.b;
  return d;
}

static inline state along(state x, double h, state d) {
  state y = {x.w + h * d.w, x.i + h * d.i, x.q + h * d.q, x.p + h * d.p, x.T + h * d.T, x.b + h * d.b};
  return y;
}

#define SUM(f) x.f += h / 6 * (k1.f + 2 * k2.f + 2 * k3.f + k4.f)

double run(long n) {
  const double h = 0.01;
  long services = 0;
  for (int j = 0; j < P; j++) {
    state x = {1, 0, 0, 0.1, 25, 0};
    pumps[j] = x;
    torque[j] = 0.05 + 0.0001 * j;
    tripped[j] = throttled[j] = 0;
  }
  for (long step = 0; step < n; step++)
    for (int j = 0; j < P; j++) {
      state x = pumps[j];
      double u = tripped[j] ? 0 : throttled[j] ? 0.7 : 1, k = torque[j];
      state k1 = slope(x, u, k), k2 = slope(along(x, h / 2, k1), u, k);
      state k3 = slope(along(x, h / 2, k2), u, k), k4 = slope(along(x, h, k3), u, k);
      SUM(w); SUM(i); SUM(q); SUM(p); SUM(T); SUM(b);
      if (tripped[j]) { if (x.T < 60) tripped[j] = 0; } else if (x.T > 80) tripped[j] = 1;
      if (throttled[j]) { if (x.p < 2) throttled[j] = 0; } else if (x.p > 4) throttled[j] = 1;
      if (x.b > 0.5) x.b = 0, services++;
      pumps[j] = x;
    }
  double sum = 0;
  for (int j = 0; j < P; j++) sum += pumps[j].T;
  return sum / P + 1000 * services;
}
