"""The peer of benchmarks/framework.py: Inspect scoring canned outputs, processor time per sample.

PATH/TO/python benchmarks/framework_inspect.py      # an environment with inspect-ai; needs nothing of this project
"""

from __future__ import annotations

import tempfile
import time

from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import match

SAMPLES = 600
TEXT = " ".join(["because the cost of being late is larger than that of being wrong"] * 20)  # about 260 words


def main() -> None:
    samples = [Sample(input=f"{i} {TEXT}", target="balanced") for i in range(SAMPLES)]
    outputs = [ModelOutput.from_content("mockllm/model", "balanced") for _ in range(2 * SAMPLES)]
    for output in outputs:  # else tokens are counted, with a table that is fetched
        output.usage = ModelUsage(input_tokens=300, output_tokens=1, total_tokens=301)
    with tempfile.TemporaryDirectory() as logs:
        start = time.process_time()
        [log] = eval(
            Task(dataset=MemoryDataset(samples), scorer=match()),
            model=get_model("mockllm/model", custom_outputs=outputs),
            log_dir=logs,
            display="none",
        )
        seconds = time.process_time() - start
    assert log.status == "success", log.error
    print(f"{SAMPLES} samples, processor time: {1000 * seconds / SAMPLES:.2f} ms a sample")


if __name__ == "__main__":
    main()
