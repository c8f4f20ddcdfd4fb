/* A bouncing ball with drag: Runge-Kutta steps of 10 ms, impacts located by the Illinois rule. */
#include <math.h>

static const double gravity = 9.80665, drag = 0.02, restitution = 0.85;

static double slope(double v) { return -gravity - drag * v * fabs(v); }

static void step(double h, double height, double v, double *nextHeight, double *nextV) {
  double a1 = slope(v);
  double v2 = v + h / 2 * a1, a2 = slope(v2);
  double v3 = v + h / 2 * a2, a3 = slope(v3);
  double v4 = v + h * a3, a4 = slope(v4);
  *nextHeight = height + h / 6 * (v + 2 * v2 + 2 * v3 + v4);
  *nextV = v + h / 6 * (a1 + 2 * a2 + 2 * a3 + a4);
}

double run(long n) {
  const double grid = 0.01;
  double height = 10, v = 0, nextHeight, nextV;
  long bounces = 0;
  for (long i = 0; i < n; i++) {
    double left = grid;
    step(left, height, v, &nextHeight, &nextV);
    while (nextHeight < 0) {
      double a = 0, fa = height, b = left, fb = nextHeight, m = 0, hm = 0, vm = 0;
      int side = 0;
      if (fa <= 0) break;
      for (int round = 0; round < 60; round++) {
        m = (fa * b - fb * a) / (fa - fb);
        step(m, height, v, &hm, &vm);
        if (fabs(hm) < 1e-12) break;
        if (hm * fb > 0) {
          b = m, fb = hm;
          if (side == -1) fa /= 2;
          side = -1;
        } else {
          a = m, fa = hm;
          if (side == 1) fb /= 2;
          side = 1;
        }
      }
      bounces++;
      height = 0;
      v = -restitution * vm;
      if (v < 0.5) v = 10;
      left -= m;
      step(left, height, v, &nextHeight, &nextV);
    }
    height = nextHeight, v = nextV;
  }
  return bounces + height;
}
