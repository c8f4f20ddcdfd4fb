"""Does work of the sizes on standard input, one a line; tells the processor's time for each, and what came of it."""
import random
import sys
import time


def timed(single, line):
    work = single if sys.argv[1] == "single" else line
    random.seed(1)
    for text in sys.stdin:
        begin = time.process_time()
        check = work(int(text))
        print(f"{time.process_time() - begin:.6f} {check:.12g}", flush=True)
