/* The loops that test/bench/engine.bench.ts compares compiled twins with. Reads `name calls` lines, runs, answers with processor time (s). */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define N 1000
#define PUMPS 100

struct chain { double conduct, capacity, left, right; };
struct pumps { double speed, head, drag; };

static struct chain chain = {4, 30, 353.15, 293.15};
static struct pumps pumps = {3, 2, 0.5};
static double T[N], dT[N], h[PUMPS], dh[PUMPS];

__attribute__((noinline)) static void chain_derivatives(const struct chain *p, const double *x, double *d) {
  d[0] = p->conduct * (p->left - 2 * x[0] + x[1]) / p->capacity;
  for (int i = 1; i < N - 1; i++) d[i] = p->conduct * (x[i - 1] - 2 * x[i] + x[i + 1]) / p->capacity;
  d[N - 1] = p->conduct * (x[N - 2] - 2 * x[N - 1] + p->right) / p->capacity;
}

__attribute__((noinline)) static void pump_derivatives(const struct pumps *p, const double *x, double *d) {
  for (int i = 0; i < PUMPS; i++) d[i] = p->speed * tanh(p->head - x[i]) * exp(-x[i]) - p->drag * x[i];
}

__attribute__((noinline)) static void chain_rk4(double t, double step) {
  static double k1[N], k2[N], k3[N], k4[N], y[N];
  (void)t;
  chain_derivatives(&chain, T, k1);
  for (int i = 0; i < N; i++) y[i] = T[i] + step / 2 * k1[i];
  chain_derivatives(&chain, y, k2);
  for (int i = 0; i < N; i++) y[i] = T[i] + step / 2 * k2[i];
  chain_derivatives(&chain, y, k3);
  for (int i = 0; i < N; i++) y[i] = T[i] + step * k3[i];
  chain_derivatives(&chain, y, k4);
  for (int i = 0; i < N; i++) T[i] += step / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
}

int main(void) {
  char name[32];
  long calls;
  for (int i = 0; i < N; i++) T[i] = 293.15;
  for (int i = 0; i < PUMPS; i++) h[i] = 0.5 + 0.01 * i;
  while (scanf("%31s %ld", name, &calls) == 2) {
    clock_t begin = clock();
    if (!strcmp(name, "derivatives")) for (long n = 0; n < calls; n++) chain_derivatives(&chain, T, dT);
    else if (!strcmp(name, "rk4")) for (long n = 0; n < calls; n++) chain_rk4(0.01 * n, 0.01);
    else for (long n = 0; n < calls; n++) pump_derivatives(&pumps, h, dh);
    printf("%.6f %g %g %g\n", (double)(clock() - begin) / CLOCKS_PER_SEC, dT[0], T[0], dh[PUMPS - 1]);
    fflush(stdout);
  }
  return 0;
}
