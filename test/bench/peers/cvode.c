/*
 * SUNDIALS CVODE on stiff and other problems, as one writes them for speed in C: analytic Jacobians, dense, band or sparse. Set when compiling:
 * PROBLEM, RTOL, ATOL, SMALL and SIDE. The check value is the largest error, relative to size and SMALL, against values that are published, or those of a run at a tolerance of 1e-12.
 */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#define ROBERTSON 0
#define VAN_DER_POL 1
#define HIRES 2
#define POLLUTION 3
#define NETWORK 4
#define LOTKA_VOLTERRA 5
#define PLATE 6
#define BRUSSELATOR 7
#ifndef PROBLEM
#define PROBLEM ROBERTSON
#endif
#ifndef RTOL
#define RTOL 1e-6
#endif
#ifndef ATOL
#define ATOL (1e-6 * RTOL)
#endif

/* What is added to a value's size before an error is compared with it. */
#ifndef SMALL
#define SMALL 0
#endif

#define CELL(i, j) columns[(j) - 1][(i) - 1]

#if PROBLEM == ROBERTSON
#define N 3
#define END 1e11
static const double begin[N] = {1, 0, 0};
static const double known[N] = {0.2083340149701255e-7, 0.8333360770334713e-13, 0.999999979166505};
static void rate(const double *y, double *d) {
  d[0] = -0.04 * y[0] + 1e4 * y[1] * y[2];
  d[2] = 3e7 * y[1] * y[1];
  d[1] = -d[0] - d[2];
}
static void jacobian(const double *y, double **columns) {
  CELL(1, 1) = -0.04;
  CELL(1, 2) = 1e4 * y[2];
  CELL(1, 3) = 1e4 * y[1];
  CELL(2, 1) = 0.04;
  CELL(2, 2) = -1e4 * y[2] - 6e7 * y[1];
  CELL(2, 3) = -1e4 * y[1];
  CELL(3, 2) = 6e7 * y[1];
}
#elif PROBLEM == VAN_DER_POL
#define N 2
#define END 2000
static const double begin[N] = {2, 0};
static const double known[N] = {1.706167732170469, -0.8928097010248125e-3};
static void rate(const double *y, double *d) {
  d[0] = y[1];
  d[1] = 1000 * (1 - y[0] * y[0]) * y[1] - y[0];
}
static void jacobian(const double *y, double **columns) {
  CELL(1, 2) = 1;
  CELL(2, 1) = -2000 * y[0] * y[1] - 1;
  CELL(2, 2) = 1000 * (1 - y[0] * y[0]);
}
#elif PROBLEM == HIRES
#define N 8
#define END 321.8122
static const double begin[N] = {1, 0, 0, 0, 0, 0, 0, 0.0057};
static const double known[N] = {0.7371312573325668e-3, 0.1442485726316185e-3, 0.5888729740967575e-4,
                                0.1175651343283149e-2, 0.2386356198831331e-2, 0.6238968252742796e-2,
                                0.2849998395185769e-2, 0.2850001604814231e-2};
static void rate(const double *y, double *d) {
  double r = 280 * y[5] * y[7];
  d[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
  d[1] = 1.71 * y[0] - 8.75 * y[1];
  d[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
  d[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
  d[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
  d[5] = -r + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
  d[6] = r - 1.81 * y[6];
  d[7] = -d[6];
}
static void jacobian(const double *y, double **columns) {
  CELL(1, 1) = -1.71, CELL(1, 2) = 0.43, CELL(1, 3) = 8.32;
  CELL(2, 1) = 1.71, CELL(2, 2) = -8.75;
  CELL(3, 3) = -10.03, CELL(3, 4) = 0.43, CELL(3, 5) = 0.035;
  CELL(4, 2) = 8.32, CELL(4, 3) = 1.71, CELL(4, 4) = -1.12;
  CELL(5, 5) = -1.745, CELL(5, 6) = 0.43, CELL(5, 7) = 0.43;
  CELL(6, 4) = 0.69, CELL(6, 5) = 1.71, CELL(6, 6) = -280 * y[7] - 0.43, CELL(6, 7) = 0.69;
  CELL(6, 8) = -280 * y[5];
  CELL(7, 6) = 280 * y[7], CELL(7, 7) = -1.81, CELL(7, 8) = 280 * y[5];
  CELL(8, 6) = -280 * y[7], CELL(8, 7) = 1.81, CELL(8, 8) = -280 * y[5];
}
#elif PROBLEM == POLLUTION
#define N 20
#define END 60
static const double begin[N] = {0, 0.2, 0, 0.04, 0, 0, 0.1, 0.3, 0.01, 0, 0, 0, 0, 0, 0, 0, 0.007, 0, 0, 0};
static const double known[N] = {
    0.5646255480022769e-1, 0.1342484130422339,    0.4139734331099427e-8,  0.5523140207484359e-2, 0.2018977262302196e-6,
    0.1464541863493966e-6, 0.7784249118997964e-1, 0.3245075353396018,     0.7494013383880406e-2, 0.1622293157301561e-7,
    0.1135863833257075e-7, 0.2230505975721359e-2, 0.208716288279863e-3,   0.1396921016840158e-4, 0.8964884856898295e-2,
    0.4352846369330103e-17, 0.6899219696263405e-2, 0.1007803037365946e-3, 0.1772146513969984e-5, 0.5682943292316392e-4};
static void rate(const double *y, double *d) {
  double r1 = 0.35 * y[0], r2 = 26.6 * y[1] * y[3], r3 = 12300 * y[4] * y[1], r4 = 0.00086 * y[6];
  double r5 = 0.00082 * y[6], r6 = 15000 * y[6] * y[5], r7 = 0.00013 * y[8], r8 = 24000 * y[8] * y[5];
  double r9 = 16500 * y[10] * y[1], r10 = 9000 * y[10] * y[0], r11 = 0.022 * y[12], r12 = 12000 * y[9] * y[1];
  double r13 = 1.88 * y[13], r14 = 16300 * y[0] * y[5], r15 = 4.8e6 * y[2], r16 = 0.00035 * y[3];
  double r17 = 0.0175 * y[3], r18 = 1e8 * y[15], r19 = 4.44e11 * y[15], r20 = 1240 * y[16] * y[5];
  double r21 = 2.1 * y[18], r22 = 5.78 * y[18], r23 = 0.0474 * y[0] * y[3], r24 = 1780 * y[18] * y[0];
  double r25 = 3.12 * y[19];
  d[0] = -r1 - r10 - r14 - r23 - r24 + r2 + r3 + r9 + r11 + r12 + r22 + r25;
  d[1] = -r2 - r3 - r9 - r12 + r1 + r21;
  d[2] = -r15 + r1 + r17 + r19 + r22;
  d[3] = -r2 - r16 - r17 - r23 + r15;
  d[4] = -r3 + 2 * r4 + r6 + r7 + r13 + r20;
  d[5] = -r6 - r8 - r14 - r20 + r3 + 2 * r18;
  d[6] = -r4 - r5 - r6 + r13;
  d[7] = r4 + r5 + r6 + r7;
  d[8] = -r7 - r8;
  d[9] = -r12 + r7 + r9;
  d[10] = -r9 - r10 + r8 + r11;
  d[11] = r9;
  d[12] = -r11 + r10;
  d[13] = -r13 + r12;
  d[14] = r14;
  d[15] = -r18 - r19 + r16;
  d[16] = -r20;
  d[17] = r20;
  d[18] = -r21 - r22 - r24 + r23 + r25;
  d[19] = -r25 + r24;
}
static void jacobian(const double *y, double **columns) {
  CELL(1, 1) = -0.35 - 9000 * y[10] - 16300 * y[5] - 0.0474 * y[3] - 1780 * y[18];
  CELL(2, 1) = 0.35;
  CELL(3, 1) = 0.35;
  CELL(4, 1) = -0.0474 * y[3];
  CELL(6, 1) = -16300 * y[5];
  CELL(11, 1) = -9000 * y[10];
  CELL(13, 1) = 9000 * y[10];
  CELL(15, 1) = 16300 * y[5];
  CELL(19, 1) = 0.0474 * y[3] - 1780 * y[18];
  CELL(20, 1) = 1780 * y[18];
  CELL(1, 2) = 26.6 * y[3] + 12300 * y[4] + 16500 * y[10] + 12000 * y[9];
  CELL(2, 2) = -26.6 * y[3] - 12300 * y[4] - 16500 * y[10] - 12000 * y[9];
  CELL(4, 2) = -26.6 * y[3];
  CELL(5, 2) = -12300 * y[4];
  CELL(6, 2) = 12300 * y[4];
  CELL(10, 2) = 16500 * y[10] - 12000 * y[9];
  CELL(11, 2) = -16500 * y[10];
  CELL(12, 2) = 16500 * y[10];
  CELL(14, 2) = 12000 * y[9];
  CELL(3, 3) = -4.8e6;
  CELL(4, 3) = 4.8e6;
  CELL(1, 4) = 26.6 * y[1] - 0.0474 * y[0];
  CELL(2, 4) = -26.6 * y[1];
  CELL(3, 4) = 0.0175;
  CELL(4, 4) = -26.6 * y[1] - 0.00035 - 0.0175 - 0.0474 * y[0];
  CELL(16, 4) = 0.00035;
  CELL(19, 4) = 0.0474 * y[0];
  CELL(1, 5) = 12300 * y[1];
  CELL(2, 5) = -12300 * y[1];
  CELL(5, 5) = -12300 * y[1];
  CELL(6, 5) = 12300 * y[1];
  CELL(1, 6) = -16300 * y[0];
  CELL(5, 6) = 15000 * y[6] + 1240 * y[16];
  CELL(6, 6) = -15000 * y[6] - 24000 * y[8] - 16300 * y[0] - 1240 * y[16];
  CELL(7, 6) = -15000 * y[6];
  CELL(8, 6) = 15000 * y[6];
  CELL(9, 6) = -24000 * y[8];
  CELL(11, 6) = 24000 * y[8];
  CELL(15, 6) = 16300 * y[0];
  CELL(17, 6) = -1240 * y[16];
  CELL(18, 6) = 1240 * y[16];
  CELL(5, 7) = 2 * 0.00086 + 15000 * y[5];
  CELL(6, 7) = -15000 * y[5];
  CELL(7, 7) = -0.00086 - 0.00082 - 15000 * y[5];
  CELL(8, 7) = 0.00086 + 0.00082 + 15000 * y[5];
  CELL(5, 9) = 0.00013;
  CELL(6, 9) = -24000 * y[5];
  CELL(8, 9) = 0.00013;
  CELL(9, 9) = -0.00013 - 24000 * y[5];
  CELL(10, 9) = 0.00013;
  CELL(11, 9) = 24000 * y[5];
  CELL(1, 10) = 12000 * y[1];
  CELL(2, 10) = -12000 * y[1];
  CELL(10, 10) = -12000 * y[1];
  CELL(14, 10) = 12000 * y[1];
  CELL(1, 11) = 16500 * y[1] - 9000 * y[0];
  CELL(2, 11) = -16500 * y[1];
  CELL(10, 11) = 16500 * y[1];
  CELL(11, 11) = -16500 * y[1] - 9000 * y[0];
  CELL(12, 11) = 16500 * y[1];
  CELL(13, 11) = 9000 * y[0];
  CELL(1, 13) = 0.022;
  CELL(11, 13) = 0.022;
  CELL(13, 13) = -0.022;
  CELL(5, 14) = 1.88;
  CELL(7, 14) = 1.88;
  CELL(14, 14) = -1.88;
  CELL(3, 16) = 4.44e11;
  CELL(6, 16) = 2 * 1e8;
  CELL(16, 16) = -1e8 - 4.44e11;
  CELL(5, 17) = 1240 * y[5];
  CELL(6, 17) = -1240 * y[5];
  CELL(17, 17) = -1240 * y[5];
  CELL(18, 17) = 1240 * y[5];
  CELL(1, 19) = 5.78 - 1780 * y[0];
  CELL(2, 19) = 2.1;
  CELL(3, 19) = 5.78;
  CELL(19, 19) = -2.1 - 5.78 - 1780 * y[0];
  CELL(20, 19) = 1780 * y[0];
  CELL(1, 20) = 3.12;
  CELL(19, 20) = 3.12;
  CELL(20, 20) = -3.12;
}
#elif PROBLEM == NETWORK
#define N 1000
#define END 10
static double begin[N], known[N];
#define LEFT(i) (200 + 0.1 * (i))
#define RIGHT(i) (200.1 + 0.1 * (i))
static void rate(const double *y, double *d) {
  double before = 100, now = y[0];
  for (int i = 0; i < N; i++) {
    double after = i < N - 1 ? y[i + 1] : 0, u = now * 0.01;
    d[i] = LEFT(i) * (before - now) + RIGHT(i) * (after - now) - 5 * u * u * u * u;
    before = now;
    now = after;
  }
}
static void band(const double *y, SUNMatrix a) {
  for (int i = 0; i < N; i++) {
    double u = y[i] * 0.01, *column = SM_COLUMN_B(a, i);
    SM_COLUMN_ELEMENT_B(column, i, i) = -LEFT(i) - RIGHT(i) - 0.2 * u * u * u;
    if (i) SM_COLUMN_ELEMENT_B(SM_COLUMN_B(a, i - 1), i, i - 1) = LEFT(i);
    if (i < N - 1) SM_COLUMN_ELEMENT_B(SM_COLUMN_B(a, i + 1), i, i + 1) = RIGHT(i);
  }
}
#elif PROBLEM == PLATE || PROBLEM == BRUSSELATOR
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>
#ifndef SIDE
#define SIDE 40
#endif
#define M SIDE
#define N (2 * M * M)
#define SPARSE
static double begin[N], known[N];
/* Both substances of an element beside each other. */
#define AT(i, j) (2 * ((i) * M + (j)))
#if PROBLEM == PLATE
#define END 10
static const double pull = 0.2 * (M + 1) * (M + 1);
/* The edges are kept at 1 and 3.4. */
#else
#define END 2
static const double pull = 0.1 * (M - 1) * (M - 1);
#endif
static void rate(const double *y, double *d) {
  for (int i = 0; i < M; i++)
    for (int j = 0; j < M; j++) {
      int k = AT(i, j);
      double u = y[k], v = y[k + 1], uuv = u * u * v;
#if PROBLEM == PLATE
      double up = i ? y[AT(i - 1, j)] : 1, down = i < M - 1 ? y[AT(i + 1, j)] : 1;
      double left = j ? y[AT(i, j - 1)] : 1, right = j < M - 1 ? y[AT(i, j + 1)] : 1;
      double vup = i ? y[AT(i - 1, j) + 1] : 3.4, vdown = i < M - 1 ? y[AT(i + 1, j) + 1] : 3.4;
      double vleft = j ? y[AT(i, j - 1) + 1] : 3.4, vright = j < M - 1 ? y[AT(i, j + 1) + 1] : 3.4;
#else
      /* Nothing passes the edges: beyond them it is as before them. */
      int a = AT(i ? i - 1 : 1, j), b = AT(i < M - 1 ? i + 1 : M - 2, j);
      int c = AT(i, j ? j - 1 : 1), e = AT(i, j < M - 1 ? j + 1 : M - 2);
      double up = y[a], down = y[b], left = y[c], right = y[e];
      double vup = y[a + 1], vdown = y[b + 1], vleft = y[c + 1], vright = y[e + 1];
#endif
      d[k] = 1 + uuv - 4.4 * u + pull * (up + down + left + right - 4 * u);
      d[k + 1] = 3.4 * u - uuv + pull * (vup + vdown + vleft + vright - 4 * v);
    }
}
/* How often a neighbour counts for the element at a place: twice where it is seen in the mirror as well. */
#define TIMES(i) (PROBLEM == BRUSSELATOR && ((i) == 0 || (i) == M - 1) ? 2 : 1)
#define NONZERO (12 * M * M - 8 * M)
/* By columns, rows ascending; a column's element depends on nothing but itself and its neighbours. */
static void sparse(const double *y, sunindextype *starts, sunindextype *rows, double *values) {
  int n = 0;
  for (int i = 0; i < M; i++)
    for (int j = 0; j < M; j++)
      for (int which = 0; which < 2; which++) {
        int k = AT(i, j);
        double u = y[k], v = y[k + 1];
        starts[k + which] = n;
        if (i) rows[n] = AT(i - 1, j) + which, values[n++] = TIMES(i - 1) * pull;
        if (j) rows[n] = AT(i, j - 1) + which, values[n++] = TIMES(j - 1) * pull;
        rows[n] = k, values[n++] = which ? u * u : 2 * u * v - 4.4 - 4 * pull;
        rows[n] = k + 1, values[n++] = which ? -u * u - 4 * pull : 3.4 - 2 * u * v;
        if (j < M - 1) rows[n] = AT(i, j + 1) + which, values[n++] = TIMES(j + 1) * pull;
        if (i < M - 1) rows[n] = AT(i + 1, j) + which, values[n++] = TIMES(i + 1) * pull;
      }
  starts[N] = n;
}
#else
#define N 2
#define END 100
static const double begin[N] = {1, 1};
static double known[N];
static void rate(const double *y, double *d) {
  d[0] = 1.5 * y[0] - y[0] * y[1];
  d[1] = y[0] * y[1] - 3 * y[1];
}
#endif

static int f(realtype t, N_Vector y, N_Vector d, void *user) {
  (void)t, (void)user;
  rate(N_VGetArrayPointer(y), N_VGetArrayPointer(d));
  return 0;
}
#if PROBLEM != LOTKA_VOLTERRA
static int jac(realtype t, N_Vector y, N_Vector fy, SUNMatrix a, void *user, N_Vector b, N_Vector c, N_Vector d) {
  (void)t, (void)fy, (void)user, (void)b, (void)c, (void)d;
#if PROBLEM == NETWORK
  band(N_VGetArrayPointer(y), a);
#elif defined SPARSE
  sparse(N_VGetArrayPointer(y), SM_INDEXPTRS_S(a), SM_INDEXVALS_S(a), SM_DATA_S(a));
#else
  jacobian(N_VGetArrayPointer(y), SM_COLS_D(a));
#endif
  return 0;
}
#endif

static void *memory;
static N_Vector y;

/* Once: all that a run needs lies ready, as the memory of a twin does. */
static void make(void) {
  SUNContext context;
  SUNContext_Create(NULL, &context);
  y = N_VNew_Serial(N, context);
  for (int i = 0; i < N; i++) N_VGetArrayPointer(y)[i] = begin[i];
  memory = CVodeCreate(PROBLEM == LOTKA_VOLTERRA ? CV_ADAMS : CV_BDF, context);
  CVodeInit(memory, f, 0, y);
  CVodeSStolerances(memory, RTOL, ATOL);
  CVodeSetMaxNumSteps(memory, 100000000);
#if PROBLEM == LOTKA_VOLTERRA
  CVodeSetNonlinearSolver(memory, SUNNonlinSol_FixedPoint(y, 0, context));
#else
#if PROBLEM == NETWORK
  SUNMatrix a = SUNBandMatrix(N, 1, 1, context);
  SUNLinearSolver linear = SUNLinSol_Band(y, a, context);
#elif defined SPARSE
  SUNMatrix a = SUNSparseMatrix(N, N, NONZERO, CSC_MAT, context);
  SUNLinearSolver linear = SUNLinSol_KLU(y, a, context);
  /* Approximate minimum degree: the factors take half the time of those in the order that is the default. */
  SUNLinSol_KLUSetOrdering(linear, 0);
#else
  SUNMatrix a = SUNDenseMatrix(N, N, context);
  SUNLinearSolver linear = SUNLinSol_Dense(y, a, context);
#endif
  CVodeSetLinearSolver(memory, linear, a);
  CVodeSetJacFn(memory, jac);
#endif
}

static void solve(double rtol, double atol, double *result) {
  double *u = N_VGetArrayPointer(y), t;
  for (int i = 0; i < N; i++) u[i] = begin[i];
  CVodeReInit(memory, 0, y);
  CVodeSStolerances(memory, rtol, atol);
  CVode(memory, END, y, &t, CV_NORMAL);
  for (int i = 0; i < N; i++) result[i] = u[i];
}

double run(long n) {
  static double result[N];
#if PROBLEM == NETWORK
  for (int i = 0; i < N; i++) begin[i] = 20 + i % 7;
#elif PROBLEM == PLATE
  for (int i = 0; i < N / 2; i++) begin[2 * i] = 1 + 0.1 * (i % 7), begin[2 * i + 1] = 3.4;
#elif PROBLEM == BRUSSELATOR
  for (int i = 0; i < N / 2; i++) {
    double x = (i / M) / (M - 1.0), z = (i % M) / (M - 1.0);
    begin[2 * i] = 22 * z * pow(1 - z, 1.5), begin[2 * i + 1] = 27 * x * pow(1 - x, 1.5);
  }
#endif
  if (!memory) make();
  for (long i = 0; i < n; i++) solve(RTOL, ATOL, result);
  double worst = 0;
#ifdef CHECK
#if PROBLEM == NETWORK || PROBLEM == LOTKA_VOLTERRA || defined SPARSE
  solve(PROBLEM == NETWORK || PROBLEM == LOTKA_VOLTERRA ? 1e-12 : 1e-10, 1e-14, known);
#endif
  for (int i = 0; i < N; i++) worst = fmax(worst, fabs(result[i] - known[i]) / (fabs(known[i]) + SMALL));
#endif
  return worst;
}
