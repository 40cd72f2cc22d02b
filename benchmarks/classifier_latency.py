"""How long one judgement takes, and the first one, and how much memory: 2 ms at the 99th percentile, two
seconds with importing and loading, 400 MB are the goals.

    python -m benchmarks.classifier_latency [messages]

Messages of 350 characters, as in benchmarks.classifier_speed, judged one by one, each once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import numpy as np

from benchmarks.classifier_speed import own, real
from classifier.loading import load

FIRST = """
import time
began = time.perf_counter()
from classifier.loading import load
load().judge("小区停水三天了，没有人管。")
print(time.perf_counter() - began, time.process_time())
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print(int(line.split()[1]) / 1024)
"""
"""In a process of its own: seconds until the first judgement and of them the processor's, megabytes at
most."""


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    asked = [sys.executable, "-c", FIRST]
    said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    texts = real(number) or own(number)
    classifier = load()
    for text in texts[:50]:
        classifier.judge(text)
    took = []
    for text in texts:
        began = time.process_time()
        classifier.judge(text)
        took.append(1000 * (time.process_time() - began))
    print(
        json.dumps(
            {
                "benchmark": "classifier_latency",
                "texts": len(texts),
                "ms_median": round(float(np.median(took)), 2),
                "ms_p99": round(float(np.percentile(took, 99)), 2),
                "first_judgement_seconds": round(float(said[0]), 2),
                "first_judgement_processor_seconds": round(float(said[1]), 2),
                "megabytes": round(float(said[2])),
                "load": round(os.getloadavg()[0], 1),
            }
        )
    )


if __name__ == "__main__":
    main()
