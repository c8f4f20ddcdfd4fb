/* Runs a peer's `run` as often as asked: reads sizes of work, one a line, answers with processor time (s) and a check value. */
#include <stdio.h>
#include <time.h>

#ifdef __cplusplus
extern "C"
#endif
double run(long n);

int main(void) {
  long n;
  while (scanf("%ld", &n) == 1) {
    clock_t begin = clock();
    double check = run(n);
    printf("%.6f %.12g\n", (double)(clock() - begin) / CLOCKS_PER_SEC, check);
    fflush(stdout);
  }
  return 0;
}
