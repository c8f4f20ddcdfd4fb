/* A chain of 1,000 thermal nodes with conductances and capacities of their own, by the classical Runge-Kutta method. */
#define N 1000

static double T[N], k1[N], k2[N], k3[N], k4[N], y[N], conduct[N + 1], capacity[N];

static void slopes(const double *restrict x, double *restrict d) {
  const double left = 373.15, right = 273.15;
  d[0] = (conduct[0] * (left - x[0]) + conduct[1] * (x[1] - x[0])) * capacity[0];
  for (int i = 1; i < N - 1; i++)
    d[i] = (conduct[i] * (x[i - 1] - x[i]) + conduct[i + 1] * (x[i + 1] - x[i])) * capacity[i];
  d[N - 1] = (conduct[N - 1] * (x[N - 2] - x[N - 1]) + conduct[N] * (right - x[N - 1])) * capacity[N - 1];
}

double run(long n) {
  const double h = 0.1;
  for (int i = 0; i <= N; i++) conduct[i] = 1 + 0.001 * i;
  for (int i = 0; i < N; i++) capacity[i] = 1 / (1 + 0.0005 * i), T[i] = 293.15 + i % 7;
  for (long step = 0; step < n; step++) {
    slopes(T, k1);
    for (int i = 0; i < N; i++) y[i] = T[i] + h / 2 * k1[i];
    slopes(y, k2);
    for (int i = 0; i < N; i++) y[i] = T[i] + h / 2 * k2[i];
    slopes(y, k3);
    for (int i = 0; i < N; i++) y[i] = T[i] + h * k3[i];
    slopes(y, k4);
    for (int i = 0; i < N; i++) T[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  double sum = 0;
  for (int i = 0; i < N; i++) sum += T[i] * (1 + i % 3);
  return sum;
}
