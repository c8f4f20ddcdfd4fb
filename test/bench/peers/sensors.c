/* 10,000 sensors: hysteresis, a limit passed for 30 s, and a residual against its moving average. A sample after the other, each with the number of
   its sensor, or, with COLUMNS, all sensors once a second, in their order. */
#define S 10000
#define BATCH 1000000

typedef struct { double mean, variance, since; int on, held; } sensor;
static sensor sensors[S];
static int ids[BATCH];
static double values[BATCH];
static unsigned seed;
static long raised, held, unlike;

static double uniform(void) {
  seed += 0x6D2B79F5u;
  unsigned t = (seed ^ (seed >> 15)) * (1u | seed);
  t = (t + ((t ^ (t >> 7)) * (61u | t))) ^ t;
  return (double)(t ^ (t >> 14)) * (1.0 / 4294967296.0);
}

static void take(sensor *s, double v, double t) {
  if (s->on) { if (v < 65) s->on = 0; } else if (v > 70) s->on = 1, raised++;
  if (v > 60) {
    if (s->since < 0) s->since = t;
    else if (!s->held && t - s->since >= 30) s->held = 1, held++;
  } else s->since = -1, s->held = 0;
  double r = v - s->mean;
  s->mean += 0.05 * r;
  if (r * r > 9 * s->variance + 25) unlike++;
  s->variance = 0.95 * s->variance + 0.05 * r * r;
}

double run(long n) {
  static double level[S];
  if (!seed) {
    seed = 42;
    for (int i = 0; i < BATCH; i++) {
#ifdef COLUMNS
      int k = i % S;
#else
      int k = (int)(uniform() * S);
#endif
      ids[i] = k;
      level[k] = 0.98 * level[k] + (uniform() - 0.5) * 8;
      values[i] = 50 + level[k] * 3 + (uniform() < 0.001 ? 40 : 0);
    }
  }
  raised = held = unlike = 0;
  for (int i = 0; i < S; i++) sensors[i] = (sensor){50, 10, -1, 0, 0};
  for (long batch = 0; batch < n; batch++)
#ifdef COLUMNS
    for (int second = 0; second < BATCH / S; second++)
      for (int i = 0; i < S; i++) take(&sensors[i], values[second * S + i], batch * 100 + second);
#else
    for (int i = 0; i < BATCH; i++) take(&sensors[ids[i]], values[i], batch * 100.0 + i * (100.0 / BATCH));
#endif
  return raised + held * 1e-3 + unlike * 1e-6;
}
