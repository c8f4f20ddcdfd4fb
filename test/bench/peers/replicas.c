/* 1,024 replicas of predators and prey, one after the other: Runge-Kutta steps of 1 ms. */
#define REPLICAS 1024

static struct { double a, b, c, d; } parameters[REPLICAS];

double run(long n) {
  const double dt = 0.001, h = 0.5 * dt, s = dt / 6;
  for (int r = 0; r < REPLICAS; r++) {
    parameters[r].a = 1.5 + 0.0001 * r;
    parameters[r].b = 1, parameters[r].c = 3, parameters[r].d = 1;
  }
  double check = 0;
  for (int r = 0; r < REPLICAS; r++) {
    double x = 1, y = 1;
    double a = parameters[r].a, b = parameters[r].b, c = parameters[r].c, d = parameters[r].d;
    for (long i = 0; i < n; i++) {
      double xy = x * y, k1x = a * x - b * xy, k1y = d * xy - c * y;
      double xa = x + h * k1x, ya = y + h * k1y;
      xy = xa * ya;
      double k2x = a * xa - b * xy, k2y = d * xy - c * ya;
      double xb = x + h * k2x, yb = y + h * k2y;
      xy = xb * yb;
      double k3x = a * xb - b * xy, k3y = d * xy - c * yb;
      double xc = x + dt * k3x, yc = y + dt * k3y;
      xy = xc * yc;
      double k4x = a * xc - b * xy, k4y = d * xy - c * yc;
      x = x + s * (k1x + 2 * k2x + 2 * k3x + k4x);
      y = y + s * (k1y + 2 * k2y + 2 * k3y + k4y);
    }
    check += x + 2 * y;
  }
  return check;
}
