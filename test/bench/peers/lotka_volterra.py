"""The two species of Lotka and Volterra by SciPy's solve_ivp: reads how often, answers with processor time (s) and the end values."""
import sys
import time

from scipy.integrate import solve_ivp

tolerance = float(sys.argv[1])


def rate(_, y):
    # Numbers of Python are faster than elements of an array.
    a, b = y.tolist()
    return [1.5 * a - a * b, a * b - 3 * b]


for line in sys.stdin:
    begin = time.process_time()
    for _ in range(int(line)):
        end = solve_ivp(rate, (0, 100), [1, 1], method="RK45", rtol=tolerance, atol=tolerance * 1e-6).y[:, -1]
    print(f"{time.process_time() - begin:.6f} {end[0]:.17g} {end[1]:.17g}", flush=True)
